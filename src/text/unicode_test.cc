// SPDX-License-Identifier: Apache-2.0
#include "text/unicode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace aozora {
namespace {

using ::testing::HasSubstr;

TEST(Utf8, GoesBothWaysForEachCharacter) {
  for (char32_t c = 0; c <= kCodePointMax; ++c) {
    if (IsSurrogate(c)) continue;
    std::string bytes;
    AppendUtf8(c, &bytes);
    char32_t decoded = 0;
    ASSERT_EQ(DecodeUtf8Prefix(bytes, &decoded), bytes.size());
    ASSERT_EQ(decoded, c);
    // One byte less is none.
    ASSERT_EQ(DecodeUtf8Prefix(std::string_view(bytes).substr(0, bytes.size() - 1), &decoded), 0u);
  }
}

TEST(Utf8, HasOneSpellingForEachCharacter) {
  char32_t c = 0;
  for (const std::string_view wrong :
       {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF", "\xC3\x28", "\xE2\x28\xA1", ""}) {
    EXPECT_EQ(DecodeUtf8Prefix(wrong, &c), 0u);
  }
}

TEST(Utf8, SaysWhereTheTextBreaks) {
  Result<std::u32string> text = DecodeUtf8("é雪\xE9t\xE9");
  ASSERT_FALSE(text.ok());
  EXPECT_THAT(text.error().message(), HasSubstr("byte 5 (0xe9)"));
}

TEST(IsSpace, IsWhatPythonStrips) {
  std::vector<char32_t> spaces;
  for (char32_t c = 0; c <= kCodePointMax; ++c) {
    if (IsSpace(c)) spaces.push_back(c);
  }
  // [chr(i) for i in range(0x110000) if chr(i).isspace()]
  const std::vector<char32_t> expected = {
      0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x1C,   0x1D,   0x1E,   0x1F,   0x20,
      0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
      0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  EXPECT_EQ(spaces, expected);
}

TEST(IsWordCharacter, TakesLettersAndNumbersOfAnyScript) {
  for (const char32_t c : std::u32string_view(U"aZ_09éß雪Жα²½Ⅷ٣ªー")) {
    EXPECT_TRUE(IsWordCharacter(c)) << static_cast<uint32_t>(c);
  }
  for (const char32_t c : std::u32string_view(U" -.€™—…\u0301🦊")) {
    EXPECT_FALSE(IsWordCharacter(c)) << static_cast<uint32_t>(c);
  }
}

TEST(Normalize, ComposesOnlyWhatIsTheSame) {
  EXPECT_EQ(NormalizeNfc(U"e\u0301"), U"é");
  EXPECT_EQ(NormalizeNfc(U"\u1112\u1161\u11AB"), U"한");
  EXPECT_EQ(NormalizeNfc(U"ﬁ２Å"), U"ﬁ２Å");  // the ångström sign is the letter
  EXPECT_EQ(NormalizeNfkc(U"ﬁ２ｶﾞ"), U"fi2ガ");
  EXPECT_EQ(NormalizeNfc(U"🦊"), U"🦊");
}

TEST(ToUpper, MayNeedMoreLetters) { EXPECT_EQ(ToUpper(U"straße ñ"), U"STRASSE Ñ"); }

}  // namespace
}  // namespace aozora
