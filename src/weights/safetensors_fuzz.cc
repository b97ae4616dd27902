// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const aozora::Bytes file(reinterpret_cast<const std::byte*>(data), size);
  const auto layout = aozora::ParseSafetensors(file);
  // What a parser lets through is what the mapping relies on.
  if (layout.ok()) aozora::CheckLayout(*layout, size).value();
  return 0;
}
