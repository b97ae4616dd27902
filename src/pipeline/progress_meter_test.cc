// SPDX-License-Identifier: Apache-2.0
#include "pipeline/progress_meter.h"

#include <gtest/gtest.h>

#include <vector>

namespace aozora {
namespace {

// Two stages of 2 and 8 planned seconds.
class ProgressMeterTest : public testing::Test {
 protected:
  ProgressMeterTest() {
    for (const double seconds : {2.0, 8.0}) {
      StageCost stage;
      stage.seconds = seconds;
      plan_.stages.push_back(stage);
      plan_.seconds += seconds;
    }
  }

  void Work(double seconds) {
    clock_.Advance(std::chrono::nanoseconds(static_cast<int64_t>(seconds * 1e9)));
  }
  // What is left when `done` of 10 parts of the second stage are done and each took `part_s`.
  double LeftAt(uint32_t done, double part_s) {
    Work(done * part_s);
    meter_.Report(0, done, 10);
    return last_.seconds_left;
  }

  Plan plan_;
  FakeClock clock_;
  Progress last_;
  const ProgressSink sink_ = [this](const Progress& progress) { last_ = progress; };
  ProgressMeter meter_{plan_, clock_, sink_};
};

TEST_F(ProgressMeterTest, BelievesThePlanAtFirst) {
  meter_.Report(0, 0, 1);
  EXPECT_DOUBLE_EQ(last_.seconds_left, 10);
  EXPECT_DOUBLE_EQ(last_.fraction, 0);
}

TEST_F(ProgressMeterTest, StaysWithAPlanThatHolds) {
  Work(2);
  meter_.NextStage();
  EXPECT_NEAR(LeftAt(5, 0.8), 4, 1e-9);
  EXPECT_NEAR(last_.fraction, 0.6, 1e-9);
}

TEST_F(ProgressMeterTest, FollowsAMachineThatIsTwiceAsSlow) {
  Work(4);
  meter_.NextStage();
  const double left = LeftAt(5, 1.6);  // 8 seconds to go
  EXPECT_GT(left, 6);
  EXPECT_LT(left, 8);
}

TEST_F(ProgressMeterTest, DoesNotCountWhatWasSkippedAsQuick) {
  meter_.NextStage(1);  // from a checkpoint
  EXPECT_NEAR(LeftAt(5, 0.8), 4, 1e-9);
  EXPECT_NEAR(last_.fraction, 0.6, 1e-9);
}

}  // namespace
}  // namespace aozora
