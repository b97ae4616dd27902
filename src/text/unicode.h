// SPDX-License-Identifier: Apache-2.0
// What text needs to know about Unicode. Text is worked on as code points (std::u32string) and
// enters and leaves as UTF-8. ICU does the work and is seen here and in text/fold.cc alone.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;
inline constexpr char32_t kCodePointMax = 0x10FFFF;

constexpr bool IsAscii(char32_t c) { return c < 0x80; }
constexpr bool IsAsciiDigit(char32_t c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool IsSurrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

// White space as Python's str.strip, str.isspace and \s see it: Unicode's White_Space and the four
// separators U+001C to U+001F (docs.python.org/3/library/stdtypes.html, str.isspace).
bool IsSpace(char32_t c);
// A letter, a number in the widest sense, or '_': Python's \w.
bool IsWordCharacter(char32_t c);
bool IsDecimalDigit(char32_t c);  // of any script: Python's \d

// One code point of strict UTF-8 (no surrogates, shortest form) at the start of `bytes`.
// Returns the number of bytes that it takes, 0 where there is none.
size_t DecodeUtf8Prefix(std::string_view bytes, char32_t* code_point);
void AppendUtf8(char32_t code_point, std::string* bytes);

// kInvalid, naming the offset of the first byte that is not UTF-8.
Result<std::u32string> DecodeUtf8(std::string_view bytes);
std::string EncodeUtf8(std::u32string_view text);

std::u32string NormalizeNfc(std::u32string_view text);   // canonical composition
std::u32string NormalizeNfkc(std::u32string_view text);  // compatibility composition
std::u32string ToUpper(std::u32string_view text);        // full mapping, no language: ß becomes SS
std::u32string ToLower(std::u32string_view text);        // the same the other way

}  // namespace aozora
