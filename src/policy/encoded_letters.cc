// SPDX-License-Identifier: Apache-2.0
// Text inside a prompt in another notation.
#include <algorithm>

#include "policy/letters.h"
#include "text/html_entities.h"
#include "text/unicode.h"

namespace aozora::policy {
namespace {

constexpr size_t kBase64CharactersMin = 8;  // six bytes: less is no phrase, and often a word

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsBase64(char c) {
  return IsAsciiLetter(static_cast<unsigned char>(c)) ||
         IsAsciiDigit(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '-' ||
         c == '_';
}

// RFC 4648 with either alphabet and without need of padding, or of zeros in the last bits.
std::string LooseBase64(std::string_view code) {
  std::string bytes;
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : code) {
    uint32_t value = 63;
    if (c >= 'A' && c <= 'Z') value = static_cast<uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') value = static_cast<uint32_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') value = static_cast<uint32_t>(c - '0' + 52);
    if (c == '+' || c == '-') value = 62;
    bits = (bits << 6 | value) & 0xFFFFFF;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes.push_back(static_cast<char>(bits >> bit_count & 0xFF));
  }
  return bytes;
}

// Words that happen to be spelt in the alphabet give noise; text is UTF-8 of letters and spaces.
bool IsReadable(std::string_view bytes) {
  const Result<std::u32string> text = DecodeUtf8(bytes);
  if (!text.ok() || text->empty()) return false;
  const auto plain = std::count_if(text->begin(), text->end(), [](char32_t c) {
    return IsWordLetter(c) || IsSpace(c) || (c >= 0x20 && c < 0x7F);
  });
  return static_cast<size_t>(plain) == text->size();
}

}  // namespace

Letters DecodePercent(std::string_view prompt) {
  std::string bytes;
  std::vector<Span> origins;
  bool found = false;
  for (size_t i = 0; i < prompt.size();) {
    const bool room = prompt[i] == '%' && i + 2 < prompt.size();
    const int high = room ? HexDigit(prompt[i + 1]) : -1;
    const int low = room ? HexDigit(prompt[i + 2]) : -1;
    const bool coded = high >= 0 && low >= 0;
    const size_t length = coded ? 3 : 1;
    bytes.push_back(coded ? static_cast<char>(high * 16 + low) : prompt[i]);
    origins.push_back({static_cast<uint32_t>(i), static_cast<uint32_t>(i + length)});
    found |= coded;
    i += length;
  }
  return found ? DecodeLetters(bytes, origins) : Letters();
}

Letters DecodeHtml(std::string_view prompt) {
  if (prompt.find('&') == prompt.npos) return {};
  const Result<std::u32string> text = DecodeUtf8(prompt);
  if (!text.ok()) return {};
  const std::u32string plain = UnescapeHtml(*text);
  if (plain == *text) return {};
  Letters letters;
  letters.reserve(plain.size());
  // References are not traced one by one: all came from the whole.
  for (const char32_t c : plain) letters.push_back({c, {0, static_cast<uint32_t>(prompt.size())}});
  return letters;
}

Letters DecodeBase64(std::string_view prompt) {
  Letters letters;
  for (size_t begin = 0; begin < prompt.size();) {
    size_t end = begin;
    while (end < prompt.size() && IsBase64(prompt[end])) ++end;
    if (end - begin >= kBase64CharactersMin) {
      const std::string bytes = LooseBase64(prompt.substr(begin, end - begin));
      const Span token = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
      if (IsReadable(bytes)) {
        const Letters part = DecodeLetters(bytes, std::vector<Span>(bytes.size(), token));
        letters.insert(letters.end(), part.begin(), part.end());
        letters.push_back({' ', token});
      }
    }
    begin = end + 1;
  }
  return letters;
}

}  // namespace aozora::policy
