// SPDX-License-Identifier: Apache-2.0
#include "text/fix_text.h"

#include <algorithm>
#include <array>

#include "text/html_entities.h"
#include "text/mojibake.h"
#include "text/unicode.h"

namespace aozora {
namespace {

// Ligatures of Latin letters, and letter pairs that old encodings had as one character. Those of
// other scripts and those that people mean (æ) stay.
std::u32string_view LettersOfLigature(char32_t c) {
  static constexpr std::u32string_view kTypographic[] = {U"ff",  U"fi", U"fl", U"ffi",
                                                         U"ffl", U"ſt", U"st"};  // from U+FB00
  static constexpr std::u32string_view kPairs[] = {U"DŽ", U"Dž", U"dž", U"LJ", U"Lj",
                                                   U"lj", U"NJ", U"Nj", U"nj"};  // from U+01C4
  static constexpr std::u32string_view kDz[] = {U"DZ", U"Dz", U"dz"};            // from U+01F1
  if (c >= 0xFB00 && c <= 0xFB06) return kTypographic[c - 0xFB00];
  if (c >= 0x01C4 && c <= 0x01CC) return kPairs[c - 0x01C4];
  if (c >= 0x01F1 && c <= 0x01F3) return kDz[c - 0x01F1];
  if (c == U'Ĳ') return U"IJ";
  if (c == U'ĳ') return U"ij";
  if (c == U'ŉ') return U"ʼn";
  return {};
}

// Full-width Latin and half-width Katakana and Hangul in their usual widths: what compatibility
// composition makes of each character of the block, by itself.
constexpr char32_t kWidthFormsFirst = 0xFF01;
constexpr char32_t kWidthFormsLast = 0xFFEF;
constexpr char32_t kIdeographicSpace = 0x3000;

const std::u32string& UsualWidth(char32_t c) {
  static const auto table = [] {
    std::array<std::u32string, kWidthFormsLast - kWidthFormsFirst + 1> forms;
    for (char32_t form = kWidthFormsFirst; form <= kWidthFormsLast; ++form) {
      forms[form - kWidthFormsFirst] = NormalizeNfkc(std::u32string_view(&form, 1));
    }
    return forms;
  }();
  return table[c - kWidthFormsFirst];
}

char32_t Uncurl(char32_t c) {
  if (c == 0x02BC || (c >= 0x2018 && c <= 0x201B)) return '\'';
  if (c >= 0x201C && c <= 0x201F) return '"';
  return c;
}

std::u32string FixLettersAndQuotes(std::u32string_view text) {
  std::u32string result;
  for (const char32_t c : text) {
    if (const std::u32string_view letters = LettersOfLigature(c); !letters.empty()) {
      for (const char32_t letter : letters) result.push_back(Uncurl(letter));
    } else if (c >= kWidthFormsFirst && c <= kWidthFormsLast) {
      for (const char32_t usual : UsualWidth(c)) result.push_back(Uncurl(usual));
    } else {
      result.push_back(c == kIdeographicSpace ? U' ' : Uncurl(c));
    }
  }
  return result;
}

std::u32string FixLineBreaks(std::u32string_view text) {
  std::u32string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    const bool line_break = c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x0085;
    result.push_back(line_break ? U'\n' : c);
  }
  return result;
}

// The length of an "ANSI" escape sequence at the start of `text`: ESC [ digits and semicolons, and
// a letter. 0 if there is none.
size_t TerminalEscapeLength(std::u32string_view text) {
  if (text.size() < 3 || text[0] != 0x1B || text[1] != '[') return 0;
  size_t at = 2;
  while (at < text.size() && (text[at] == ';' || IsDecimalDigit(text[at]))) ++at;
  return at < text.size() && IsAsciiLetter(text[at]) ? at + 1 : 0;
}

std::u32string RemoveTerminalEscapes(std::u32string_view text) {
  std::u32string result;
  for (size_t at = 0; at < text.size();) {
    const size_t length = TerminalEscapeLength(text.substr(at));
    if (length == 0) result.push_back(text[at]);
    at += std::max<size_t>(length, 1);
  }
  return result;
}

// Characters that show nothing and mean nothing (unicode.org/reports/tr20). White space, C1
// controls, joiners, marks of direction and tags stay.
bool IsUnwantedControl(char32_t c) {
  const bool ascii = c <= 0x08 || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F;
  const bool deprecated_arabic = c >= 0x206A && c <= 0x206F;
  const bool annotation = c >= 0xFFF9 && c <= 0xFFFC;  // and the object replacement character
  return ascii || deprecated_arabic || annotation || c == 0xFEFF;
}

std::u32string RemoveControls(std::u32string text) {
  text.erase(std::remove_if(text.begin(), text.end(), IsUnwantedControl), text.end());
  return text;
}

std::u32string FixLine(std::u32string text, bool unescape) {
  RepairBudget budget(text.size());
  while (budget.Spend(text.size())) {
    std::u32string fixed = unescape ? UnescapeUnambiguousHtml(text) : text;
    fixed = FixEncoding(std::move(fixed), &budget);
    fixed = FixC1Controls(fixed);
    fixed = FixLettersAndQuotes(fixed);
    fixed = FixLineBreaks(fixed);
    fixed = RemoveTerminalEscapes(fixed);
    fixed = RemoveControls(std::move(fixed));
    fixed = NormalizeNfc(fixed);
    if (fixed == text) break;
    text = std::move(fixed);
  }
  return text;
}

}  // namespace

std::u32string FixText(std::u32string_view text) {
  std::u32string result;
  bool unescape = true;
  while (!text.empty()) {
    const size_t newline = text.find(U'\n');
    const size_t length = newline == text.npos ? text.size() : newline + 1;
    const std::u32string_view line = text.substr(0, length);
    // A '<' says that this is HTML by intention, from here on.
    if (line.find(U'<') != line.npos) unescape = false;
    result += FixLine(std::u32string(line), unescape);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace aozora
