// SPDX-License-Identifier: Apache-2.0
// Any text is either compared or refused.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "diffusion/golden.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rows = aozora::CompareSamplersWithGolden(text);
  if (!rows.ok()) CHECK(!rows.error().message().empty());
  return 0;
}
