// SPDX-License-Identifier: Apache-2.0
// The networks against what the original code computed, on each backend.
#include "models/wan/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"

namespace aozora::wan {
namespace {

enum class BackendKind { kReference, kCpu };

class GoldenTest : public testing::TestWithParam<BackendKind> {
 protected:
  GoldenTest() : pool_(2), device_(Backends(), op::MakeHostMemory(), pool_, cancel_) {}

  static std::vector<std::unique_ptr<op::Backend>> Backends() {
    std::vector<std::unique_ptr<op::Backend>> backends;
    if (GetParam() == BackendKind::kCpu) backends.push_back(ops::MakeCpuBackend());
    backends.push_back(ops::MakeReferenceBackend());
    return backends;
  }

  static GoldenFile Open(const std::string& name) {
    const char* root = std::getenv("AOZORA_SOURCE_DIR");
    CHECK(root != nullptr);
    return OpenGolden(std::filesystem::path(root) / "tests/goldens" / (name + ".safetensors"))
        .value();
  }

  void ExpectAllOk(const GoldenFile& file, size_t row_count) {
    const auto rows = RunGolden(device_, file);
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    EXPECT_EQ(rows->size(), row_count);
    double worst = 0;
    for (const GoldenRow& row : *rows) {
      EXPECT_TRUE(row.ok) << row.stage << ": rel " << row.rel_l2 << ", max " << row.max_ratio << " "
                          << row.problem;
      worst = std::max(worst, row.rel_l2);
    }
    RecordProperty("worst_rel", std::to_string(worst));
  }

  ThreadPool pool_;
  CancelToken cancel_;
  op::Device device_;
};

TEST_P(GoldenTest, DitComputesWhatTheOriginalDoes) { ExpectAllOk(Open("wan_dit_tiny"), 60); }

TEST_P(GoldenTest, Umt5ComputesWhatTheOriginalDoes) { ExpectAllOk(Open("umt5_tiny"), 24); }

INSTANTIATE_TEST_SUITE_P(Backends, GoldenTest,
                         testing::Values(BackendKind::kReference, BackendKind::kCpu),
                         [](const auto& chosen) {
                           return chosen.param == BackendKind::kCpu ? "Cpu" : "Reference";
                         });

}  // namespace
}  // namespace aozora::wan
