// SPDX-License-Identifier: Apache-2.0
// The expectations are what ftfy 6.3.1 and Python 3.11 (html.unescape twice, strip, re.sub of \s+)
// return for the same texts.
#include "text/clean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "text/mojibake.h"

namespace aozora {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

struct Case {
  std::string_view prompt;
  std::string_view clean;
};

void ExpectClean(std::span<const Case> cases) {
  for (const Case& c : cases) {
    Result<std::string> clean = CleanPrompt(c.prompt);
    ASSERT_TRUE(clean.ok()) << clean.error().message();
    EXPECT_EQ(*clean, c.clean) << c.prompt;
    // What is clean stays as it is, unless it now spells a reference.
    if (clean->find('&') == std::string::npos) {
      EXPECT_EQ(CleanPrompt(*clean).value(), *clean);
    }
  }
}

TEST(CleanPrompt, LeavesSoundTextOfAnyScriptAlone) {
  static constexpr Case kCases[] = {
      {"A red fox walks through fresh snow at dawn."sv,
       "A red fox walks through fresh snow at dawn."sv},
      {"雪の中を歩く赤い狐、朝焼け"sv, "雪の中を歩く赤い狐、朝焼け"sv},
      {"Лиса идёт по снегу"sv, "Лиса идёт по снегу"sv},
      {"Η αλεπού στο χιόνι"sv, "Η αλεπού στο χιόνι"sv},
      {"ثعلب أحمر يمشي في الثلج"sv, "ثعلب أحمر يمشي في الثلج"sv},
      {"बर्फ़ में लोमड़ी"sv, "बर्फ़ में लोमड़ी"sv},
      {"여우가 눈 위를 걷는다"sv, "여우가 눈 위를 걷는다"sv},
      {"a fox 🦊 on a 🏔\357\270\217 with 👩\342\200\215🚀 and 🇳🇱"sv,
       "a fox 🦊 on a 🏔\357\270\217 with 👩\342\200\215🚀 and 🇳🇱"sv},
      {"El zorro ¿corre? ¡Sí!"sv, "El zorro ¿corre? ¡Sí!"sv},
      {"Ångström naïve façade Žižek İstanbul Þór"sv, "Ångström naïve façade Žižek İstanbul Þór"sv},
      {"10³ m² at 21 °C, ½ speed, £5 or 7 €"sv, "10³ m² at 21 °C, ½ speed, £5 or 7 €"sv},
      {"Å is a river in Norway; À la carte"sv, "Å is a river in Norway; À la carte"sv},
      {"(╯°□°)╯︵ ┻━┻"sv, "(╯°□°)╯︵ ┻━┻"sv},
  };
  ExpectClean(kCases);
}

TEST(CleanPrompt, UndoesMisreadEncodings) {
  static constexpr Case kCases[] = {
      {"lâ€™humanitÃ© Ã\302\240 lâ€™aube"sv, "l'humanité à l'aube"sv},
      {"lâ\302\200\302\231humanitÃ©"sv, "l'humanité"sv},
      {"schÃ¶ne GrÃ¼Ã\302\237e"sv, "schöne Grüße"sv},
      {"schÃ\302\203Â¶ne GrÃ\302\203Â¼Ã\302\203Â\302\237e"sv, "schöne Grüße"sv},
      {"РєСЂР°СЃРЅС‹Р№ Р»РёСЃ"sv, "красный лис"sv},
      {"ÎºÏ\302\201Ï\302\215Î¿"sv, "κρύο"sv},
      {"é\302\233ªã\302\201®ä¸\302\255"sv, "雪の中"sv},
      {"‚Äúslow‚Äù ‚Äî pan‚Ä¶"sv, "\"slow\" — pan…"sv},
      {"d├⌐j├á vu"sv, "déjà vu"sv},
      {"Ã§ok gÃ¼zel"sv, "çok güzel"sv},
      {"voilÃ la mer"sv, "voilà la mer"sv},
      {"Ã la carte vs. Ã s vezes"sv, "à la carte vs. às vezes"sv},
      {"She said “ yes â€� and left"sv, "She said \" yes � and left"sv},
      {"a cafÃ? by the sea"sv, "a cafÃ? by the sea"sv},
      {"The sign says: rÃ©sumÃ© ✓ done, naïve"sv, "The sign says: résumé ✓ done, naïve"sv},
      {"it\302\222s a \302\223slow\302\224 pan"sv, "it's a \"slow\" pan"sv},
  };
  ExpectClean(kCases);
}

TEST(CleanPrompt, DecodesReferences) {
  static constexpr Case kCases[] = {
      {"salt &amp; pepper"sv, "salt & pepper"sv},
      {"&lt;b&gt; stays"sv, "<b> stays"sv},
      {"<b>bold</b> &eacute;&amp;lt;"sv, "<b>bold</b> é<"sv},
      {"caf&eacute; &#233; &#xE9; &#8217;"sv, "café é é '"sv},
      {"P&EACUTE;REZ &NTILDE;"sv, "PÉREZ Ñ"sv},
      {"AT&T this&notthat &copy 2020"sv, "AT&T this¬that © 2020"sv},
      {"&amp;amp;amp;lt;"sv, "<"sv},
      {"&#128;&#0;&#xD800;&#1114112;&#1;x"sv, "€���x"sv},
      {"&nosuch; &#; &"sv, "&nosuch; &#; &"sv},
      {"&#59;"sv, ";"sv},
  };
  ExpectClean(kCases);
}

TEST(CleanPrompt, ReplacesOddCharacters) {
  static constexpr Case kCases[] = {
      {"ﬂuﬃ ﬁnd Ĳssel ǆ"sv, "fluffi find IJssel dž"sv},
      {"ＬＯＵＤ\343\200\200ＮＯＩＳＥＳ ｶﾀｶﾅ"sv, "LOUD NOISES カタカナ"sv},
      {"‘single\342\200\231 “double” ʼn"sv, "'single' \"double\" 'n"sv},
      {"e\314\201 n\314\203 A\314\212"sv, "é ñ Å"sv},
      {"red \033[31;1mfox\033[0m"sv, "red fox"sv},
      {"tab\011and\013vt\000nul\357\273\277 bom"sv, "tab andvtnul bom"sv},
      {"zero\342\200\213width\342\200\215join"sv, "zero\342\200\213width\342\200\215join"sv},
      {"line\015\012line\015line\342\200\250line\342\200\251end\302\205"sv,
       "line line line line end…"sv},
  };
  ExpectClean(kCases);
}

TEST(CleanPrompt, MakesEachRunOfWhiteSpaceOneSpace) {
  static constexpr Case kCases[] = {
      {"  a   b  "sv, "a b"sv},
      {"\343\200\200a\302\240b\342\200\211c\342\200\257d\342\201\237e\341\232\200f"sv,
       "a b c d e f"sv},
      {"\012\012\012"sv, ""sv},
      {" "sv, ""sv},
      {""sv, ""sv},
      {"a\034\035b"sv, "ab"sv},
  };
  ExpectClean(kCases);
}

TEST(CleanPrompt, FixesEachLineByItself) {
  // The second line alone could not have been in the encoding of the first.
  EXPECT_EQ(CleanPrompt("sch\303\203\302\266n\n\303\251t\303\251 \342\234\223").value(),
            "schön été ✓");
  // From a '<' on, ftfy leaves references alone; the all-capitals one is known to nobody else.
  EXPECT_EQ(CleanPrompt("&NTILDE;\n<p>\n&NTILDE;").value(), "Ñ <p> &NTILDE;");
}

TEST(CleanPrompt, NamesTheByteThatIsNotUtf8) {
  for (const std::string_view wrong :
       {"abc\xFF"sv, "abc\xC3("sv, "abc\xED\xA0\x80"sv, "abc\xC0\x80"sv, "abc\xF4\x90\x80\x80"sv,
        "abc\xE2\x82"sv, "abc\x80"sv}) {
    Result<std::string> clean = CleanPrompt(wrong);
    ASSERT_FALSE(clean.ok());
    EXPECT_EQ(clean.error().code(), ErrorCode::kInvalid);
    EXPECT_THAT(clean.error().message(), HasSubstr("byte 3 "));
    EXPECT_THAT(clean.error().message(), HasSubstr("prompt"));
  }
}

TEST(CleanPrompt, TakesPromptsUpToItsLimit) {
  const std::string longest(kPromptBytesMax, 'x');
  EXPECT_EQ(CleanPrompt(longest).value(), longest);
  Result<std::string> clean = CleanPrompt(longest + "x");
  ASSERT_FALSE(clean.ok());
  EXPECT_THAT(clean.error().message(), HasSubstr("65536"));
}

std::string Fill(std::string_view unit, size_t bytes_max = kPromptBytesMax) {
  std::string text;
  while (text.size() + unit.size() <= bytes_max) text += unit;
  return text;
}

TEST(CleanPrompt, GrowsNoTextBeyondItsBound) {
  // U+1D160 is three characters in NFC, 12 bytes for 4; no character has a worse ratio.
  EXPECT_EQ(CleanPrompt(Fill("\xF0\x9D\x85\xA0")).value().size(), 3 * kPromptBytesMax);
  EXPECT_LE(CleanPrompt(Fill("&nGt;")).value().size(), kCleanPromptBytesMax);
}

TEST(CleanPrompt, StopsMendingWhatIsMadeToBeMendedForEver) {
  // Each pass takes one "amp;" or one "ƒ" away: without a bound, thousands of passes. With it the
  // text comes out half mended, RepairBudget::kPassesMax of them shorter and two more for
  // html.unescape.
  const std::string references = "&" + Fill("amp;", 8_KiB);
  const size_t left = CleanPrompt(references).value().size();
  EXPECT_LT(left, references.size());
  EXPECT_GE(left, references.size() - 4 * (RepairBudget::kPassesMax + 2));
  const std::string chain = "\xC3\x83" + Fill("\xC6\x92", 8_KiB);
  const size_t chain_left = CleanPrompt(chain).value().size();
  EXPECT_LT(chain_left, chain.size());
  EXPECT_GE(chain_left, chain.size() - 2 * RepairBudget::kPassesMax);
}

}  // namespace
}  // namespace aozora
