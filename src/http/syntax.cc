// SPDX-License-Identifier: Apache-2.0
#include "http/syntax.h"

#include <algorithm>

#include "base/ascii.h"

namespace aozora::http {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }
uint8_t Byte(char c) { return static_cast<uint8_t>(c); }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Bytes of the UTF-8 sequence at the beginning of `text`, or 0 (RFC 3629, section 4).
size_t Utf8SequenceBytes(std::string_view text) {
  const uint8_t first = Byte(text[0]);
  if (first < 0x80) return 1;
  size_t length = 0;
  uint8_t low = 0x80;  // borders of the second byte; later ones are 80..BF
  uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (length == 0 || text.size() < length) return 0;
  if (Byte(text[1]) < low || Byte(text[1]) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (Byte(text[i]) < 0x80 || Byte(text[i]) > 0xbf) return 0;
  }
  return length;
}

}  // namespace

bool IsTokenChar(char c) {
  if (IsDigit(c) || IsAlpha(c)) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (Byte(c) >= 0x20 && c != 0x7f); });
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8SequenceBytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return Byte(c) < 0x20 || c == 0x7f; });
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> SplitList(std::string_view text) {
  std::vector<std::string_view> elements;
  for (const std::string_view part : Split(text, ',')) {
    const std::string_view element = TrimBlanks(part);
    if (!element.empty()) elements.push_back(element);
  }
  return elements;
}

bool ListHas(std::string_view list, std::string_view element) {
  const std::vector<std::string_view> elements = SplitList(list);
  return std::any_of(elements.begin(), elements.end(),
                     [&](std::string_view each) { return EqualsNoCase(each, element); });
}

std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

std::optional<std::string> TakeQuoted(std::string_view* rest) {
  if (rest->empty() || rest->front() != '"') return std::nullopt;
  std::string content;
  for (size_t i = 1; i < rest->size(); ++i) {
    char c = (*rest)[i];
    if (c == '"') {
      rest->remove_prefix(i + 1);
      return content;
    }
    const bool more = i + 1 < rest->size();
    if (c == '\\' && more && ((*rest)[i + 1] == '"' || (*rest)[i + 1] == '\\')) {
      c = (*rest)[++i];
    }
    content.push_back(c);
  }
  return std::nullopt;
}

}  // namespace aozora::http
