// SPDX-License-Identifier: Apache-2.0
#include "http/random_text.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

#include "base/check.h"

namespace aozora::http {

std::string RandomHex32() {
  std::array<uint8_t, 16> bytes;
  // Up to 256 bytes come whole once the system has booted (getrandom(2)).
  const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
  CHECK_EQ(count, static_cast<ssize_t>(bytes.size()));
  std::string text;
  for (const uint8_t byte : bytes) {
    text.push_back("0123456789abcdef"[byte >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text;
}

}  // namespace aozora::http
