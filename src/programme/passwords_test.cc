// SPDX-License-Identifier: Apache-2.0
#include "programme/passwords.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace aozora {
namespace {

using ::testing::HasSubstr;

constexpr PasswordCost kCheap{.memory_bytes = 8192, .passes = 1};

TEST(Passwords, AreHashedByArgon2idWith64MiBInTwoPasses) {
  PasswordHasher hasher;
  const std::string hash = hasher.Hash("correct horse battery").value();
  EXPECT_THAT(hash, HasSubstr("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(hasher.Verify(hash, "correct horse battery").value());
  EXPECT_FALSE(hasher.Verify(hash, "correct horse batterz").value());
}

TEST(Passwords, TheSameOneIsNeverHashedTheSame) {
  PasswordHasher hasher(kCheap);
  EXPECT_NE(hasher.Hash("correct horse battery").value(),
            hasher.Hash("correct horse battery").value());
}

TEST(Passwords, WhoHasNoneFitsNone) {
  PasswordHasher hasher(kCheap);
  EXPECT_FALSE(hasher.Verify("", "").value());
  EXPECT_FALSE(hasher.Verify("", "correct horse battery").value());
  EXPECT_FALSE(hasher.Verify("not a hash", "correct horse battery").value());
}

TEST(Passwords, ShortAndEndlessOnesAreRefused) {
  PasswordHasher hasher(kCheap);
  EXPECT_FALSE(hasher.Hash("123456789").ok());
  EXPECT_TRUE(hasher.Hash("1234567890").ok());
  EXPECT_FALSE(hasher.Hash(std::string(kPasswordBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(hasher.Verify("x", std::string(1 << 20, 'x')).value());
}

TEST(Passwords, AFloodTakesTheMemoryOfAFewAndTheRestAreTurnedAway) {
  PasswordHasher hasher(
      {.memory_bytes = 8 << 20, .passes = 2, .parallel_max = 2, .waiting_max = 3});
  const std::string hash = hasher.Hash("correct horse battery").value();
  std::atomic<int> right = 0, turned_away = 0;
  std::atomic<bool> go = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&] {
      while (!go) std::this_thread::yield();
      const Result<bool> fits = hasher.Verify(hash, "correct horse battery");
      if (fits.ok()) {
        right += *fits;
      } else {
        turned_away += fits.error().code() == ErrorCode::kExhausted;
      }
    });
  }
  go = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right + turned_away, 24);
  EXPECT_GE(right, 5);  // two at it and three that wait, at the least
  EXPECT_LE(hasher.most_at_a_time(), 2u);
}

}  // namespace
}  // namespace aozora
