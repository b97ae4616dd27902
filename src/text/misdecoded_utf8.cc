// SPDX-License-Identifier: Apache-2.0
#include "text/misdecoded_utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "text/code_page.h"
#include "text/unicode.h"

namespace aozora {
namespace {

// A set of bytes, written as ranges.
class ByteSet {
 public:
  struct Range {
    int first;
    int last;
  };
  constexpr ByteSet() = default;
  constexpr ByteSet(std::initializer_list<Range> ranges) {
    for (const Range& range : ranges) {
      for (int byte = range.first; byte <= range.last; ++byte)
        has_[static_cast<size_t>(byte)] = true;
    }
  }
  constexpr bool Has(char byte) const { return has_[static_cast<unsigned char>(byte)]; }

 private:
  std::array<bool, 256> has_ = {};
};

constexpr size_t kPatternBytesMax = 6;
// Bytes from these sets one after the other.
struct Pattern {
  size_t length;
  std::array<ByteSet, kPatternBytesMax> bytes;
};

// The length of the first pattern that matches at the start of `bytes`, 0 if none does.
template <size_t kCount>
size_t MatchAny(const Pattern (&patterns)[kCount], std::string_view bytes) {
  for (const Pattern& pattern : patterns) {
    if (pattern.length > bytes.size()) continue;
    size_t i = 0;
    while (i < pattern.length && pattern.bytes[i].Has(bytes[i])) ++i;
    if (i == pattern.length) return pattern.length;
  }
  return 0;
}

constexpr ByteSet kSpaceByte = {{0x20, 0x20}};
constexpr ByteSet kTail = {{0x80, 0xBF}};
// Without A0, which is what got lost, and 85, which becomes three dots in other ways.
constexpr ByteSet kTailBesideSpace = {{0x80, 0x84}, {0x86, 0x9F}, {0xA1, 0xBF}};
constexpr ByteSet kFourLead = {{0xF0, 0xF0}};

// Two bytes: the leads with which A0 makes a likely character: the no-break space, à, Š, Π, Р and
// ٠. Three: not Samaritan and Mongolian, nor CJK. Four: F0 alone has nearly all that is in use.
constexpr Pattern kWithLostNoBreakSpace[] = {
    {2,
     {ByteSet{{0xC2, 0xC3}, {0xC5, 0xC5}, {0xCE, 0xCE}, {0xD0, 0xD0}, {0xD9, 0xD9}}, kSpaceByte}},
    {3, {ByteSet{{0xE2, 0xE3}}, kSpaceByte, kTailBesideSpace}},
    {3, {ByteSet{{0xE0, 0xE3}}, kTailBesideSpace, kSpaceByte}},
    {4, {kFourLead, kSpaceByte, kTail, kTail}},
    {4, {kFourLead, kTail, kSpaceByte, kTail}},
    {4, {kFourLead, kTail, kTail, kSpaceByte}},
};

constexpr ByteSet kLost = {{0x1A, 0x1A}};
constexpr ByteSet kLostOrMark = {{0x1A, 0x1A}, {'?', '?'}};
constexpr ByteSet kLostOrTail = {{0x1A, 0x1A}, {0x80, 0xBF}};
constexpr ByteSet kLostOrMarkOrTail = {{0x1A, 0x1A}, {'?', '?'}, {0x80, 0xBF}};
constexpr ByteSet kSurrogateLead = {{0xED, 0xED}};
constexpr ByteSet kHighSurrogate = {{0xA0, 0xAF}};
constexpr ByteSet kLowSurrogate = {{0xB0, 0xBF}};
constexpr ByteSet kLeadOfThree = {{0xE0, 0xEF}};
constexpr ByteSet kLeadOfFour = {{0xF0, 0xF4}};

// The first byte is always there. In short characters '?' is too often a question.
constexpr Pattern kLossy[] = {
    {2, {ByteSet{{0xC2, 0xDF}}, kLost}},
    {2, {ByteSet{{0xC2, 0xC3}}, ByteSet{{'?', '?'}}}},
    {6,
     {kSurrogateLead, kHighSurrogate, kLostOrMark, kSurrogateLead, kLowSurrogate,
      kLostOrMarkOrTail}},
    {6,
     {kSurrogateLead, kHighSurrogate, kLostOrMarkOrTail, kSurrogateLead, kLowSurrogate,
      kLostOrMark}},
    {3, {kLeadOfThree, kLostOrMark, kLostOrTail}},
    {3, {kLeadOfThree, kLostOrTail, kLostOrMark}},
    {4, {kLeadOfFour, kLostOrMark, kLostOrTail, kLostOrTail}},
    {4, {kLeadOfFour, kLostOrTail, kLostOrMark, kLostOrTail}},
    {4, {kLeadOfFour, kLostOrTail, kLostOrTail, kLostOrMark}},
    {1, {kLost}},
};

constexpr std::string_view kUtf8OfReplacement = "\xEF\xBF\xBD";

// "Ã " as a word is "à" and keeps its space, except in the Portuguese words that begin with à.
bool IsAGraveWord(std::string_view bytes) {
  if (bytes.substr(0, 2) != "\xC3 ") return false;
  bytes.remove_prefix(2);
  for (const std::string_view with : {" ", "quele", "quela", "quilo", "s "}) {
    if (bytes.substr(0, with.size()) == with) return false;
  }
  return true;
}

// A surrogate pair, each half in three bytes.
size_t DecodeSurrogates(std::string_view bytes, char32_t* code_point) {
  static constexpr Pattern kPair[] = {
      {6, {kSurrogateLead, kHighSurrogate, kTail, kSurrogateLead, kLowSurrogate, kTail}}};
  if (MatchAny(kPair, bytes) == 0) return 0;
  const auto bits = [&](size_t i, unsigned mask) -> char32_t {
    return static_cast<unsigned char>(bytes[i]) & mask;
  };
  *code_point = 0x10000 + (bits(1, 0x0F) << 16) + (bits(2, 0x3F) << 10) + (bits(4, 0x0F) << 6) +
                bits(5, 0x3F);
  return 6;
}

// What a character can stand for when it was a byte of UTF-8.
enum Role : uint8_t {
  kFirstOfTwo = 1,
  kFirstOfThree = 2,
  kFirstOfFour = 4,
  kContinuation = 8,
  kCertainContinuation = 16,  // not also what people put beside a word: space, dash, quotation mark
};

uint8_t RolesOfByte(size_t byte) {
  uint8_t roles = 0;
  if (byte >= 0xC2 && byte <= 0xDF) roles |= kFirstOfTwo;
  if (byte >= 0xE0 && byte <= 0xEF) roles |= kFirstOfThree;
  if (byte == 0xF0 || byte == 0xF3) roles |= kFirstOfFour;  // emoji; tags for flags
  if (byte >= 0x80 && byte <= 0xBF) roles |= kContinuation | kCertainContinuation;
  return roles;
}

struct CharacterRoles {
  char32_t character;
  uint8_t roles;
};

std::vector<CharacterRoles> MakeRoles() {
  static constexpr CodePage kPages[] = {CodePage::kLatin1,      CodePage::kWindows1252,
                                        CodePage::kWindows1251, CodePage::kWindows1250,
                                        CodePage::kWindows1253, CodePage::kWindows1254,
                                        CodePage::kWindows1257};
  static constexpr std::u32string_view kUncertain = U"–—―‘’‚“”„•…";
  std::vector<CharacterRoles> all = {{' ', kContinuation}};  // once a no-break space
  for (const CodePage page : kPages) {
    for (size_t i = 0; i < 128; ++i) {
      const char32_t c = UpperHalf(page)[i];
      uint8_t roles = RolesOfByte(0x80 + i);
      if (kUncertain.find(c) != kUncertain.npos)
        roles &= static_cast<uint8_t>(~kCertainContinuation);
      all.push_back({c, roles});
    }
  }
  const auto by_character = [](const CharacterRoles& a, const CharacterRoles& b) {
    return a.character < b.character;
  };
  std::sort(all.begin(), all.end(), by_character);
  std::vector<CharacterRoles> merged;
  for (const CharacterRoles& entry : all) {
    if (!merged.empty() && merged.back().character == entry.character) {
      merged.back().roles |= entry.roles;
    } else {
      merged.push_back(entry);
    }
  }
  return merged;
}

bool HasRole(char32_t c, Role role) {
  static const std::vector<CharacterRoles> all = MakeRoles();
  const auto found = std::lower_bound(
      all.begin(), all.end(), c,
      [](const CharacterRoles& entry, char32_t value) { return entry.character < value; });
  return found != all.end() && found->character == c && (found->roles & role) != 0;
}

bool IsMisdecoded(std::u32string_view text, Role first, size_t continuation_count) {
  if (text.size() <= continuation_count || !HasRole(text[0], first)) return false;
  for (size_t i = 1; i <= continuation_count; ++i) {
    if (!HasRole(text[i], kContinuation)) return false;
  }
  return true;
}

}  // namespace

std::string RestoreNoBreakSpaces(std::string_view bytes) {
  std::string words;
  for (size_t at = 0; at < bytes.size();) {
    if (IsAGraveWord(bytes.substr(at))) {
      words += "\xC3\xA0 ";
      at += 2;
    } else {
      words.push_back(bytes[at++]);
    }
  }
  for (size_t at = 0; at < words.size();) {
    const size_t length = MatchAny(kWithLostNoBreakSpace, std::string_view(words).substr(at));
    std::replace(words.begin() + static_cast<ptrdiff_t>(at),
                 words.begin() + static_cast<ptrdiff_t>(at + length), ' ', '\xA0');
    at += std::max<size_t>(length, 1);
  }
  return words;
}

std::string ReplaceLossySequences(std::string_view bytes) {
  std::string result;
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = MatchAny(kLossy, bytes.substr(at));
    if (length > 0) {
      result += kUtf8OfReplacement;
      at += length;
    } else {
      result.push_back(bytes[at++]);
    }
  }
  return result;
}

std::optional<std::u32string> DecodeUtf8Variants(std::string_view bytes) {
  std::u32string text;
  while (!bytes.empty()) {
    char32_t code_point = 0;
    size_t length = DecodeUtf8Prefix(bytes, &code_point);
    if (length == 0) length = DecodeSurrogates(bytes, &code_point);
    if (length == 0 && bytes.substr(0, 2) == "\xC0\x80") length = 2;
    if (length == 0) return std::nullopt;
    text.push_back(code_point);
    bytes.remove_prefix(length);
  }
  return text;
}

size_t MisdecodedRunLength(std::u32string_view text, size_t at) {
  // Not from within a longer garble: mending a few characters of it would make things worse.
  if (at > 0 && HasRole(text[at - 1], kCertainContinuation)) return 0;
  const size_t begin = at;
  for (;;) {
    const std::u32string_view rest = text.substr(at);
    if (IsMisdecoded(rest, kFirstOfTwo, 1)) {
      at += 2;
    } else if (IsMisdecoded(rest, kFirstOfThree, 2)) {
      at += 3;
    } else if (IsMisdecoded(rest, kFirstOfFour, 3)) {
      at += 4;
    } else {
      return at - begin;
    }
  }
}

}  // namespace aozora
