// SPDX-License-Identifier: Apache-2.0
#include "text/html_entities.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/check.h"
#include "text/code_page.h"
#include "text/unicode.h"

namespace aozora {
namespace {

constexpr size_t kNameCharactersMax = 32;  // the longest name: "CounterClockwiseContourIntegral;"

using EntityMap = std::unordered_map<std::string_view, std::u32string>;

char32_t ParseHex(std::string_view digits) {
  uint32_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  CHECK(result.ec == std::errc() && result.ptr == digits.data() + digits.size());
  return value;
}

// The part of `*text` in front of `separator`, which is taken off with it.
std::string_view TakeUntil(char separator, std::string_view* text) {
  const size_t end = std::min(text->find(separator), text->size());
  const std::string_view part = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return part;
}

EntityMap ReadEntities() {
  EntityMap entities;
  for (std::string_view rest = internal::kHtmlEntityLines; !rest.empty();) {
    std::string_view line = TakeUntil('\n', &rest);
    if (line.empty() || line[0] == '#') continue;
    std::u32string& characters = entities[TakeUntil(' ', &line)];
    while (!line.empty()) characters.push_back(ParseHex(TakeUntil(' ', &line)));
  }
  return entities;
}

const EntityMap& Entities() {
  static const EntityMap entities = ReadEntities();
  return entities;
}

// A number is the character of that number, except where the HTML Standard says otherwise
// (13.2.5.80, numeric character reference end state): the C1 controls mean Windows-1252, and what
// is no character is U+FFFD. Controls and noncharacters vanish, as in Python.
std::u32string FromNumber(uint32_t number) {
  if (IsC1Control(number)) return {Windows1252FromC1(number)};
  if (number == 0 || number > kCodePointMax || IsSurrogate(number)) {
    return {kReplacementCharacter};
  }
  const bool control =
      number < 0x20 && !(number == '\t' || number == '\n' || number == '\f' || number == '\r');
  const bool noncharacter = (number >= 0xFDD0 && number <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE;
  if (control || number == 0x7F || noncharacter) return {};
  return {number};
}

struct Reference {
  std::u32string characters;
  size_t length = 0;  // characters of the source that it takes, the '&' included
};

// "&#123;", "&#x7b;", both also without the semicolon; `text` begins with "&#".
std::optional<Reference> NumericReference(std::u32string_view text) {
  size_t at = 2;
  const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
  if (hex) ++at;
  const size_t first_digit = at;
  uint32_t number = 0;
  for (; at < text.size(); ++at) {
    const char32_t c = text[at];
    uint32_t digit = 0;
    if (IsAsciiDigit(c)) {
      digit = c - '0';
    } else if (hex && ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')) {
      digit = (c | 0x20) - 'a' + 10;
    } else {
      break;
    }
    // Beyond the last code point all numbers mean the same.
    number = std::min<uint32_t>(number * (hex ? 16 : 10) + digit, kCodePointMax + 1);
  }
  if (at == first_digit) return std::nullopt;
  if (at < text.size() && text[at] == ';') ++at;
  return Reference{FromNumber(number), at};
}

// "&name;", or the longest known name without a semicolon that `text`, which begins with '&',
// goes on with.
std::optional<Reference> NamedReference(std::u32string_view text) {
  static constexpr std::u32string_view kEndsName = U"\t\n\f <&#;";
  std::string name;
  for (size_t at = 1; at < text.size() && name.size() < kNameCharactersMax; ++at) {
    if (!IsAscii(text[at]) || kEndsName.find(text[at]) != kEndsName.npos) break;
    name.push_back(static_cast<char>(text[at]));
  }
  if (name.size() + 1 < text.size() && text[name.size() + 1] == ';') name.push_back(';');
  // Shorter than two characters is no name.
  for (size_t length = name.size(); length >= 2; --length) {
    const auto entity = Entities().find(std::string_view(name).substr(0, length));
    if (entity != Entities().end()) return Reference{entity->second, length + 1};
  }
  return std::nullopt;
}

std::optional<Reference> FindReference(std::u32string_view text) {
  if (text.size() >= 2 && text[1] == '#') return NumericReference(text);
  return NamedReference(text);
}

// Replaces what `find` recognises at an '&' and leaves the rest.
template <class Find>
std::u32string ReplaceReferences(std::u32string_view text, Find find) {
  std::u32string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '&') {
      if (const std::optional<Reference> reference = find(text.substr(at))) {
        result += reference->characters;
        at += reference->length;
        continue;
      }
    }
    result.push_back(text[at++]);
  }
  return result;
}

// The names that end in a semicolon and, of those in lower case, the all-capitals spelling unless
// it means something by itself.
std::unordered_map<std::string, std::u32string> MakeUnambiguousEntities() {
  std::unordered_map<std::string, std::u32string> unambiguous;
  for (const auto& [name, characters] : Entities()) {
    if (name.back() != ';') continue;
    unambiguous.emplace(name, characters);
    std::string capitals(name);
    for (char& c : capitals) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const bool lower_case =
        std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const std::u32string reference = U"&" + std::u32string(capitals.begin(), capitals.end());
    if (lower_case && !NamedReference(reference)) {
      unambiguous.emplace(capitals, ToUpper(characters));
    }
  }
  return unambiguous;
}

// "&", an optional "#", 1 to 24 letters and digits, and ";".
std::optional<Reference> UnambiguousReference(std::u32string_view text) {
  static constexpr size_t kCharactersMax = 24;
  static const auto entities = MakeUnambiguousEntities();
  const bool numeric = text.size() >= 2 && text[1] == '#';
  const size_t first = numeric ? 2 : 1;
  size_t at = first;
  std::string name;
  while (at < text.size() && (IsAsciiLetter(text[at]) || IsAsciiDigit(text[at]))) {
    if (name.size() == kCharactersMax) return std::nullopt;
    name.push_back(static_cast<char>(text[at++]));
  }
  if (name.empty() || at == text.size() || text[at] != ';') return std::nullopt;
  const size_t length = at + 1;
  if (numeric) {
    const std::optional<Reference> reference = NumericReference(text.substr(0, length));
    const bool whole = reference && reference->length == length;
    // A reference to the semicolon itself is left alone, as ftfy does.
    if (!whole || reference->characters == U";") return std::nullopt;
    return reference;
  }
  const auto entity = entities.find(name + ';');
  if (entity == entities.end()) return std::nullopt;
  return Reference{entity->second, length};
}

}  // namespace

std::u32string UnescapeHtml(std::u32string_view text) {
  return ReplaceReferences(text, FindReference);
}

std::u32string UnescapeUnambiguousHtml(std::u32string_view text) {
  return ReplaceReferences(text, UnambiguousReference);
}

}  // namespace aozora
