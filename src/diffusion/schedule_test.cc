// SPDX-License-Identifier: Apache-2.0
#include "diffusion/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace aozora {
namespace {

constexpr SigmaTable kTables[] = {SigmaTable::kUniPcTruncated, SigmaTable::kUniPcDiffusers,
                                  SigmaTable::kLinearTruncated, SigmaTable::kLinear,
                                  SigmaTable::kLinearLowEndShiftedTwice};

// The recorded references (golden_test.cc) cover shifts 3, 5 and 8 at 4, 10, 20 and 50 steps.

TEST(Schedule, FallsFromNoiseToNothingForEveryTableAndLength) {
  for (const SigmaTable table : kTables) {
    for (const double shift : {kShiftMin, 1.0, 12.0, kShiftMax}) {
      for (int steps = 1; steps <= kStepsMax; steps += steps < 20 ? 1 : 35) {
        const auto schedule = MakeSchedule(table, steps, shift);
        ASSERT_TRUE(schedule.ok());
        ASSERT_EQ(schedule->step_count(), steps);
        ASSERT_EQ(schedule->sigmas.size(), static_cast<size_t>(steps) + 1);
        EXPECT_LE(schedule->sigmas.front(), 1);
        EXPECT_EQ(schedule->sigmas.back(), 0);
        EXPECT_EQ(schedule->start_scale, 1);
        for (size_t i = 0; i < schedule->timesteps.size(); ++i) {
          ASSERT_LT(schedule->sigmas[i + 1], schedule->sigmas[i])
              << Name(table) << ", shift " << shift << ", " << steps << " steps, at " << i;
          EXPECT_GE(schedule->timesteps[i], 0);
          EXPECT_LE(schedule->timesteps[i], 1000);
          EXPECT_LE(schedule->timesteps[i], schedule->timesteps[i > 0 ? i - 1 : 0]);
        }
      }
    }
  }
}

TEST(Schedule, StartsAtTheFloatNearest999) {
  // Nine steps without a shift: whole multiples of 111 only because float(0.999) lies above 0.999
  // and the table is in double; either otherwise and some timestep is truncated to one less.
  const auto schedule = MakeSchedule(SigmaTable::kUniPcTruncated, 9, 1);
  EXPECT_EQ(schedule->timesteps, (std::vector<float>{999, 888, 777, 666, 555, 444, 333, 222, 111}));
}

TEST(Schedule, OneStepIsAllNoise) {
  EXPECT_EQ(MakeSchedule(SigmaTable::kUniPcTruncated, 1, 5)->timesteps[0], 999);
  EXPECT_EQ(MakeSchedule(SigmaTable::kUniPcDiffusers, 1, 5)->timesteps[0], 999);
  EXPECT_EQ(MakeSchedule(SigmaTable::kLinearTruncated, 1, 5)->timesteps[0], 1000);
  EXPECT_EQ(MakeSchedule(SigmaTable::kLinear, 1, 5)->timesteps[0], 1000);
  EXPECT_EQ(MakeSchedule(SigmaTable::kLinearLowEndShiftedTwice, 1, 5)->timesteps[0], 1000);
}

TEST(Schedule, TruncatedTimestepsMayRepeatAndSigmasDoNot) {
  const auto schedule = MakeSchedule(SigmaTable::kUniPcTruncated, 92, 12);
  EXPECT_EQ(schedule->timesteps[0], schedule->timesteps[1]);
  EXPECT_LT(schedule->sigmas[1], schedule->sigmas[0]);
}

TEST(Schedule, UnreasonableRequestsAreRefused) {
  for (const int steps : {0, -1, kStepsMax + 1, std::numeric_limits<int>::max()}) {
    const auto schedule = MakeSchedule(SigmaTable::kLinear, steps, 1);
    EXPECT_EQ(schedule.error().code(), ErrorCode::kInvalid) << steps;
  }
  for (const double shift : {0.0, -1.0, 101.0, std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(MakeSchedule(SigmaTable::kLinear, 4, shift).error().code(), ErrorCode::kInvalid);
    const std::vector<int> list = {1000};
    EXPECT_FALSE(MakeFewStepSchedule(FewStepTimes::kWarped, list, shift).ok());
  }
}

TEST(FewStepSchedule, WarpedListsAreShiftedTwiceOver) {
  const std::vector<int> list = {1000, 750, 500, 250};
  const auto schedule = MakeFewStepSchedule(FewStepTimes::kWarped, list, 5);
  const std::vector<double> want = {1, 0.9375, 5.0 / 6, 0.625, 0};  // 5 s / (1 + 4 s)
  ASSERT_EQ(schedule->sigmas.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(schedule->sigmas[i], want[i], 6e-8);
  EXPECT_EQ(schedule->timesteps[1], 937.5f);
}

TEST(FewStepSchedule, ListsThatAreNotFallingTimestepsAreRefused) {
  const std::vector<std::vector<int>> lists = {{},         {0},        {-1},     {1001},
                                               {500, 500}, {500, 600}, {1000, 0}};
  for (const auto times : {FewStepTimes::kAsListed, FewStepTimes::kWarped}) {
    for (const std::vector<int>& list : lists) {
      EXPECT_EQ(MakeFewStepSchedule(times, list, 5).error().code(), ErrorCode::kInvalid);
    }
    EXPECT_FALSE(MakeFewStepSchedule(times, std::vector<int>(5000, 7), 5).ok());
  }
  // The table has a gap from 1000 to 909 at this shift: both find its upper edge.
  const std::vector<int> same = {1000, 999};
  EXPECT_EQ(MakeFewStepSchedule(FewStepTimes::kAsListed, same, 0.01).error().code(),
            ErrorCode::kInvalid);
}

TEST(TrigFlowSchedule, TurnsAnglesIntoRectifiedLevels) {
  const auto schedule = MakeTrigFlowSchedule(4);
  const auto level = [](double angle) { return std::tan(angle) / (1 + std::tan(angle)); };
  const std::vector<double> want = {80.0 / 81, level(1.5), level(1.4), level(1.0), 0};
  ASSERT_EQ(schedule->sigmas.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(schedule->sigmas[i], want[i], 1e-14);
  EXPECT_EQ(schedule->start_scale, schedule->sigmas[0]);
  EXPECT_NEAR(schedule->timesteps[3], 1000 * level(1.0), 1e-4);
  EXPECT_EQ(MakeTrigFlowSchedule(1)->sigmas.size(), 2u);
  EXPECT_FALSE(MakeTrigFlowSchedule(0).ok());
  EXPECT_FALSE(MakeTrigFlowSchedule(5).ok());
}

}  // namespace
}  // namespace aozora
