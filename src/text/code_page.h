// SPDX-License-Identifier: Apache-2.0
// The single-byte encodings that UTF-8 text is most often misread in. Their upper halves are those
// of Python's codecs; where an encoding leaves a byte without meaning, the byte is the code point
// of the same number, as web browsers do (encoding.spec.whatwg.org).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace aozora {

// In the order in which ftfy tries them (6.3.1, ftfy/chardata.py, CHARMAP_ENCODINGS).
enum class CodePage {
  kLatin1,
  kWindows1252,
  kWindows1251,
  kWindows1250,
  kWindows1253,
  kWindows1254,
  kWindows1257,
  kIso8859Part2,
  kMacRoman,
  kIbm437,
};
inline constexpr int kCodePageCount = 10;

// True for those that have holes. They take byte 1A for U+FFFD, the trace of a byte that somebody
// could not decode; ftfy calls them sloppy.
constexpr bool HasHoles(CodePage page) {
  return page >= CodePage::kWindows1252 && page <= CodePage::kWindows1257;
}

// What byte 0x80 + i means in the encoding.
const std::array<char32_t, 128>& UpperHalf(CodePage page);

// The text as bytes of the encoding, nothing if it has a character that is not in there.
std::optional<std::string> Encode(CodePage page, std::u32string_view text);

constexpr bool IsC1Control(char32_t c) { return c >= 0x80 && c <= 0x9F; }
// What the byte means in Windows-1252, which is nearly always what somebody meant.
char32_t Windows1252FromC1(char32_t c1);

}  // namespace aozora
