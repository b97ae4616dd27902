// SPDX-License-Identifier: Apache-2.0
#include "text/prefix_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace aozora {
namespace {

std::vector<size_t> LengthsFound(const PrefixTable& table, std::string_view text) {
  std::vector<size_t> lengths;
  for (auto key = table.Longest(text); key != PrefixTable::kNone; key = table.Shorter(key)) {
    lengths.push_back(table.Length(key));
  }
  return lengths;
}

TEST(PrefixTable, FindsNothingInNothing) {
  EXPECT_EQ(PrefixTable().Longest("a"), PrefixTable::kNone);
  EXPECT_EQ(PrefixTable(std::vector<std::string_view>()).Longest(""), PrefixTable::kNone);
  EXPECT_EQ(PrefixTable({"a"}).Longest(""), PrefixTable::kNone);
  EXPECT_EQ(PrefixTable({"b"}).Longest("a"), PrefixTable::kNone);
  EXPECT_EQ(PrefixTable({"b"}).Longest("c"), PrefixTable::kNone);
}

TEST(PrefixTable, GivesTheLongestFirst) {
  // "abd" sorts before "abe" and is none of its beginnings, but begins like it.
  const PrefixTable table({"a", "ab", "abc", "abcde", "abd", "b", "\xE3\x81"});
  EXPECT_EQ(LengthsFound(table, "abe"), (std::vector<size_t>{2, 1}));
  EXPECT_EQ(LengthsFound(table, "abcd"), (std::vector<size_t>{3, 2, 1}));
  EXPECT_EQ(LengthsFound(table, "abcde"), (std::vector<size_t>{5, 3, 2, 1}));
  EXPECT_EQ(LengthsFound(table, "\xE3\x81\x82"), (std::vector<size_t>{2}));
  EXPECT_EQ(table.Longest("abd!"), 4u);  // the place in the order
}

TEST(PrefixTable, FindsWhatLookingAtEachKeyFinds) {
  std::mt19937 random(1);
  const auto word = [&](size_t length_max) {
    std::string text(random() % (length_max + 1), ' ');
    for (char& c : text) c = "ab\xFF"[random() % 3];
    return text;
  };
  for (int i = 0; i < 100; ++i) {
    std::set<std::string> keys;
    for (int j = 0; j < 40; ++j) keys.insert(word(6));
    keys.erase("");
    const PrefixTable table(std::vector<std::string_view>(keys.begin(), keys.end()));
    for (int j = 0; j < 50; ++j) {
      const std::string text = word(9);
      std::vector<size_t> expected;
      for (const std::string& key : keys) {
        if (text.starts_with(key)) expected.push_back(key.size());
      }
      std::reverse(expected.begin(), expected.end());
      EXPECT_EQ(LengthsFound(table, text), expected) << text;
    }
  }
}

}  // namespace
}  // namespace aozora
