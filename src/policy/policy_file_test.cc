// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/text_check.h"

namespace aozora::policy {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHead = "format = 1\nrevision = \"r\"\n";

std::string ErrorOf(std::string_view rest) {
  const auto policy = ParsePolicy(std::string(kHead) + std::string(rest), "p.toml");
  return policy.ok() ? "no error" : policy.error().message();
}

std::shared_ptr<const Policy> Parsed(std::string_view rest) {
  return ParsePolicy(std::string(kHead) + std::string(rest), "p.toml").value();
}

TEST(PolicyFile, TheDefaultIsGoodAndHasARuleForEachCategory) {
  const std::shared_ptr<const Policy> policy = DefaultPolicy();
  PerCategory<int> rule_counts = {};
  for (const TextRule& rule : policy->rules) ++rule_counts[static_cast<size_t>(rule.category)];
  for (const int count : rule_counts) EXPECT_GE(count, 1);
  EXPECT_TRUE(DefaultPolicyToml().starts_with("# SPDX"));
  EXPECT_FALSE(policy->is_dry_run);
}

TEST(PolicyFile, ByDefaultNobodyMayCopyWithoutTheMark) {
  for (const bool may : DefaultPolicy()->may_copy_clean) EXPECT_FALSE(may);
  EXPECT_TRUE(Parsed("[clean_copy]\npartner = true\n")
                  ->may_copy_clean[static_cast<size_t>(Role::kPartner)]);
}

TEST(PolicyFile, NobodyMayHaveWhatHarmsChildren) {
  for (size_t role = 0; role < kRoleCount; ++role) {
    for (const Severity severity : {Severity::kLow, Severity::kMedium, Severity::kHigh}) {
      EXPECT_EQ(
          DefaultPolicy()->ActionFor(static_cast<Role>(role), Category::kSexualMinors, severity),
          Action::kBlock);
    }
  }
}

TEST(PolicyFile, ARoleHasItsOwnActionsAndElseTheDefault) {
  const auto policy = Parsed(
      "[actions.default]\n\"violence\" = { medium = \"allow\", high = \"review\" }\n"
      "[actions.red_team]\n\"violence\" = { high = \"allow\" }\n");
  EXPECT_EQ(policy->ActionFor(Role::kRedTeam, Category::kViolence, Severity::kHigh),
            Action::kAllow);
  EXPECT_EQ(policy->ActionFor(Role::kRedTeam, Category::kViolence, Severity::kMedium),
            Action::kAllow);
  EXPECT_EQ(policy->ActionFor(Role::kArtist, Category::kViolence, Severity::kHigh),
            Action::kReview);
  EXPECT_EQ(policy->ActionFor(Role::kArtist, Category::kHate, Severity::kHigh), Action::kBlock);
}

TEST(PolicyFile, TheVersionChangesWithEachByte) {
  EXPECT_NE(Parsed("")->version, Parsed(" ")->version);
  EXPECT_TRUE(Parsed("")->version.starts_with("r+"));
}

TEST(PolicyFile, ErrorsNameLineAndKey) {
  EXPECT_THAT(ErrorOf("dry_run = \"yes\"\n"),
              HasSubstr("p.toml:3: dry_run: must be true or false"));
  EXPECT_THAT(ErrorOf("dryrun = true\n"), HasSubstr("p.toml:3: dryrun: is no key here"));
  EXPECT_THAT(ErrorOf("dry_run = \n"), HasSubstr("p.toml:3: "));
  EXPECT_THAT(ErrorOf("[ # \n"), HasSubstr("p.toml:3: "));
  EXPECT_THAT(ErrorOf("\u03AF"), HasSubstr("p.toml:3: "));
  EXPECT_THAT(ErrorOf("[actions.default]\n\"hatred\" = {}\n"),
              HasSubstr("p.toml:4: actions.default.hatred: is no category"));
  EXPECT_THAT(ErrorOf("[actions.default]\n\"hate\" = { low = \"ignore\" }\n"),
              HasSubstr("p.toml:4: actions.default.hate.low: must be \"allow\""));
  EXPECT_THAT(ErrorOf("[clean_copy]\nguest = true\n"), HasSubstr("p.toml:4: clean_copy.guest"));
  EXPECT_THAT(ErrorOf("[lists]\na = [\"x*y\"]\n"), HasSubstr("p.toml:4: lists.a: \"x*y\""));
  EXPECT_THAT(ErrorOf("[lists]\na = [1]\n"), HasSubstr("lists.a: must be an array of strings"));
  EXPECT_THAT(ErrorOf("allow = [\"!\"]\n"), HasSubstr("allow: \"!\" has no letter"));
  EXPECT_THAT(ErrorOf("[output]\nflash_area_min = 2\n"),
              HasSubstr("p.toml:4: output.flash_area_min: must be a number from"));
  EXPECT_THAT(ErrorOf("[output.actions]\nskin = \"block\"\n"), HasSubstr("only people can judge"));
  EXPECT_THAT(ErrorOf("[[output.blocked_pictures]]\nid = \"a\"\nhash = \"12\"\n"),
              HasSubstr("p.toml:5: output.blocked_pictures[0].hash: must be 16"));
}

TEST(PolicyFile, ErrorsOfRulesNameTheRule) {
  constexpr std::string_view kRule =
      "[[rules]]\nid = \"a\"\ncategory = \"hate\"\nseverity = \"low\"\n";
  const auto with = [&](std::string_view rest) {
    return ErrorOf(std::string(kRule) + std::string(rest));
  };
  EXPECT_THAT(with(""), HasSubstr("p.toml:3: rules[0]: a rule needs phrases"));
  EXPECT_THAT(with("near = [\"b\"]\n"), HasSubstr("p.toml:7: rules[0].near: there is no list"));
  EXPECT_THAT(with("phrases = [\"b\"]\nwithin_words = 0\n"), HasSubstr("rules[0].within_words"));
  EXPECT_THAT(with("phrases = [\"b\"]\n[[rules]]\nid = \"a\"\ncategory = \"hate\"\n"
                   "severity = \"low\"\nphrases = [\"c\"]\n"),
              HasSubstr("p.toml:9: rules[1].id: another rule"));
  EXPECT_THAT(ErrorOf("[[rules]]\nid = \"a\"\ncategory = \"x\"\n"),
              HasSubstr("p.toml:5: rules[0].category: \"x\" is none of hate, "));
}

TEST(PolicyFile, AnotherFormatIsRefused) {
  const auto policy = ParsePolicy("format = 2\nrevision = \"r\"\n", "p.toml");
  EXPECT_THAT(policy.error().message(), HasSubstr("p.toml:1: format: must be 1"));
  EXPECT_FALSE(ParsePolicy("", "p.toml").ok());
}

TEST(PolicyFile, AFileThatIsTooLargeIsRefused) {
  const std::string large = std::string(kHead) + std::string(kPolicyBytesMax, ' ');
  EXPECT_FALSE(ParsePolicy(large, "p.toml").ok());
}

}  // namespace
}  // namespace aozora::policy
