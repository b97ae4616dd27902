// SPDX-License-Identifier: Apache-2.0
#include "policy/text_check.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/sanitized_testonly.h"
#include "policy/policy_file.h"

namespace aozora::policy {
namespace {

constexpr std::string_view kPolicy = R"(
format = 1
revision = "test"
allow = ["red herring*"]
[actions.default]
"hate" = { low = "allow", medium = "review", high = "block" }
[actions.admin]
"hate" = { high = "allow" }
[lists]
fish = ["herring*", "pike", "*carp"]
metal = ["iron", "copper"]
water = ["sea", "lake"]
play = ["toy"]
[[rules]]
id = "fish"
category = "hate"
severity = "medium"
lists = ["fish"]
[[rules]]
id = "metal-water"
category = "hate"
severity = "high"
near = ["metal", "water"]
within_words = 3
unless = ["play"]
[[rules]]
id = "word"
category = "violence"
severity = "low"
phrases = ["forbidden word", "école"]
)";

class TextCheckTest : public testing::Test {
 protected:
  TextDecision Of(std::string_view prompt, Role role = Role::kArtist) const {
    return Check(*policy_, prompt, role);
  }
  std::string RuleOf(std::string_view prompt) const { return Of(prompt).rule_id; }
  std::shared_ptr<const Policy> policy_ = ParsePolicy(kPolicy, "test").value();
};

TEST_F(TextCheckTest, APromptThatMeetsNoRuleIsAllowed) {
  const TextDecision decision = Of("a boat on a river");
  EXPECT_EQ(decision.action, Action::kAllow);
  EXPECT_FALSE(decision.category);
  EXPECT_TRUE(decision.policy_version.starts_with("test+"));
  EXPECT_EQ(Of("").action, Action::kAllow);
}

TEST_F(TextCheckTest, SaysWhatWasFoundAndWhere) {
  const TextDecision decision = Of("Ein HERRING, please");
  EXPECT_EQ(decision.action, Action::kReview);
  EXPECT_EQ(decision.category, Category::kHate);
  EXPECT_EQ(decision.severity, Severity::kMedium);
  EXPECT_EQ(decision.rule_id, "fish");
  EXPECT_EQ(decision.matched, (Span{4, 11}));
  EXPECT_EQ(decision.matched_text, "HERRING");
  EXPECT_EQ(decision.view, "plain");
}

TEST_F(TextCheckTest, WordsHaveBoundsUnlessTheyAreOpen) {
  EXPECT_EQ(RuleOf("a turnpike"), "");
  EXPECT_EQ(RuleOf("pikes"), "");
  EXPECT_EQ(RuleOf("two herrings"), "fish");
  EXPECT_EQ(RuleOf("a mirrorcarp"), "fish");
  EXPECT_EQ(RuleOf("carpet"), "");
}

TEST_F(TextCheckTest, WhatStandsInsideOfAnAllowedPhraseDoesNotCount) {
  EXPECT_EQ(RuleOf("a red herring"), "");
  EXPECT_EQ(RuleOf("a red herring and a herring"), "fish");
}

TEST_F(TextCheckTest, NearnessCountsWordsInEitherOrder) {
  EXPECT_EQ(RuleOf("iron in the sea"), "metal-water");
  EXPECT_EQ(RuleOf("the sea of copper"), "metal-water");
  EXPECT_EQ(RuleOf("iron one two three sea"), "");
  EXPECT_EQ(RuleOf("iron one two three sea copper"), "metal-water");
  EXPECT_EQ(RuleOf("iron in the toy sea"), "");
}

TEST_F(TextCheckTest, TheStrictestRuleDecides) {
  EXPECT_EQ(RuleOf("a forbidden word on a herring by an iron sea"), "metal-water");
  EXPECT_EQ(Of("a herring by an iron sea", Role::kAdmin).rule_id, "fish");
  EXPECT_EQ(RuleOf("a forbidden word on a herring"), "fish");
}

TEST_F(TextCheckTest, AccentsDoNotMatter) {
  EXPECT_EQ(RuleOf("ecole"), "word");
  EXPECT_EQ(RuleOf("É\u200Bc\u0301ole"), "word");
}

TEST_F(TextCheckTest, EveryReadingPointsBackIntoThePrompt) {
  const auto matched = [&](std::string_view prompt) { return Of(prompt).matched_text; };
  EXPECT_EQ(matched("a h3rr1ng!"), "h3rr1ng");
  EXPECT_EQ(matched("a h.e.r.r.i.n.g x"), "h.e.r.r.i.n.g");
  EXPECT_EQ(matched("a heeerriing x"), "heeerriing");
  EXPECT_EQ(matched("a gnirreh x"), "gnirreh");
  EXPECT_EQ(matched("a ureevat x"), "ureevat");                    // rot13
  EXPECT_EQ(matched("a aGVycmluZyBmaXNo x"), "aGVycmluZyBmaXNo");  // base64 of "herring fish"
  EXPECT_EQ(matched("a %68erring x"), "%68erring");
  EXPECT_EQ(matched("a hеrring x"), "hеrring");  // Cyrillic e
}

TEST_F(TextCheckTest, ADoubledLetterIsNoDisguise) {
  EXPECT_EQ(RuleOf("a pikke"), "");
  EXPECT_EQ(RuleOf("a piiiike"), "fish");
}

TEST_F(TextCheckTest, ADryRunAllowsAndSaysWhatItWouldHaveDone) {
  const auto policy = ParsePolicy("dry_run = true\n" + std::string(kPolicy), "test").value();
  const TextDecision decision = Check(*policy, "herring", Role::kArtist);
  EXPECT_EQ(decision.action, Action::kAllow);
  EXPECT_EQ(decision.verdict, Action::kReview);
  EXPECT_EQ(decision.rule_id, "fish");
}

TEST_F(TextCheckTest, APromptThatIsTooLongIsBlockedUnread) {
  EXPECT_EQ(Of(std::string(kCheckedPromptBytesMax, 'a')).action, Action::kAllow);
  const TextDecision decision = Of(std::string(kCheckedPromptBytesMax + 1, 'a'));
  EXPECT_EQ(decision.action, Action::kBlock);
  EXPECT_EQ(decision.rule_id, kPromptLengthRule);
}

TEST_F(TextCheckTest, BytesThatAreNotUtf8PartWords) {
  EXPECT_EQ(RuleOf("\xFFherring\xC3"), "fish");
}

// The hits and the work per hit must not grow with each other: four times the prompt may not take
// much more than four times as long. Generous, for machines that do other things.
TEST(TextCheckTime, IsLinearInThePrompt) {
  if (kSanitized) GTEST_SKIP() << "it measures";
  const std::shared_ptr<const Policy> policy = DefaultPolicy();
  const auto seconds = [&](size_t bytes, std::string_view part) {
    std::string prompt;
    while (prompt.size() + part.size() <= bytes) prompt += part;
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const double start = SystemClock().Seconds();
      (void)Check(*policy, prompt, Role::kArtist);
      best = std::min(best, SystemClock().Seconds() - start);
    }
    return best;
  };
  for (const std::string_view part :
       {"a red boat on a calm lake ", "kill man ", "k i l l ", "child ", "%6b%69&#108; "}) {
    const double small = seconds(16'000, part);
    const double large = seconds(64'000, part);
    fmt::print("  {:28} 500 bytes {:.2f} ms, 64,000 bytes {:.1f} ms\n", part,
               1e3 * seconds(500, part), 1e3 * large);
    EXPECT_LT(large, 12 * small + 0.05) << part;
  }
}

}  // namespace
}  // namespace aozora::policy
