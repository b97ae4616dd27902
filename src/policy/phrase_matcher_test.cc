// SPDX-License-Identifier: Apache-2.0
#include "policy/phrase_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random_source.h"

namespace aozora::policy {
namespace {

using Found = std::vector<std::pair<uint32_t, uint32_t>>;  // end, pattern

Found Sorted(const std::vector<PhraseMatcher::Hit>& hits) {
  Found found;
  for (const auto& hit : hits) found.emplace_back(hit.end, hit.pattern_index);
  std::sort(found.begin(), found.end());
  return found;
}

Found OneByOne(const std::vector<std::u32string_view>& patterns, std::u32string_view text) {
  Found found;
  for (uint32_t p = 0; p < patterns.size(); ++p) {
    if (patterns[p].empty()) continue;
    for (size_t at = text.find(patterns[p]); at != text.npos; at = text.find(patterns[p], at + 1)) {
      found.emplace_back(static_cast<uint32_t>(at + patterns[p].size()), p);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(PhraseMatcher, FindsPatternsInsideAndBehindOthers) {
  const std::vector<std::u32string_view> patterns = {U"he", U"she", U"his", U"hers", U"he"};
  const Found expected = {{4, 0}, {4, 1}, {4, 4}, {6, 3}};
  EXPECT_EQ(Sorted(PhraseMatcher(patterns).Find(U"ushers")), expected);
}

TEST(PhraseMatcher, WithoutPatternsFindsNothing) {
  EXPECT_TRUE(PhraseMatcher().Find(U"text").empty());
  EXPECT_TRUE(PhraseMatcher(std::vector<std::u32string_view>()).Find(U"text").empty());
  EXPECT_TRUE(PhraseMatcher({U""}).Find(U"text").empty());
}

TEST(PhraseMatcher, FindsWhatASearchForEachPatternFinds) {
  SeededRandom random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::u32string> owned(static_cast<size_t>(random.Between(0, 12)));
    for (std::u32string& pattern : owned) {
      for (int64_t n = random.Between(0, 5); n > 0; --n) pattern += U"abé"[random.Below(3)];
    }
    const std::vector<std::u32string_view> patterns(owned.begin(), owned.end());
    std::u32string text;
    for (int i = 0; i < 60; ++i) text += U"abé"[random.Below(3)];
    ASSERT_EQ(Sorted(PhraseMatcher(patterns).Find(text)), OneByOne(patterns, text)) << round;
  }
}

}  // namespace
}  // namespace aozora::policy
