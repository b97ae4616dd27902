// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake.h"

#include <gtest/gtest.h>

#include "text/badness.h"
#include "text/code_page.h"
#include "text/misdecoded_utf8.h"
#include "text/unicode.h"

namespace aozora {
namespace {

std::u32string FromUtf8(std::string_view text) { return DecodeUtf8(text).value(); }
std::string Fix(std::u32string text) {
  RepairBudget budget(text.size());
  return EncodeUtf8(FixEncoding(std::move(text), &budget));
}

// The text as somebody sees it who reads its UTF-8 in another encoding.
std::u32string Misread(std::string_view utf8, CodePage page) {
  std::u32string text;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(byte < 0x80 ? byte : UpperHalf(page)[byte - 0x80]);
  }
  return text;
}

TEST(CodePage, EncodesItsOwnCharactersAndNoOthers) {
  for (int i = 0; i < kCodePageCount; ++i) {
    const auto page = static_cast<CodePage>(i);
    for (size_t byte = 0x80; byte < 0x100; ++byte) {
      const char32_t c = UpperHalf(page)[byte - 0x80];
      const std::optional<std::string> bytes = Encode(page, std::u32string(1, c));
      ASSERT_TRUE(bytes.has_value()) << i << " " << byte;
      EXPECT_EQ(*bytes, std::string(1, static_cast<char>(byte)));
    }
    EXPECT_EQ(Encode(page, U"~a\n"), "~a\n");
    EXPECT_FALSE(Encode(page, U"雪").has_value());
    // A lost character has a byte in those with holes, at the cost of what that byte was.
    EXPECT_EQ(Encode(page, U"\uFFFD").has_value(), HasHoles(page));
    EXPECT_EQ(Encode(page, U"\x1A").has_value(), !HasHoles(page));
  }
  EXPECT_EQ(Encode(CodePage::kWindows1252, U"€\u0081"), "\x80\x81");
  EXPECT_EQ(Encode(CodePage::kMacRoman, U"é"), "\x8E");
  EXPECT_EQ(Encode(CodePage::kIbm437, U"é"), "\x82");
}

TEST(LooksMisdecoded, SeesWhatPeopleDoNotWrite) {
  for (const std::string_view text :
       {"Ã©", "â€™", "caf\xC2\x85", "â€œquoted", "Ð¿Ñ€Ð¸", "ÐŸÑ€", "РџСЂРёРІРµС‚", "√©t√©", "вЂ”",
        "Î±Î»", "à¤•", "Ø§Ù„", "voil\xC3\x83 ", "ŕ¸", "ä¸\xC2\xAD", "┬á├⌐"}) {
    EXPECT_TRUE(LooksMisdecoded(FromUtf8(text))) << text;
  }
}

TEST(LooksMisdecoded, LeavesOrdinaryTextAlone) {
  for (const std::string_view text : {"plain",      "",
                                      "déjà vu",    "ÀÉÎÕÜ",
                                      "Ångström",   "10 € or £5",
                                      "½ cup",      "naïve “quotes” — dash…",
                                      "Œuvre cœur", "Привет, мир",
                                      "Καλημέρα",   "日本語",
                                      "¿Qué? ¡Sí!", "25 °C",
                                      "© 2020 ™",   "(╯°□°)╯",
                                      "┌─┐│└┘",     "Ça va",
                                      "«Voilà»",    "Žižek"}) {
    EXPECT_FALSE(LooksMisdecoded(FromUtf8(text))) << text;
  }
}

TEST(LooksMisdecoded, LooksAtTheWholeText) {
  const std::u32string ascii(1000, 'a');
  EXPECT_TRUE(LooksMisdecoded(ascii + U"Ã©"));
  EXPECT_TRUE(LooksMisdecoded(U"Ã©" + ascii));
  // This rule counts at the start of the text only.
  EXPECT_TRUE(LooksMisdecoded(U"Ã la carte"));
  EXPECT_FALSE(LooksMisdecoded(U"1 Ã la carte"));
}

TEST(FixEncoding, ReadsTheTextInTheRightEncoding) {
  for (const CodePage page : {CodePage::kLatin1, CodePage::kWindows1252}) {
    for (const std::string_view text :
         {"schöne Grüße", "l’été – “déjà”", "雪の中を歩く狐", "красный лис 🦊"}) {
      EXPECT_EQ(Fix(Misread(text, page)), text);
    }
  }
  // In other encodings not all of it looks wrong enough.
  EXPECT_EQ(Fix(Misread("l’été – “déjà”", CodePage::kMacRoman)), "l’été – “déjà”");
  EXPECT_EQ(Fix(Misread("schöne Grüße", CodePage::kIbm437)), "schöne Grüße");
  EXPECT_EQ(Fix(Misread("красный лис", CodePage::kWindows1251)), "красный лис");
  EXPECT_EQ(Fix(Misread("‘été’", CodePage::kWindows1250)), "‘été’");
}

TEST(FixEncoding, UndoesSeveralLayers) {
  std::string text = "crème brûlée";
  for (int layer = 0; layer < 4; ++layer) {
    text = EncodeUtf8(Misread(text, CodePage::kWindows1252));
    EXPECT_EQ(Fix(FromUtf8(text)), "crème brûlée") << layer;
  }
}

TEST(FixEncoding, MendsPartsOfATextThatNoEncodingHas) {
  EXPECT_EQ(Fix(U"雪 Ã©tÃ© 雪"), "雪 été 雪");
  EXPECT_EQ(Fix(U"✓ caf\u0085"), "✓ caf…");
}

TEST(FixEncoding, StopsWhenTheBudgetIsUsedUp) {
  RepairBudget none(0);
  while (none.Spend(0)) {
  }
  EXPECT_EQ(FixEncoding(U"sÃ³", &none), U"sÃ³");
}

TEST(RepairBudget, IsPassesOverTheText) {
  RepairBudget budget(100);
  for (size_t pass = 0; pass < RepairBudget::kPassesMax; ++pass) EXPECT_TRUE(budget.Spend(100));
  EXPECT_FALSE(budget.Spend(0));
}

TEST(RestoreNoBreakSpaces, PutsThemIntoCharactersOnly) {
  EXPECT_EQ(RestoreNoBreakSpaces("voil\xC3  la"), "voil\xC3\xA0 la");
  EXPECT_EQ(RestoreNoBreakSpaces("\xC3 la carte"), "\xC3\xA0 la carte");  // the space stays too
  EXPECT_EQ(RestoreNoBreakSpaces("\xC3 s vezes"), "\xC3\xA0s vezes");     // except in Portuguese
  EXPECT_EQ(RestoreNoBreakSpaces("\xC3 quele"), "\xC3\xA0quele");
  EXPECT_EQ(RestoreNoBreakSpaces("\xE2 \x80"), "\xE2\xA0\x80");
  EXPECT_EQ(RestoreNoBreakSpaces("\xF0\x9F \x80"), "\xF0\x9F\xA0\x80");
  EXPECT_EQ(RestoreNoBreakSpaces("a b \xE4 \x80 \xC4 "), "a b \xE4 \x80 \xC4 ");
}

TEST(ReplaceLossySequences, MarksWhatIsLost) {
  constexpr std::string_view kMark = "\xEF\xBF\xBD";
  EXPECT_EQ(ReplaceLossySequences("a\x1A"), "a" + std::string(kMark));
  EXPECT_EQ(ReplaceLossySequences("\xC3\x1A"), kMark);
  EXPECT_EQ(ReplaceLossySequences("\xC3?"), kMark);
  EXPECT_EQ(ReplaceLossySequences("\xD0?"), "\xD0?");
  EXPECT_EQ(ReplaceLossySequences("\xE2\x80?"), kMark);
  EXPECT_EQ(ReplaceLossySequences("\xE2??"), "\xE2??");
  EXPECT_EQ(ReplaceLossySequences("\xF0\x9F\x1A\x80"), kMark);
  EXPECT_EQ(ReplaceLossySequences("\xED\xA0?\xED\xB0\x80"), kMark);
  EXPECT_EQ(ReplaceLossySequences("\xED\xA0\x80\xED\xB0?"), kMark);
  EXPECT_EQ(ReplaceLossySequences("really?"), "really?");
}

TEST(DecodeUtf8Variants, ReadsSurrogatePairsAndLongZeros) {
  using namespace std::string_view_literals;
  EXPECT_EQ(DecodeUtf8Variants("\xED\xA0\xBD\xED\xB2\xA9"), U"💩");
  EXPECT_EQ(DecodeUtf8Variants("a\xC0\x80z"), std::u32string(U"a\0z", 3));
  EXPECT_EQ(DecodeUtf8Variants("é雪💩"), U"é雪💩");
  for (const std::string_view wrong : {"\xED\xA0\xBD"sv, "\xED\xB2\xA9\xED\xA0\xBD"sv, "\xC0\x81"sv,
                                       "\xC3"sv, "\xF4\x90\x80\x80"sv, "\xE0\x80\x80"sv}) {
    EXPECT_FALSE(DecodeUtf8Variants(wrong).has_value());
  }
}

TEST(MisdecodedRunLength, CoversWholeRuns) {
  EXPECT_EQ(MisdecodedRunLength(U"Ã©Ã©x", 0), 4u);
  EXPECT_EQ(MisdecodedRunLength(U"xâ€™Ã©", 1), 5u);
  EXPECT_EQ(MisdecodedRunLength(U"ðŸ¦Š", 0), 4u);
  EXPECT_EQ(MisdecodedRunLength(U"Ã", 0), 0u);
  EXPECT_EQ(MisdecodedRunLength(U"â€", 0), 0u);
  // Not from the middle of a garble, but behind a dash, which people write.
  EXPECT_EQ(MisdecodedRunLength(U"©Ã©", 1), 0u);
  EXPECT_EQ(MisdecodedRunLength(U"–Ã©", 1), 2u);
}

}  // namespace
}  // namespace aozora
