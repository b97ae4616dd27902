// SPDX-License-Identifier: Apache-2.0
#include "text/words.h"

#include <gmock/gmock.h>

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, AreRunsOfLettersInLowerCase) {
  EXPECT_THAT(SplitWords("A red Sailboat, at 6!"), ElementsAre("a", "red", "sailboat", "at", "6"));
  EXPECT_THAT(SplitWords("hot-air balloon"), ElementsAre("hot", "air", "balloon"));
}

TEST(Words, ElidedArticlesStandAlone) {
  EXPECT_THAT(SplitWords("L'avion d\xE2\x80\x99\xC3\x89t\xC3\xA9"),
              ElementsAre("l", "avion", "d", "\xC3\xA9t\xC3\xA9"));
}

TEST(Words, OtherScriptsAreWordsAndSymbolsAreNot) {
  EXPECT_THAT(SplitWords("\xE9\x9D\x92\xE7\xA9\xBA \xF0\x9F\x8E\x88"),
              ElementsAre("\xE9\x9D\x92\xE7\xA9\xBA"));
  EXPECT_THAT(SplitWords(""), IsEmpty());
  EXPECT_THAT(SplitWords("ok \xFF gone"), ElementsAre("ok"));
}

TEST(Words, ComposedAndDecomposedLettersAreTheSame) {
  EXPECT_EQ(SplitWords("e\xCC\x81t\xC3\xA9"), SplitWords("\xC3\xA9te\xCC\x81"));
}

}  // namespace
}  // namespace aozora
