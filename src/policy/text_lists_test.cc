// SPDX-License-Identifier: Apache-2.0
// What the default policy finds and what it leaves alone, on the lists in testdata/, with figures.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "policy/obfuscate_testonly.h"
#include "policy/policy_file.h"
#include "policy/text_check.h"

namespace aozora::policy {
namespace {

constexpr double kRecallMin = 0.95;         // of each category, on the prompts that were aimed at
constexpr double kFalsePositiveMax = 0.01;  // of honest prompts
constexpr double kRecallDropMax = 0.03;     // by each obfuscation
constexpr size_t kBenignMin = 500;

std::vector<std::string> ReadLines(const char* name) {
  const char* root = std::getenv("AOZORA_SOURCE_DIR");
  const std::string path = fmt::format("{}/src/policy/testdata/{}", root ? root : ".", name);
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') lines.push_back(line);
  }
  return lines;
}

struct Probe {
  Category category;
  std::string prompt;
};

std::vector<Probe> ReadProbes(const char* name) {
  std::vector<Probe> probes;
  for (const std::string& line : ReadLines(name)) {
    const size_t tab = line.find('\t');
    const std::optional<Category> category = FromName<Category>(line.substr(0, tab));
    EXPECT_TRUE(category) << line;
    if (category) probes.push_back({*category, line.substr(tab + 1)});
  }
  return probes;
}

bool IsStopped(std::string_view prompt) {
  return Check(*DefaultPolicy(), prompt, Role::kArtist).verdict != Action::kAllow;
}

struct Share {
  size_t part = 0, whole = 0;
  double value() const { return static_cast<double>(part) / static_cast<double>(whole); }
};

// Prints recall by category, and what was missed.
std::map<Category, Share> Recall(const std::vector<Probe>& probes, bool names_missed) {
  std::map<Category, Share> shares;
  Share all, same_category;
  for (const Probe& probe : probes) {
    const TextDecision decision = Check(*DefaultPolicy(), probe.prompt, Role::kArtist);
    const bool stopped = decision.verdict != Action::kAllow;
    for (Share* share : {&shares[probe.category], &all}) {
      share->part += stopped;
      ++share->whole;
    }
    same_category.part += stopped && decision.category == probe.category;
    same_category.whole += stopped;
    if (!stopped && names_missed) fmt::print("  missed: {}\n", probe.prompt);
  }
  for (const auto& [category, share] : shares) {
    fmt::print("  {:24} {:3} of {:3}  {:5.1f} %\n", NameOf(category), share.part, share.whole,
               100 * share.value());
  }
  fmt::print("  {:24} {:3} of {:3}  {:5.1f} % (with the same category: {:.1f} %)\n", "all",
             all.part, all.whole, 100 * all.value(), 100 * same_category.value());
  return shares;
}

TEST(DefaultPolicyText, StopsWhatItWasWrittenFor) {
  fmt::print("Recall on the prompts that the phrases were written for:\n");
  for (const auto& [category, share] : Recall(ReadProbes("probes.txt"), true)) {
    EXPECT_GE(share.whole, 10u) << NameOf(category);
    EXPECT_GE(share.value(), kRecallMin) << NameOf(category);
  }
}

Share Sum(const std::map<Category, Share>& shares) {
  Share all;
  for (const auto& [category, share] : shares) {
    all.part += share.part;
    all.whole += share.whole;
  }
  return all;
}

TEST(DefaultPolicyText, StopsMostOfWhatIsSaidPlainlyThatNothingWasTunedOn) {
  constexpr double kHeldOutRecallMin = 0.5;  // set before it was measured
  fmt::print("Recall on plain prompts that nothing was tuned on:\n");
  const Share all = Sum(Recall(ReadProbes("heldout_plain.txt"), false));
  EXPECT_GE(all.whole, 50u);
  EXPECT_GE(all.value(), kHeldOutRecallMin);
}

// Phrases stop words, not meanings: what avoids the words passes. There is no target to meet here,
// only a figure that must not be forgotten.
TEST(DefaultPolicyText, RecallOfParaphrasesIsMeasured) {
  fmt::print("Recall on paraphrases that nothing was tuned on:\n");
  EXPECT_GE(Sum(Recall(ReadProbes("heldout_paraphrases.txt"), false)).whole, 75u);
}

Share FalsePositives(const std::vector<std::string>& prompts) {
  Share stopped = {0, prompts.size()};
  for (const std::string& prompt : prompts) {
    const TextDecision decision = Check(*DefaultPolicy(), prompt, Role::kArtist);
    if (decision.verdict == Action::kAllow) continue;
    ++stopped.part;
    fmt::print("  stopped by {} ({}: {}): {}\n", decision.rule_id, decision.view,
               decision.matched_text, prompt);
  }
  fmt::print("False positives: {} of {}, {:.2f} %\n", stopped.part, stopped.whole,
             100 * stopped.value());
  return stopped;
}

TEST(DefaultPolicyText, LeavesHonestPromptsAlone) {
  const std::vector<std::string> prompts = ReadLines("benign.txt");
  ASSERT_GE(prompts.size(), kBenignMin);
  EXPECT_LE(FalsePositives(prompts).value(), kFalsePositiveMax);
}

TEST(DefaultPolicyText, LeavesOrdinaryPromptsAloneThatNothingWasTunedOn) {
  EXPECT_LE(FalsePositives(ReadLines("heldout_benign.txt")).value(), 2 * kFalsePositiveMax);
}

TEST(DefaultPolicyText, SeesThroughObfuscations) {
  const std::vector<Probe> probes = ReadProbes("probes.txt");
  Share plain = {0, probes.size()};
  for (const Probe& probe : probes) plain.part += IsStopped(probe.prompt);
  ASSERT_GE(Obfuscations().size(), 12u);
  for (const Obfuscation& obfuscation : Obfuscations()) {
    Share share = {0, probes.size()};
    std::string missed;
    for (const Probe& probe : probes) {
      const bool stopped = IsStopped(obfuscation.apply(probe.prompt));
      share.part += stopped;
      if (!stopped) missed += "\n  " + obfuscation.apply(probe.prompt);
    }
    const double drop = plain.value() - share.value();
    fmt::print("  {:24} recall {:5.1f} %  drop {:4.1f} points\n", obfuscation.name,
               100 * share.value(), 100 * drop);
    EXPECT_LE(drop, kRecallDropMax) << obfuscation.name << ", missed:" << missed;
  }
}

}  // namespace
}  // namespace aozora::policy
