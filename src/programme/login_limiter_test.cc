// SPDX-License-Identifier: Apache-2.0
#include "programme/login_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace aozora {
namespace {

using std::chrono::milliseconds;

TEST(LoginLimiter, EachFailureAfterTheFreeOnesWaitsTwiceAsLong) {
  FakeClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.Try("ada", "192.0.2.1"), 0u);
  for (uint32_t wait = 1; wait <= 512; wait *= 2) {
    EXPECT_EQ(limiter.Try("ada", "192.0.2.2"), wait);
    clock.Advance(milliseconds(wait * 1000 - 1));
    EXPECT_EQ(limiter.Try("ada", "192.0.2.3"), 1u) << "a moment too early";
    clock.Advance(milliseconds(1));
    EXPECT_EQ(limiter.Try("ada", "192.0.2.4"), 0u);
  }
  EXPECT_EQ(limiter.Try("ada", "192.0.2.5"), 900u);  // and never longer
  EXPECT_EQ(limiter.Try("bob", "192.0.2.5"), 0u);    // others are not concerned
}

TEST(LoginLimiter, AnAddressThatTriesManyNamesIsHeldUpToo) {
  FakeClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(limiter.Try("name" + std::to_string(i), "2001:db8::1"), 0u);
  EXPECT_GT(limiter.Try("new", "2001:db8::1"), 0u);
  EXPECT_GT(limiter.Try("new", "2001:db8::ffff:2"), 0u) << "the same customer's /64";
  EXPECT_EQ(limiter.Try("new", "2001:db8:0:1::1"), 0u);
}

TEST(LoginLimiter, ASuccessForgivesTheNameAndNotTheAddress) {
  FakeClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 4; ++i) limiter.Try("ada", "192.0.2.1");
  limiter.Try("ada", "192.0.2.1");
  limiter.Succeeded("ada", "192.0.2.1");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.Try("ada", "192.0.2.9"), 0u);
  // A good password of one's own between two tries of others' buys nothing.
  int tried = 0;
  while (limiter.Try("victim" + std::to_string(tried), "192.0.2.7") == 0) {
    ++tried;
    if (limiter.Try("mine", "192.0.2.7") == 0) limiter.Succeeded("mine", "192.0.2.7");
    ASSERT_LE(tried, 30);
  }
  EXPECT_EQ(tried, 30);
}

TEST(LoginLimiter, ManyAtOnceGainNothing) {
  FakeClock clock;
  LoginLimiter limiter(clock);
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) passed += limiter.Try("ada", "192.0.2.1") == 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 5);
}

TEST(LoginLimiter, WhatWasTriedLongAgoIsForgottenAndAFloodOfNamesIsBounded) {
  FakeClock clock;
  LoginLimiter limiter(clock, {.entries_max = 50});
  for (int i = 0; i < 5; ++i) limiter.Try("ada", "192.0.2.1");
  clock.Advance(milliseconds(3'601'000));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.Try("ada", "192.0.2.2"), 0u);
  for (int i = 0; i < 10'000; ++i) {
    limiter.Try(std::to_string(i),
                "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256));
    clock.Advance(milliseconds(1));
  }
  EXPECT_EQ(limiter.Try("eve", "192.0.2.3"), 0u);
}

}  // namespace
}  // namespace aozora
