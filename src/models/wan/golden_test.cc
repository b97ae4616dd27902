// SPDX-License-Identifier: Apache-2.0
// The networks against what the original code computed, on each backend.
#include "models/wan/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

constexpr size_t kDitRows = 60;   // t2v 24; each of the other four cases 9
constexpr size_t kUmt5Rows = 12;  // short: two prompts of 5; long: two of 1

void ExpectAllOk(op::Device& device, const GoldenFile& file, size_t row_count) {
  const auto rows = RunGolden(device, file);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  EXPECT_EQ(rows->size(), row_count);
  for (const GoldenRow& row : *rows) {
    EXPECT_TRUE(row.ok) << row.stage << ": rel " << row.rel_l2 << ", max " << row.max_ratio << " "
                        << row.problem;
  }
}

class GoldenTest : public testing::TestWithParam<BackendKind> {
 protected:
  TestDevice device_{GetParam()};
};

TEST_P(GoldenTest, DitComputesWhatTheOriginalDoes) {
  ExpectAllOk(*device_, OpenTestGolden("wan_dit_tiny"), kDitRows);
}

TEST_P(GoldenTest, Umt5ComputesWhatTheOriginalDoes) {
  ExpectAllOk(*device_, OpenTestGolden("umt5_tiny"), 2 * kUmt5Rows);  // once for each layout
}

INSTANTIATE_TEST_SUITE_P(Backends, GoldenTest,
                         testing::Values(BackendKind::kReference, BackendKind::kCpu),
                         [](const auto& chosen) {
                           return chosen.param == BackendKind::kCpu ? "Cpu" : "Reference";
                         });

TEST(Golden, ADamagedWeightIsSeen) {
  TestDevice device(BackendKind::kCpu);
  GoldenFile file = OpenTestGolden("wan_dit_tiny");
  for (StoredTensor& tensor : file.weights.tensors) {
    if (tensor.name != "blocks.1.ffn.2.bias") continue;
    const Weight f32 = ToF32(tensor.weight);
    std::vector<float> values(f32.view.f32_span().begin(), f32.view.f32_span().end());
    for (float& value : values) value *= 1.01f;
    tensor.weight = MakeWeight(values, f32.view.shape(), DType::kF32);
  }
  const auto rows = RunGolden(*device, file);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  std::set<std::string> wrong;
  for (const GoldenRow& row : *rows) {
    if (!row.ok) wrong.insert(row.stage);
  }
  EXPECT_TRUE(wrong.contains("t2v.velocity"));
  EXPECT_FALSE(wrong.contains("t2v.block0"));
}

TEST(Golden, AnUnknownModelIsSaid) {
  TestDevice device;
  GoldenFile file = OpenTestGolden("wan_dit_tiny");
  file.model = "of another family";
  const auto rows = RunGolden(*device, file);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code(), ErrorCode::kUnsupported);
  EXPECT_THAT(rows.error().message(), testing::HasSubstr("of another family"));
}

}  // namespace
}  // namespace aozora::wan
