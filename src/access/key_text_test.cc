// SPDX-License-Identifier: Apache-2.0
#include "access/key_text.h"

#include <gtest/gtest.h>

#include <set>

namespace aozora {
namespace {

TEST(KeyText, HasTheFormThatScannersLookFor) {
  SeededRandom random(1);
  const std::string text = NewKeyText(random);
  EXPECT_EQ(text.size(), kKeyTextBytes);
  EXPECT_TRUE(text.starts_with("aoz_"));
  EXPECT_EQ(KeyPrefixOf(text), text.substr(0, 12));
}

TEST(KeyText, NoTwoAreAlike) {
  SeededRandom random(1);
  std::set<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.insert(NewKeyText(random));
  EXPECT_EQ(texts.size(), 1000u);
}

TEST(KeyText, OneWrongCharacterIsSeenWithoutAskingAnybody) {
  SeededRandom random(2);
  const std::string text = NewKeyText(random);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
    EXPECT_EQ(KeyPrefixOf(wrong), std::nullopt) << i;
  }
  EXPECT_EQ(KeyPrefixOf(text.substr(1)), std::nullopt);
  EXPECT_EQ(KeyPrefixOf(text + "0"), std::nullopt);
  EXPECT_EQ(KeyPrefixOf(""), std::nullopt);
}

}  // namespace
}  // namespace aozora
