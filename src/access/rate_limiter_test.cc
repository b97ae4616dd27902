// SPDX-License-Identifier: Apache-2.0
#include "access/rate_limiter.h"

#include <gtest/gtest.h>

namespace aozora {
namespace {

using std::chrono::seconds;

TEST(RateLimiter, ABurstOfAMinuteThenOneAtATime) {
  FakeClock clock;
  RateLimiter limiter(60, clock);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(limiter.Take("a").allowed) << i;
  const RateLimiter::Verdict full = limiter.Take("a");
  EXPECT_FALSE(full.allowed);
  EXPECT_EQ(full.retry_after_s, 1u);
  EXPECT_EQ(full.remaining, 0u);
  clock.Advance(seconds(1));
  EXPECT_TRUE(limiter.Take("a").allowed);
  EXPECT_FALSE(limiter.Take("a").allowed);
}

TEST(RateLimiter, OneNameCostsTheOthersNothing) {
  FakeClock clock;
  RateLimiter limiter(1, clock);
  EXPECT_TRUE(limiter.Take("a").allowed);
  EXPECT_FALSE(limiter.Take("a").allowed);
  EXPECT_TRUE(limiter.Take("b").allowed);
}

TEST(RateLimiter, WhoWaitsAsLongAsToldIsLetIn) {
  FakeClock clock;
  RateLimiter limiter(7, clock);
  while (limiter.Take("a").allowed) continue;
  clock.Advance(seconds(limiter.Take("a").retry_after_s));
  EXPECT_TRUE(limiter.Take("a").allowed);
}

TEST(RateLimiter, ZeroIsNoLimit) {
  FakeClock clock;
  RateLimiter limiter(0, clock);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.Take("a").allowed);
}

}  // namespace
}  // namespace aozora
