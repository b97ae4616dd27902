// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "provenance/cbor_value.h"
#include "provenance/jumbf_box.h"

// Any bytes. A CBOR value that was read is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const aozora::Result<aozora::JumbfBox> box = aozora::ParseJumbf(bytes);
  if (box.ok()) CHECK_EQ(box->whole.size(), size);
  const aozora::Result<aozora::CborValue> value = aozora::DecodeCbor(bytes);
  if (value.ok()) {
    const std::string once = value->Encode();
    CHECK(aozora::DecodeCbor(once).value().Encode() == once);
  }
  return 0;
}
