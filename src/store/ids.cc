// SPDX-License-Identifier: Apache-2.0
#include "store/ids.h"

#include <array>

#include "base/encoding.h"

namespace aozora {

std::string NewId(std::string_view prefix, RandomSource& random) {
  std::array<std::byte, 16> bytes;
  random.Fill(bytes);
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(prefix) + HexEncode(view);
}

int64_t NowMs(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.Now().time_since_epoch())
      .count();
}

}  // namespace aozora
