// SPDX-License-Identifier: Apache-2.0
#include "text/code_page.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "text/unicode.h"

namespace aozora {
namespace {

// clang-format off
// Windows-1252 (Western), bytes 80 to FF.
constexpr std::u16string_view kWindows1252 =
    u"€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F"
    u"\u0090‘’“”•–—˜™š›œ\u009DžŸ"
    u"\u00A0¡¢£¤¥¦§¨©ª«¬\u00AD®¯"
    u"°±²³´µ¶·¸¹º»¼½¾¿"
    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
    u"ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
    u"àáâãäåæçèéêëìíîï"
    u"ðñòóôõö÷øùúûüýþÿ";

// Windows-1251 (Cyrillic), bytes 80 to FF.
constexpr std::u16string_view kWindows1251 =
    u"ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏ"
    u"ђ‘’“”•–—\u0098™љ›њќћџ"
    u"\u00A0ЎўЈ¤Ґ¦§Ё©Є«¬\u00AD®Ї"
    u"°±Ііґµ¶·ё№є»јЅѕї"
    u"АБВГДЕЖЗИЙКЛМНОП"
    u"РСТУФХЦЧШЩЪЫЬЭЮЯ"
    u"абвгдежзийклмноп"
    u"рстуфхцчшщъыьэюя";

// Windows-1250 (Central Europe), bytes 80 to FF.
constexpr std::u16string_view kWindows1250 =
    u"€\u0081‚\u0083„…†‡\u0088‰Š‹ŚŤŽŹ"
    u"\u0090‘’“”•–—\u0098™š›śťžź"
    u"\u00A0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00AD®Ż"
    u"°±˛ł´µ¶·¸ąş»Ľ˝ľż"
    u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎ"
    u"ĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß"
    u"ŕáâăäĺćçčéęëěíîď"
    u"đńňóôőö÷řůúűüýţ˙";

// Windows-1253 (Greek), bytes 80 to FF.
constexpr std::u16string_view kWindows1253 =
    u"€\u0081‚ƒ„…†‡\u0088‰\u008A‹\u008C\u008D\u008E\u008F"
    u"\u0090‘’“”•–—\u0098™\u009A›\u009C\u009D\u009E\u009F"
    u"\u00A0΅Ά£¤¥¦§¨©ª«¬\u00AD®―"
    u"°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ"
    u"ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟ"
    u"ΠΡÒΣΤΥΦΧΨΩΪΫάέήί"
    u"ΰαβγδεζηθικλμνξο"
    u"πρςστυφχψωϊϋόύώÿ";

// Windows-1254 (Turkish), bytes 80 to FF.
constexpr std::u16string_view kWindows1254 =
    u"€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008D\u008E\u008F"
    u"\u0090‘’“”•–—˜™š›œ\u009D\u009EŸ"
    u"\u00A0¡¢£¤¥¦§¨©ª«¬\u00AD®¯"
    u"°±²³´µ¶·¸¹º»¼½¾¿"
    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
    u"ĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß"
    u"àáâãäåæçèéêëìíîï"
    u"ğñòóôõö÷øùúûüışÿ";

// Windows-1257 (Baltic), bytes 80 to FF.
constexpr std::u16string_view kWindows1257 =
    u"€\u0081‚\u0083„…†‡\u0088‰\u008A‹\u008C¨ˇ¸"
    u"\u0090‘’“”•–—\u0098™\u009A›\u009C¯˛\u009F"
    u"\u00A0¡¢£¤¥¦§Ø©Ŗ«¬\u00AD®Æ"
    u"°±²³´µ¶·ø¹ŗ»¼½¾æ"
    u"ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻ"
    u"ŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß"
    u"ąįāćäåęēčéźėģķīļ"
    u"šńņóōõö÷ųłśūüżž˙";

// ISO-8859-2, bytes 80 to FF.
constexpr std::u16string_view kIso8859Part2 =
    u"\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087"
    u"\u0088\u0089\u008A\u008B\u008C\u008D\u008E\u008F"
    u"\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097"
    u"\u0098\u0099\u009A\u009B\u009C\u009D\u009E\u009F"
    u"\u00A0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u00ADŽŻ"
    u"°ą˛ł´ľśˇ¸šşťź˝žż"
    u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎ"
    u"ĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß"
    u"ŕáâăäĺćçčéęëěíîď"
    u"đńňóôőö÷řůúűüýţ˙";

// Mac OS Roman, bytes 80 to FF.
constexpr std::u16string_view kMacRoman =
    u"ÄÅÇÉÑÖÜáàâäãåçéè"
    u"êëíìîïñóòôöõúùûü"
    u"†°¢£§•¶ß®©™´¨≠ÆØ"
    u"∞±≤≥¥µ∂∑∏π∫ªºΩæø"
    u"¿¡¬√ƒ≈∆«»…\u00A0ÀÃÕŒœ"
    u"–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ"
    u"‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ"
    u"\uF8FFÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

// IBM code page 437, bytes 80 to FF.
constexpr std::u16string_view kIbm437 =
    u"ÇüéâäàåçêëèïîìÄÅ"
    u"ÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
    u"áíóúñÑªº¿⌐¬½¼¡«»"
    u"░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
    u"└┴┬├─┼╞╟╚╔╩╦╠═╬╧"
    u"╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
    u"αßΓπΣσµτΦΘΩδ∞φε∩"
    u"≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

// clang-format on

constexpr char kLostByte = 0x1A;

struct Table {
  std::array<char32_t, 128> upper_half;
  std::array<std::pair<char32_t, char>, 128> by_character;  // sorted; the byte of each
};

Table MakeTable(CodePage page) {
  static constexpr std::u16string_view kUpperHalves[kCodePageCount] = {
      {},           kWindows1252, kWindows1251,  kWindows1250, kWindows1253,
      kWindows1254, kWindows1257, kIso8859Part2, kMacRoman,    kIbm437};
  Table table;
  for (size_t i = 0; i < 128; ++i) {
    const std::u16string_view characters = kUpperHalves[static_cast<int>(page)];
    const char32_t c = characters.empty() ? static_cast<char32_t>(0x80 + i) : characters.at(i);
    table.upper_half[i] = c;
    table.by_character[i] = {c, static_cast<char>(0x80 + i)};
  }
  std::sort(table.by_character.begin(), table.by_character.end());
  return table;
}

const Table& TableOf(CodePage page) {
  static const auto tables = [] {
    std::array<Table, kCodePageCount> all;
    for (int i = 0; i < kCodePageCount; ++i) all[i] = MakeTable(static_cast<CodePage>(i));
    return all;
  }();
  return tables[static_cast<int>(page)];
}

std::optional<char> EncodeOne(CodePage page, const Table& table, char32_t c) {
  if (HasHoles(page)) {
    if (c == kReplacementCharacter) return kLostByte;
    if (c == kLostByte) return std::nullopt;
  }
  if (IsAscii(c)) return static_cast<char>(c);
  const auto found = std::lower_bound(
      table.by_character.begin(), table.by_character.end(), c,
      [](const std::pair<char32_t, char>& entry, char32_t value) { return entry.first < value; });
  if (found == table.by_character.end() || found->first != c) return std::nullopt;
  return found->second;
}

}  // namespace

const std::array<char32_t, 128>& UpperHalf(CodePage page) { return TableOf(page).upper_half; }

std::optional<std::string> Encode(CodePage page, std::u32string_view text) {
  const Table& table = TableOf(page);
  std::string bytes;
  for (const char32_t c : text) {
    const std::optional<char> byte = EncodeOne(page, table, c);
    if (!byte) return std::nullopt;
    bytes.push_back(*byte);
  }
  return bytes;
}

char32_t Windows1252FromC1(char32_t c1) {
  CHECK(IsC1Control(c1));
  return kWindows1252[c1 - 0x80];
}

}  // namespace aozora
