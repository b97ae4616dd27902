// SPDX-License-Identifier: Apache-2.0
#include "text/fold.h"

#include <gtest/gtest.h>

#include "text/unicode.h"

namespace aozora {
namespace {

std::u32string Folded(std::u32string_view text) {
  std::u32string folded;
  for (const char32_t c : text) AppendFolded(c, &folded);
  return folded;
}

std::u32string Skeletons(std::u32string_view text) {
  std::u32string skeletons;
  for (const char32_t c : text) AppendSkeleton(c, &skeletons);
  return skeletons;
}

TEST(Fold, CaseWidthAndMarksDoNotMatter) {
  EXPECT_EQ(Folded(U"ÉcoLE"), U"ecole");
  EXPECT_EQ(Folded(U"e\u0301cole"), U"ecole");
  EXPECT_EQ(Folded(U"Ｗｉｄｅ"), U"wide");
  EXPECT_EQ(Folded(U"𝓢𝓬𝓻𝓲𝓹𝓽"), U"script");
  EXPECT_EQ(Folded(U"Straße, œuf"), U"strasse, oeuf");
}

TEST(Fold, WhatIsNotSeenIsGone) {
  // Zero-width space and joiners, soft hyphen, bidi override, variation selector, tag letter.
  EXPECT_EQ(Folded(U"a\u200Bb\u200D\u00AD\u202Ec\uFE0F\U000E0061d"), U"abcd");
}

TEST(Fold, NoCharacterIsLongerThanTheLimit) {
  for (char32_t c = 0; c <= kCodePointMax; ++c) {
    if (IsSurrogate(c)) continue;
    std::u32string folded;
    AppendFolded(c, &folded);
    ASSERT_LE(folded.size(), kFoldedMax) << static_cast<uint32_t>(c);
  }
}

TEST(Fold, ConfusablesHaveTheSameSkeleton) {
  EXPECT_EQ(Skeletons(U"раура"), Skeletons(U"paypa"));  // Cyrillic
  EXPECT_EQ(Skeletons(U"rnodern"), Skeletons(U"modern"));
  EXPECT_EQ(Skeletons(U"ΜΑP"), Skeletons(U"map"));  // Greek
  EXPECT_NE(Skeletons(U"boat"), Skeletons(U"coat"));
}

}  // namespace
}  // namespace aozora
