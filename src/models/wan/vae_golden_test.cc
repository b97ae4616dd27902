// SPDX-License-Identifier: Apache-2.0
// The decoders and encoders against what the original code computed, on each backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sanitized_testonly.h"
#include "models/wan/decoders.h"
#include "models/wan/golden.h"
#include "models/wan/golden_stages.h"
#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

constexpr size_t kTinyRows = 8 + 17;  // four clips each way, and the encoder's stages
constexpr size_t kTinyDecoderStages = 18;
constexpr size_t kSuperDecoderStages = 17;

void ExpectAllNear(op::Device& device, const GoldenFile& file, size_t row_count) {
  const auto rows = RunGolden(device, file);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  EXPECT_EQ(rows->size(), row_count);
  double worst = 0;
  for (const GoldenRow& row : *rows) {
    EXPECT_TRUE(row.ok) << row.stage << ": rel " << row.rel_l2 << ", max " << row.max_ratio << " "
                        << row.problem;
    worst = std::max(worst, row.rel_l2);
  }
  testing::Test::RecordProperty("worst_rel", std::to_string(worst));
}

std::vector<BackendKind> Backends() {
  if (kSanitized) return {BackendKind::kCpu};  // the plain loops are slow
  return {BackendKind::kReference, BackendKind::kCpu};
}

class VaeGoldenTest : public testing::TestWithParam<BackendKind> {
 protected:
  TestDevice device_{GetParam()};
};

TEST_P(VaeGoldenTest, Vae21ComputesWhatTheOriginalDoes) {
  ExpectAllNear(*device_, OpenTestGolden("wan_vae21_tiny"), 26);
}
TEST_P(VaeGoldenTest, Vae22ComputesWhatTheOriginalDoes) {
  ExpectAllNear(*device_, OpenTestGolden("wan_vae22_tiny"), 26);
}

TEST_P(VaeGoldenTest, TinyVaeOf21ComputesWhatTheOriginalDoes) {
  ExpectAllNear(*device_, OpenTestGolden("taehv_w21_tiny"), kTinyRows + kTinyDecoderStages);
}
TEST_P(VaeGoldenTest, TinyVaeOf22ComputesWhatTheOriginalDoes) {
  ExpectAllNear(*device_, OpenTestGolden("taehv_w22_tiny"), kTinyRows + kTinyDecoderStages);
}
TEST_P(VaeGoldenTest, SuperTinyVaeOf22ComputesWhatTheOriginalDoes) {
  ExpectAllNear(*device_, OpenTestGolden("taehv_w22_super_tiny"), kTinyRows + kSuperDecoderStages);
}

INSTANTIATE_TEST_SUITE_P(Backends, VaeGoldenTest, testing::ValuesIn(Backends()),
                         [](const auto& chosen) {
                           return chosen.param == BackendKind::kCpu ? "Cpu" : "Reference";
                         });

}  // namespace
}  // namespace aozora::wan
