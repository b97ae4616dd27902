// SPDX-License-Identifier: Apache-2.0
#include "text/badness.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "text/unicode.h"

namespace aozora {
namespace {

// What a character is, as bits.
enum Class : uint32_t {
  kCommon = 1u << 0,  // in many contexts, not suspicious by itself
  kC1 = 1u << 1,      // C1 controls, of no use any more
  kBad = 1u << 2,     // nearly always the result of misreading
  kLaw = 1u << 3,     // signs of legal texts
  kCurrency = 1u << 4,
  kOpening = 1u << 5,  // punctuation in front of a word
  kClosing = 1u << 6,  // punctuation behind a word
  kNumeric = 1u << 7,
  kKaomoji = 1u << 8,  // letters that faces made of text need
  kUpperAccented = 1u << 9,
  kLowerAccented = 1u << 10,
  kUpperCommon = 1u << 11,  // letters that may well end a word: Greek, Cyrillic
  kLowerCommon = 1u << 12,
  kBox = 1u << 13,  // box drawing and blocks
  kAsciiUpper = 1u << 14,
  kAsciiLower = 1u << 15,
  kSpace = 1u << 16,
  kWord = 1u << 17,  // a letter, a number, '_'
  kNotAsciiLetter = 1u << 18,
  kNotNewline = 1u << 19,
};
constexpr uint32_t kAsciiLetter = kAsciiUpper | kAsciiLower;
constexpr uint32_t kAccented = kUpperAccented | kLowerAccented;
// What next to a bad character makes it worse.
constexpr uint32_t kSuspicious =
    kAccented | kBox | kOpening | kClosing | kCurrency | kNumeric | kLaw;

struct ClassMembers {
  Class bit;
  std::u32string_view members;  // "a-z" is a range
};
constexpr ClassMembers kClasses[] = {
    {kCommon, U"\u00A0\u00AD·´–—―…’"},
    {kC1, U"\u0080-\u009F"},
    {kBad, U"¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\uFFFDªº"},
    {kLaw, U"¶§"},
    {kCurrency, U"¢£¥₧€"},
    {kOpening, U"¡«¿©΄΅‘‚“„•‹\uF8FF"},
    {kClosing, U"®»˝”›™"},
    {kNumeric, U"²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"},
    {kKaomoji, U"Ò-ÖÙ-Üò-öø-üŐŌŪŲ°"},
    {kUpperAccented, U"À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"},
    {kLowerAccented, U"ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ"},
    {kUpperCommon, U"ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я"},
    {kLowerCommon, U"α-ωάέήίΰа-џ"},
    {kBox, U"│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓"},
};

struct Range {
  char32_t first;
  char32_t last;
  uint32_t bits;
};

// The classes as ranges that do not overlap, sorted.
std::vector<Range> MakeRanges() {
  std::vector<Range> all;
  std::vector<char32_t> borders;
  for (const ClassMembers& set : kClasses) {
    for (size_t i = 0; i < set.members.size(); ++i) {
      const bool range = i + 2 < set.members.size() && set.members[i + 1] == '-';
      const char32_t first = set.members[i];
      if (range) i += 2;
      all.push_back({first, set.members[i], set.bit});
      borders.insert(borders.end(), {first, set.members[i] + 1});
    }
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  std::vector<Range> ranges;
  for (size_t i = 0; i + 1 < borders.size(); ++i) {
    uint32_t bits = 0;
    for (const Range& range : all) {
      if (range.first <= borders[i] && borders[i] <= range.last) bits |= range.bits;
    }
    if (bits != 0) ranges.push_back({borders[i], borders[i + 1] - 1, bits});
  }
  return ranges;
}

uint32_t ClassesOf(char32_t c) {
  static const std::vector<Range> ranges = MakeRanges();
  uint32_t bits = 0;
  if (c != '\n') bits |= kNotNewline;
  if (!IsAsciiLetter(c)) bits |= kNotAsciiLetter;
  if (IsSpace(c)) bits |= kSpace;
  if (IsWordCharacter(c)) bits |= kWord;
  if (IsAscii(c)) {
    if (IsAsciiLetter(c)) bits |= c >= 'a' ? kAsciiLower : kAsciiUpper;
    return bits;
  }
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const Range& range) { return value < range.first; });
  if (after != ranges.begin() && c <= (after - 1)->last) bits |= (after - 1)->bits;
  return bits;
}

// One character of a sequence: of one of the classes, or one of `also`.
struct Step {
  uint32_t classes = 0;
  std::u32string_view also = {};
};
constexpr size_t kStepsMax = 7;
struct Rule {
  int length;
  std::array<Step, kStepsMax> steps;
  bool at_start = false;  // of the text only
};

// Behind the first byte of a two-byte character, in Windows-1252.
constexpr Step kSecondOfTwo = {kOpening | kClosing, U"€œŠš¢£Ÿž\u00A0\u00AD®©°·»–—´"};
constexpr Step kSecondOfArabic = {kCommon | kCurrency | kBad | kNumeric | kOpening, U"ŸŠ®°µ»"};
constexpr uint32_t kBetweenCyrillic = kC1 | kBad | kOpening | kClosing | kCurrency;

constexpr Rule kRules[] = {
    {1, {{{kC1}}}},
    {2, {{{kBad | kSuspicious}, {kBad}}}},
    {3, {{{kAsciiLetter}, {kLowerCommon | kUpperCommon}, {kBad}}}},
    {2, {{{kBad}, {kSuspicious}}}},
    {2,
     {{{kLowerAccented | kLowerCommon | kBox | kClosing | kCurrency | kNumeric},
       {kUpperAccented}}}},
    {2, {{{kBox | kClosing | kCurrency | kNumeric}, {kLowerAccented}}}},
    {2, {{{kLowerAccented | kBox | kClosing}, {kCurrency}}}},
    {3, {{{kSpace}, {kUpperAccented}, {kCurrency}}}},
    {2, {{{kUpperAccented | kBox}, {kNumeric | kLaw}}}},
    {3, {{{kAccented | kBox | kCurrency | kClosing}, {kOpening}, {kNumeric}}}},
    {3, {{{kAccented | kCurrency | kNumeric | kBox | kLaw}, {kClosing}, {kOpening}}}},
    {2, {{{kCurrency | kNumeric | kBox}, {kOpening}}}},
    {3, {{{kAsciiLower}, {kUpperAccented}, {kOpening | kCurrency}}}},
    {2, {{{kBox}, {kKaomoji}}}},
    {2, {{{kAccented | kCurrency | kNumeric | kOpening | kClosing | kLaw}, {kBox}}}},
    {2, {{{kBox}, {kClosing}}}},
    {3, {{{kAccented}, {kOpening | kClosing}, {kWord}}}},
    {2, {{{0, U"Œœ"}, {kNotAsciiLetter}}}},  // a ligature that joins nothing
    {2, {{{kUpperAccented}, {0, U"°"}}}},
    // Windows-1252
    {2, {{{0, U"ÂÃÎÐ"}, kSecondOfTwo}}},
    {2, {{{0, U"×"}, {0, U"²³"}}}},
    {4, {{{0, U"ØÙ"}, kSecondOfArabic, {0, U"ØÙ"}, kSecondOfArabic}}},
    {2, {{{0, U"à"}, {0, U"²µ¹¼½¾"}}}},  // scripts of South Asia
    // Mac OS Roman
    {2, {{{0, U"√"}, {0, U"±∂†≠®™´≤≥¥µø"}}}},
    {2, {{{0, U"≈"}, {0, U"°¢"}}}},
    {3, {{{0, U"‚"}, {0, U"Ä"}, {0, U"ìîïòôúùû†°¢π"}}}},
    {3, {{{0, U"‚"}, {0, U"âó"}, {0, U"àä°ê"}}}},
    // Windows-1251: punctuation, then Latin-1 and Cyrillic, then both on top of each other
    {2, {{{0, U"в"}, {0, U"Ђ"}}}},
    {3, {{{0, U"ВГРС"}, {kBetweenCyrillic, U"°µ"}, {0, U"ВГРС"}}}},
    {7,
     {{{0, U"Г"},
       {0, U"ў"},
       {0, U"В"},
       {0, U"Ђ"},
       {0, U"В"},
       {kNotNewline},
       {kAsciiLetter, U" "}}}},
    // Windows-1252: à, á and the no-break space, also where that became a plain space
    {2, {{{0, U"Ã"}, {0, U"\u00A0¡"}}}},
    {3, {{{kAsciiLower}, {0, U"ÃÂ"}, {0, U" "}}}},
    {4, {{{kAsciiLower}, {kSpace}, {0, U"ÃÂ"}, {0, U" "}}}},
    {2, {{{0, U"ÃÂ"}, {0, U" "}}}, true},
    {3, {{{kAsciiLower | kClosing, U".,?!"}, {0, U"Â"}, {kOpening | kClosing, U" "}}}},
    // Windows-1253 and Windows-1257
    {3, {{{0, U"β"}, {0, U"€"}, {0, U"™\u00A0Ά\u00AD®°"}}}},
    {3, {{{0, U"ΒΓΞΟ"}, {kBetweenCyrillic, U"°"}, {0, U"ΒΓΞΟ"}}}},
    {2, {{{0, U"ā"}, {0, U"€"}}}},
};

bool Matches(const Rule& rule, std::u32string_view text, const std::vector<uint32_t>& classes,
             size_t at) {
  if (at + static_cast<size_t>(rule.length) > text.size()) return false;
  if (rule.at_start && at != 0) return false;
  for (int i = 0; i < rule.length; ++i) {
    const Step& step = rule.steps[i];
    const bool fits =
        (classes[at + i] & step.classes) != 0 || step.also.find(text[at + i]) != step.also.npos;
    if (!fits) return false;
  }
  return true;
}

}  // namespace

bool LooksMisdecoded(std::u32string_view text) {
  std::vector<uint32_t> classes(text.size());
  std::transform(text.begin(), text.end(), classes.begin(), ClassesOf);
  size_t ascii_until = 0;  // text[at, ascii_until) is ASCII
  for (size_t at = 0; at < text.size(); ++at) {
    // Each rule has a character beyond ASCII among its first three.
    ascii_until = std::max(ascii_until, at);
    while (ascii_until < text.size() && IsAscii(text[ascii_until])) ++ascii_until;
    if (ascii_until >= at + 3) continue;
    for (const Rule& rule : kRules) {
      if (Matches(rule, text, classes, at)) return true;
    }
  }
  return false;
}

}  // namespace aozora
