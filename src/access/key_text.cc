// SPDX-License-Identifier: Apache-2.0
#include "access/key_text.h"

#include <zlib.h>

#include <algorithm>

namespace aozora {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// 43 digits of base 62 are 256.03 bits.
std::string RandomDigits(RandomSource& random, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += kDigits[random.Below(kDigits.size())];
  return text;
}

std::string CheckDigits(std::string_view text) {
  auto crc = static_cast<uint64_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  std::string digits(kKeyCheckChars, '0');
  for (size_t i = kKeyCheckChars; i-- > 0; crc /= kDigits.size()) {
    digits[i] = kDigits[crc % kDigits.size()];
  }
  return digits;
}

}  // namespace

std::string NewKeyText(RandomSource& random) {
  std::string text(kKeyLead);
  text += RandomDigits(random, kKeyNameChars) + "_" + RandomDigits(random, kKeySecretChars);
  return text + CheckDigits(text);
}

std::optional<std::string> KeyPrefixOf(std::string_view text) {
  const size_t prefix_bytes = kKeyLead.size() + kKeyNameChars;
  if (text.size() != kKeyTextBytes || !text.starts_with(kKeyLead) || text[prefix_bytes] != '_') {
    return std::nullopt;
  }
  const size_t checked = text.size() - kKeyCheckChars;
  if (CheckDigits(text.substr(0, checked)) != text.substr(checked)) return std::nullopt;
  return std::string(text.substr(0, prefix_bytes));
}

}  // namespace aozora
