// SPDX-License-Identifier: Apache-2.0
// Every op of every backend, on every case of shapes.txt, against the reference. A test is a line:
// --gtest_filter='*cpu_conv3d_*' runs the convolutions, '*_line95' one line for all backends.
#include <gtest/gtest.h>

#include <set>

#include "backends.h"
#include "base/sanitized_testonly.h"
#include "judge.h"

namespace aozora::conformance {
namespace {

constexpr int kFailuresShownMax = 5;  // of one line
// The other cases of a line differ from every third one in their sizes, not in the code they reach.
constexpr size_t kCaseStride = kSanitized ? 3 : 1;

struct Param {
  const Candidate* candidate;
  const CaseLine* line;
};

// What was declined, by backend; printed at the end, so that nobody takes silence for success.
struct Tally {
  int run_count = 0;
  int declined_count = 0;
  std::map<std::string, int> reasons;
};
std::map<std::string, Tally>& Tallies() {
  static std::map<std::string, Tally> tallies;
  return tallies;
}

class Summary : public testing::Environment {
 public:
  void TearDown() override {
    for (const auto& [backend, tally] : Tallies()) {
      fmt::print("{}: {} cases ran, {} declined\n", backend, tally.run_count, tally.declined_count);
      for (const auto& [reason, count] : tally.reasons) {
        fmt::print("  {} times: {}\n", count, reason);
      }
      EXPECT_GT(tally.run_count, 0) << backend << " declined everything";
    }
  }
};
const testing::Environment* const kSummary = testing::AddGlobalTestEnvironment(new Summary);

std::vector<Param> Params() {
  std::vector<Param> params;
  for (const Candidate& candidate : Candidates()) {
    // It runs as the judge of the others.
    if (kSanitized && candidate.name == "reference") continue;
    for (const CaseLine& line : AllCases()) params.push_back({&candidate, &line});
  }
  return params;
}

class Conformance : public testing::TestWithParam<Param> {};

TEST_P(Conformance, AgreesWithReference) {
  const auto& [candidate, line] = GetParam();
  const std::unique_ptr<op::Backend> backend = candidate->make();
  Tally& tally = Tallies()[candidate->name];
  int failure_count = 0;
  for (size_t i = 0; i < line->cases.size(); i += kCaseStride) {
    const Case& one = line->cases[i];
    const Verdict verdict = Judge(*backend, one, candidate->lesser ? Depth::kValues : Depth::kAll);
    if (verdict.declined) {
      ++tally.declined_count;
      ++tally.reasons[fmt::format("{}: {}", line->op, verdict.message)];
      EXPECT_FALSE(line->must_run) << one.ToString() << "\n  declined: " << verdict.message;
      continue;
    }
    ++tally.run_count;
    if (verdict.ok()) continue;
    if (++failure_count <= kFailuresShownMax) ADD_FAILURE() << verdict.message;
  }
  EXPECT_EQ(failure_count, 0) << "of " << line->cases.size() << " cases of line " << line->number;
}

std::string NameOf(const testing::TestParamInfo<Param>& info) {
  const auto& [candidate, line] = info.param;
  return fmt::format("{}_{}_line{}", candidate->name, line->op, line->number);
}

INSTANTIATE_TEST_SUITE_P(Backends, Conformance, testing::ValuesIn(Params()), NameOf);

TEST(Shapes, CoverEveryOp) {
  std::set<std::string> seen;
  for (const CaseLine& line : AllCases()) seen.insert(line.op);
  EXPECT_EQ(seen.size(), std::variant_size_v<op::Op>) << "is AOZORA_SOURCE_DIR set?";
}

TEST(Shapes, AlternativesAreMultiplied) {
  const std::vector<CaseLine> lines = ParseCases(
      "# nothing\n\nmust linear m={1|2} k=3 n={4|5} bias # more\nmean_last x=2x{3|5x7}\n");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].number, 3);
  EXPECT_TRUE(lines[0].must_run);
  ASSERT_EQ(lines[0].cases.size(), 4u);
  EXPECT_EQ(lines[0].cases[3].ToString(), "linear bias=1 k=3 m=2 n=5");
  EXPECT_FALSE(lines[1].must_run);
  ASSERT_EQ(lines[1].cases.size(), 2u);
  EXPECT_EQ(lines[1].cases[1].ShapeOf("x"), (Shape{2, 5, 7}));
}

TEST(ShapesDeathTest, UnknownWordsAreNotIgnored) {
  EXPECT_DEATH(ParseCases("linear m=1 q=2"), "linear q");
  EXPECT_DEATH(ParseCases("softmax m=1"), "softmax");
}

}  // namespace
}  // namespace aozora::conformance
