// SPDX-License-Identifier: Apache-2.0
#include "model/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/rng.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr GoldenTolerance kTolerance = {1e-3, 1e-2};

GoldenRow Compare(std::vector<float> actual, std::vector<float> expected) {
  return CompareGolden("file", "stage", actual, expected, kTolerance);
}

std::filesystem::path Goldens() {
  const char* root = std::getenv("AOZORA_SOURCE_DIR");
  CHECK(root != nullptr);
  return std::filesystem::path(root) / "tests/goldens";
}

TEST(CompareGolden, MeasuresAsItSays) {
  const GoldenRow row = Compare({3, 4.5f}, {3, 4});
  EXPECT_DOUBLE_EQ(row.max_abs, 0.5);
  EXPECT_DOUBLE_EQ(row.max_ratio, 0.125);
  EXPECT_DOUBLE_EQ(row.rel_l2, 0.1);
  EXPECT_FALSE(row.ok);
}

TEST(CompareGolden, BothTolerancesCount) {
  EXPECT_TRUE(Compare({1.0009f, 0}, {1, 0}).ok);
  EXPECT_FALSE(Compare({1.0011f, 0}, {1, 0}).ok);
  // One value in ten thousand is off by 2 % of the largest: small on the whole, too much there.
  std::vector<float> expected(10000, 1), actual = expected;
  actual[7] = 1.02f;
  const GoldenRow row = Compare(actual, expected);
  EXPECT_LT(row.rel_l2, kTolerance.rel);
  EXPECT_FALSE(row.ok);
}

TEST(CompareGolden, NothingThatIsNoNumberPasses) {
  EXPECT_FALSE(Compare({std::nanf(""), 1}, {1, 1}).ok);
  EXPECT_FALSE(Compare({1, std::nanf("")}, {1, 1}).ok);
  EXPECT_FALSE(Compare({INFINITY}, {1}).ok);
  EXPECT_FALSE(Compare({1e-9f}, {0}).ok);
  EXPECT_TRUE(Compare({0}, {0}).ok);
  const GoldenRow row = Compare({1}, {1, 2});
  EXPECT_FALSE(row.ok);
  EXPECT_THAT(row.problem, HasSubstr("1 values, expected 2"));
}

TEST(ToleranceFor, TheLeastPreciseTypeCounts) {
  const GoldenTolerances all = {{1e-5, 5e-5}, {4e-3, 2e-2}, {2e-2, 1e-1}};
  const auto rel = [&](std::vector<DType> stored) { return ToleranceFor(all, stored).value().rel; };
  EXPECT_EQ(rel({DType::kF32}), 1e-5);
  EXPECT_EQ(rel({DType::kF16, DType::kF32}), 4e-3);
  EXPECT_EQ(rel({DType::kF16, DType::kBF16, DType::kF32}), 2e-2);
  EXPECT_GT(rel({DType::kQ8_0, DType::kF16}), 2e-2);
  EXPECT_LT(rel({DType::kQ8_0, DType::kF16}), 1e-1);
  const std::vector<DType> unknown = {DType::kF32, DType::kQ4_K};
  EXPECT_THAT(ToleranceFor(all, unknown).error().message(), HasSubstr("q4_k"));
}

// What the tolerance for q8_0 is derived from: how much more than bf16 it changes normal weights.
TEST(ToleranceFor, FollowsHowMuchTheTypesChangeWeights) {
  std::vector<float> weights(1 << 16);
  TwisterNormal(1).Fill(weights);
  const auto change = [&](DType dtype) {
    const Weight read = ToF32(MakeWeight(weights, {1 << 16}, dtype));
    return CompareGolden("", "", read.view.f32_span(), weights, kTolerance).rel_l2;
  };
  EXPECT_NEAR(change(DType::kBF16), 1.66e-3, 3e-5);
  EXPECT_NEAR(change(DType::kQ8_0), 5.36e-3, 5e-5);
  const GoldenTolerances bf16 = {{}, {}, {1, 1}};
  const std::vector<DType> q8_0 = {DType::kQ8_0};
  EXPECT_NEAR(ToleranceFor(bf16, q8_0).value().rel, change(DType::kQ8_0) / change(DType::kBF16),
              0.1);
}

TEST(GoldenFile, KeepsWeightsAndCasesApart) {
  const GoldenFile file = OpenGolden(Goldens() / "umt5_tiny.safetensors").value();
  EXPECT_EQ(file.name, "umt5_tiny");
  EXPECT_EQ(file.Integer("vocab", 0), 160);
  EXPECT_EQ(file.Integer("nothing", 7), 7);
  ASSERT_TRUE(file.cases.contains("short"));
  EXPECT_EQ(file.cases.at("short").at("in.ids").shape, (Shape{2, 32}));
  for (const StoredTensor& tensor : file.weights.tensors) {
    EXPECT_FALSE(tensor.name.starts_with("golden.")) << tensor.name;
  }
  EXPECT_NE(file.weights.Find("shared.weight"), nullptr);
}

TEST(GoldenFile, FoldersAreSearched) {
  const auto found = FindGoldenFiles(Goldens()).value();
  EXPECT_GE(found.size(), 9u);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_FALSE(FindGoldenFiles(Goldens() / "none").ok());
}

TEST(GoldenCase, WhatNobodyComputedIsAFailure) {
  GoldenFile file;
  file.name = "f";
  file.cases["c"] = {{"in.x", {{1}, {1}}}, {"mid.a", {{1}, {2}}}, {"out.y", {{1}, {3}}}};
  GoldenCase golden(file, "c", kTolerance);
  EXPECT_EQ(golden.Find("in.x").value()->values[0], 1);
  EXPECT_THAT(golden.Find("in.z").error().message(), HasSubstr("golden.c.in.z"));
  golden.Compare("out.y", std::vector<float>{3});
  golden.Compare("mid.unknown", std::vector<float>{3});
  const std::vector<GoldenRow> rows = golden.Finish();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].stage, "c.a");
  EXPECT_FALSE(rows[0].ok);
  EXPECT_EQ(rows[0].problem, "never computed");
  EXPECT_EQ(rows[1].stage, "c.y");
  EXPECT_TRUE(rows[1].ok);
}

}  // namespace
}  // namespace aozora
