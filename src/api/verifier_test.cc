// SPDX-License-Identifier: Apache-2.0
#include "api/verifier.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace aozora::api {
namespace {

TEST(Verifier, LooksAtAStoredFileOnceForAsLongAsItIsTheSame) {
  int looks = 0;
  Verifier verifier([&](const std::filesystem::path&) {
    ++looks;
    return Result<Verification>(Verification{});
  });
  const auto first = verifier.VerifyStored("share_1", "aa", "film.mp4");
  const auto second = verifier.VerifyStored("share_1", "aa", "film.mp4");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(looks, 1);
  EXPECT_TRUE(verifier.VerifyStored("share_1", "bb", "film.mp4").ok());  // another file by now
  EXPECT_TRUE(verifier.VerifyStored("share_2", "aa", "film.mp4").ok());
  EXPECT_EQ(looks, 3);
}

TEST(Verifier, ForgetsTheOldestRatherThanGrow) {
  int looks = 0;
  Verifier verifier([&](const std::filesystem::path&) {
    ++looks;
    return Result<Verification>(Verification{});
  });
  const auto look = [&](size_t i) {
    return verifier.VerifyStored(std::to_string(i), "aa", "film.mp4").ok();
  };
  for (size_t i = 0; i <= Verifier::kKeptMax; ++i) EXPECT_TRUE(look(i));
  const int all = looks;
  EXPECT_TRUE(look(Verifier::kKeptMax));
  EXPECT_TRUE(look(1));
  EXPECT_EQ(looks, all);
  EXPECT_TRUE(look(0));
  EXPECT_EQ(looks, all + 1);
}

TEST(Verifier, LooksAtOneFileAtATimeAndTellsTheOthersWhenToComeBack) {
  std::latch begun(1), end(1);
  Verifier verifier([&](const std::filesystem::path&) {
    begun.count_down();
    end.wait();
    return Result<Verification>(Verification{});
  });
  std::jthread other([&] { EXPECT_TRUE(verifier.Verify("film.mp4").ok()); });
  begun.wait();
  const auto busy = verifier.VerifyStored("share_1", "aa", "film.mp4");
  end.count_down();
  ASSERT_FALSE(busy.ok());
  EXPECT_EQ(busy.error().status, 429);
  EXPECT_EQ(busy.error().code, "busy");
  EXPECT_GT(busy.error().retry_after_s.value_or(0), 0u);
}

TEST(Verifier, KeepsNoErrorAndTellsStrangersNoPath) {
  bool fails = true;
  Verifier verifier([&](const std::filesystem::path& path) -> Result<Verification> {
    if (fails) return Error::NotFound("cannot read {}", path.string());
    Verification found;
    found.pictures_error = path.string() + " is damaged";
    return found;
  });
  EXPECT_FALSE(verifier.VerifyStored("share_1", "aa", "/data/film.mp4").ok());
  fails = false;
  auto found = verifier.VerifyStored("share_1", "aa", "/data/film.mp4");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)["mark"]["error"], "the pictures cannot be read");
}

}  // namespace
}  // namespace aozora::api
