// SPDX-License-Identifier: Apache-2.0
// The networks against what the original code computed, on each backend, and from every layout and
// type that weights come in.
#include "models/wan/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "models/wan/wan_testonly.h"
#include "weights/name_map.h"

namespace aozora::wan {
namespace {

constexpr size_t kDitRows = 60;   // t2v 24; each of the other four cases 9
constexpr size_t kUmt5Rows = 12;  // short: two prompts of 5; long: two of 1

// `worst` becomes the largest error over its tolerance.
void ExpectAllOk(op::Device& device, const GoldenFile& file, size_t row_count,
                 double* worst = nullptr) {
  const auto rows = RunGolden(device, file);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  EXPECT_EQ(rows->size(), row_count);
  for (const GoldenRow& row : *rows) {
    EXPECT_TRUE(row.ok) << row.stage << ": rel " << row.rel_l2 << ", max " << row.max_ratio << " "
                        << row.problem;
    if (worst != nullptr) *worst = std::max(*worst, row.rel_l2 / row.rel_tolerance);
  }
}

// The file with its weights in another layout, behind a prefix, in another type.
GoldenFile Rewritten(GoldenFile file, const NetworkLayout& layout, const std::string& prefix,
                     DType matrices) {
  std::vector<StoredTensor> tensors;
  for (StoredTensor& tensor : file.weights.tensors) {
    if (tensor.name.starts_with("shared.") || tensor.name.starts_with("encoder.")) continue;
    if (tensor.weight.view.shape().rank() > 1) {
      const Weight f32 = ToF32(tensor.weight);
      tensor.weight = MakeWeight(f32.view.f32_span(), f32.view.shape(), matrices);
    }
    tensor.name = prefix + StoredName(layout, tensor.name);
    tensors.push_back(std::move(tensor));
  }
  file.weights.tensors = std::move(tensors);
  return file;
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

TEST(Golden, DitFromDiffusersAndComfyUiIsTheSame) {
  TestDevice device(BackendKind::kCpu);
  const GoldenFile file = OpenTestGolden("wan_dit_tiny");
  ExpectAllOk(*device, Rewritten(file, {Network::kDit, Layout::kDiffusers}, "", DType::kF32),
              kDitRows);
  ExpectAllOk(
      *device,
      Rewritten(file, {Network::kDit, Layout::kOriginal}, "model.diffusion_model.", DType::kF32),
      kDitRows);
}

TEST(Golden, Umt5FromLlamaCppIsTheSame) {
  TestDevice device(BackendKind::kCpu);
  ExpectAllOk(
      *device,
      Rewritten(OpenTestGolden("umt5_tiny"), {Network::kUmt5, Layout::kLlamaCpp}, "", DType::kF32),
      kUmt5Rows);
}

// The tolerances are wide enough for rounded weights, and not many times wider than needed, so that
// a loader that mixes the types up would be seen.
TEST(Golden, RoundedWeightsStayWithinTheirTolerance) {
  TestDevice device(BackendKind::kCpu);
  const NetworkLayout dit = {Network::kDit, Layout::kOriginal};
  const NetworkLayout umt5 = {Network::kUmt5, Layout::kHuggingFace};
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    SCOPED_TRACE(Name(dtype));
    double worst = 0;
    ExpectAllOk(*device, Rewritten(OpenTestGolden("wan_dit_tiny"), dit, "", dtype), kDitRows,
                &worst);
    ExpectAllOk(*device, Rewritten(OpenTestGolden("umt5_tiny"), umt5, "", dtype), kUmt5Rows,
                &worst);
    EXPECT_GT(worst, 0.05);
  }
}

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
