// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "weights/pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const aozora::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto pickle = aozora::ReadPickle(bytes);
  if (!pickle.ok()) return 0;
  // Every reference that a reader could follow leads to a value.
  CHECK_LT(pickle->root, pickle->values.size());
  for (const aozora::PickleValue& value : pickle->values) {
    for (const aozora::PickleRef item : value.items) CHECK_LT(item, pickle->values.size());
  }
  return 0;
}
