// SPDX-License-Identifier: Apache-2.0
// Numbers as MP4, JUMBF and CBOR write them: most significant byte first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aozora {

// At most eight bytes.
inline uint64_t GetBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// The lowest `bytes` bytes of value, appended.
inline void PutBigEndian(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace aozora
