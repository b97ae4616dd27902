// SPDX-License-Identifier: Apache-2.0
#include "diffusion/easy_cache.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace aozora {
namespace {

constexpr int kSteps = 12;
// With v = 100 + x and x near 100, k is 1 and each step of x by 1 is a relative change of about
// 1/200: 0.005, 0.010, 0.015, so that a threshold of 0.012 reuses twice and computes.
constexpr EasyCacheOptions kOptions = {0.012f, 2, 1};

std::vector<float> Latent(int step) {
  const float x = 100 - static_cast<float>(step);
  return {x, x + 1, x - 1};
}

std::vector<float> Model(const std::vector<float>& x, float bias = 100) {
  std::vector<float> velocity = x;
  for (float& value : velocity) value += bias;
  return velocity;
}

// Runs steps [begin, end) and returns the computed ones as a string of C (computed) and r (reused).
std::string Steps(EasyCache* cache, int begin, int end) {
  std::string pattern;
  for (int step = begin; step < end; ++step) {
    const std::vector<float> x = Latent(step);
    if (cache->ShouldReuse(step, x)) {
      pattern += 'r';
      continue;
    }
    pattern += 'C';
    cache->Record(EasyCache::kUnconditional, x, Model(x, 7));
    cache->Record(EasyCache::kConditional, x, Model(x));
  }
  return pattern;
}

TEST(EasyCache, ReusesUntilThePredictedChangesAddUpToTheThreshold) {
  EasyCache cache(kOptions, kSteps, 3);
  EXPECT_EQ(Steps(&cache, 0, kSteps), "CCrrCrrCrrCC");
  EXPECT_EQ(cache.reused_step_count(), 6);
}

TEST(EasyCache, FirstAndLastStepsAreAlwaysComputed) {
  EasyCache cache({1e9f, 4, 3}, kSteps, 3);
  EXPECT_EQ(Steps(&cache, 0, kSteps), "CCCCrrrrrCCC");
  EasyCache needs_two({1e9f, 0, 0}, kSteps, 3);  // k is known after two answers
  EXPECT_EQ(Steps(&needs_two, 0, kSteps), "CCrrrrrrrrrr");
}

TEST(EasyCache, AThresholdOfZeroNeverReuses) {
  EasyCache cache({0, 0, 0}, kSteps, 3);
  EXPECT_EQ(Steps(&cache, 0, kSteps), std::string(kSteps, 'C'));
}

TEST(EasyCache, TheAnswerIsTheInputPlusWhatTheModelAddedLastTime) {
  EasyCache cache(kOptions, kSteps, 3);
  Steps(&cache, 0, 2);
  const std::vector<float> x = Latent(2);
  ASSERT_TRUE(cache.ShouldReuse(2, x));
  std::vector<float> velocity(3);
  cache.Reuse(EasyCache::kConditional, x, velocity);
  EXPECT_EQ(velocity, Model(x));  // this model always adds the same
  cache.Reuse(EasyCache::kUnconditional, x, velocity);
  EXPECT_EQ(velocity, Model(x, 7));
}

TEST(EasyCache, TheRateIsMeasuredBetweenComputedSteps) {
  // Four times the change of the answer for the same change of x uses the threshold up four times
  // as fast: 0.02 at once.
  EasyCache cache(kOptions, kSteps, 1);
  for (int step = 0; step < 2; ++step) {
    const float done = static_cast<float>(step);
    const std::vector<float> x = {100 - done}, velocity = {200 - 4 * done};
    EXPECT_FALSE(cache.ShouldReuse(step, x));
    cache.Record(EasyCache::kConditional, x, velocity);
  }
  EXPECT_FALSE(cache.ShouldReuse(2, std::vector<float>{98}));
}

TEST(EasyCache, WhatCannotBeMeasuredIsComputed) {
  EasyCache still({1e9f, 0, 0}, kSteps, 1);  // x does not move: the rate is 0/0
  EasyCache broken({1e9f, 0, 0}, kSteps, 1);
  const std::vector<float> x = {1}, nan = {std::numeric_limits<float>::quiet_NaN()};
  for (int step = 0; step < kSteps; ++step) {
    EXPECT_FALSE(still.ShouldReuse(step, x));
    still.Record(EasyCache::kConditional, x, x);
    EXPECT_FALSE(broken.ShouldReuse(step, Latent(step)[0] > 0 ? nan : x));
    broken.Record(EasyCache::kConditional, nan, nan);
  }
}

TEST(EasyCache, ForgettingAsksTheModelTwiceBeforeReusing) {
  EasyCache cache(kOptions, kSteps, 3);
  EXPECT_EQ(Steps(&cache, 0, 3), "CCr");
  cache.Forget();
  EXPECT_EQ(Steps(&cache, 3, 7), "CCrr");
}

TEST(EasyCache, AResumedRunDecidesAndAnswersTheSame) {
  for (int stop = 0; stop <= kSteps; ++stop) {
    EasyCache whole(kOptions, kSteps, 3), first(kOptions, kSteps, 3), second(kOptions, kSteps, 3);
    Steps(&whole, 0, stop);
    Steps(&first, 0, stop);
    ASSERT_TRUE(second.Load(first.Save()).ok());
    EXPECT_EQ(second.reused_step_count(), whole.reused_step_count());
    EXPECT_EQ(Steps(&second, stop, kSteps), Steps(&whole, stop, kSteps)) << "stopped at " << stop;
    std::vector<float> a(3), b(3);
    for (const auto branch : {EasyCache::kConditional, EasyCache::kUnconditional}) {
      second.Reuse(branch, Latent(5), a);
      whole.Reuse(branch, Latent(5), b);
      EXPECT_EQ(a, b);
    }
  }
}

TEST(EasyCache, ForeignStatesAreRefused) {
  EasyCache cache(kOptions, kSteps, 3);
  Steps(&cache, 0, 4);
  const SavedState good = cache.Save();
  const auto refused = [&](auto change) {
    SavedState state = good;
    change(&state);
    EasyCache other(kOptions, kSteps, 3);
    return !other.Load(state).ok() && Steps(&other, 0, kSteps) == "CCrrCrrCrrCC";
  };
  EXPECT_TRUE(refused([](SavedState* state) { state->kind = "unipc"; }));
  EXPECT_TRUE(refused([](SavedState* state) { state->step_index = kSteps + 1; }));
  EXPECT_TRUE(refused([](SavedState* state) { state->step_index = -1; }));
  EXPECT_TRUE(refused([](SavedState* state) { state->buffers[0].values[0] = NAN; }));
  EXPECT_TRUE(refused([](SavedState* state) { state->buffers[0].values[0] = 1e30f; }));
  EXPECT_TRUE(refused([](SavedState* state) { state->buffers[0].values[4] = 0.5f; }));
  for (size_t i = 0; i < good.buffers.size(); ++i) {
    EXPECT_TRUE(refused([i](SavedState* state) { state->buffers[i].values.push_back(0); })) << i;
    EXPECT_TRUE(refused([i](SavedState* state) { state->buffers[i].name = "?"; })) << i;
  }
}

}  // namespace
}  // namespace aozora
