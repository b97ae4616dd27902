// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_holder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "policy/text_check.h"

namespace aozora::policy {
namespace {

std::string Toml(std::string_view revision) {
  return fmt::format("format = 1\nrevision = \"{}\"\n", revision);
}

class PolicyHolderTest : public testing::Test {
 protected:
  PolicyHolderTest()
      : path_(std::filesystem::temp_directory_path() / fmt::format("policy-{}.toml", getpid())) {}
  ~PolicyHolderTest() override { std::filesystem::remove(path_); }

  void Write(std::string_view toml) {
    std::ofstream(path_, std::ios::binary) << toml;
    // Files written at once may share a time: each is given its own.
    const auto base = std::filesystem::last_write_time(path_);
    std::filesystem::last_write_time(path_, base + std::chrono::seconds(++writes_));
  }
  void Wait() { clock_.Advance(PolicyHolder::kLookEvery); }

  std::filesystem::path path_;
  FakeClock clock_;
  int writes_ = 0;
};

TEST_F(PolicyHolderTest, WithoutAFileHasTheDefault) {
  auto holder = PolicyHolder::Open("", clock_).value();
  EXPECT_EQ(holder->Current(), DefaultPolicy());
  EXPECT_TRUE(holder->Reload().ok());
}

TEST_F(PolicyHolderTest, DoesNotStartWithABadFile) {
  EXPECT_FALSE(PolicyHolder::Open(path_, clock_).ok());
  Write("format = 2");
  EXPECT_FALSE(PolicyHolder::Open(path_, clock_).ok());
}

// Such a rule would look like protection and never be met.
TEST_F(PolicyHolderTest, ARuleForALabelThatNobodyGivesIsABadPolicy) {
  const std::string rule = "[[output.labels]]\ncategory = \"sexual\"\nseverity = \"high\"\n";
  const std::string nsfw = Toml("one") + rule + "label = \"nsfw\"\n";
  const std::vector<std::string> labels = {"safe", "nsfw"};
  Write(nsfw);
  EXPECT_TRUE(PolicyHolder::Open(path_, clock_).ok());
  const auto without = PolicyHolder::Open(path_, clock_, std::vector<std::string>());
  ASSERT_FALSE(without.ok());
  EXPECT_NE(without.error().message().find("no classifier is installed that could give \"nsfw\""),
            std::string::npos);
  auto holder = PolicyHolder::Open(path_, clock_, labels).value();
  Write(Toml("two") + rule + "label = \"nfsw\"\n");
  Wait();
  EXPECT_TRUE(holder->Current()->version.starts_with("one+"));
  EXPECT_NE(holder->error().find("no label \"nfsw\"; it gives safe, nsfw"), std::string::npos)
      << holder->error();
  EXPECT_TRUE(PolicyHolder::Open("", clock_, std::vector<std::string>()).ok());
}

TEST_F(PolicyHolderTest, SeesAChangeWhenItLooksAgain) {
  Write(Toml("one"));
  auto holder = PolicyHolder::Open(path_, clock_).value();
  Write(Toml("two"));
  EXPECT_TRUE(holder->Current()->version.starts_with("one+"));
  Wait();
  EXPECT_TRUE(holder->Current()->version.starts_with("two+"));
  Write(Toml("three"));
  EXPECT_TRUE(holder->Reload().ok());
  EXPECT_TRUE(holder->Current()->version.starts_with("three+"));
}

TEST_F(PolicyHolderTest, KeepsTheLastGoodPolicyAndSaysWhy) {
  Write(Toml("good"));
  auto holder = PolicyHolder::Open(path_, clock_).value();
  Write(Toml("bad") + "dry_run = 7\n");
  Wait();
  EXPECT_TRUE(holder->Current()->version.starts_with("good+"));
  EXPECT_NE(holder->error().find(":3: dry_run: must be true or false"), std::string::npos)
      << holder->error();
  std::filesystem::remove(path_);
  Wait();
  EXPECT_TRUE(holder->Current()->version.starts_with("good+"));
  EXPECT_NE(holder->error().find("cannot look at"), std::string::npos) << holder->error();
  Write(Toml("back"));
  Wait();
  EXPECT_TRUE(holder->Current()->version.starts_with("back+"));
  EXPECT_EQ(holder->error(), "");
}

TEST_F(PolicyHolderTest, ThreadsReadWhileItChanges) {
  Write(Toml("0"));
  auto holder = PolicyHolder::Open(path_, SystemClock()).value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        EXPECT_EQ(Check(*holder->Current(), "a boat", Role::kArtist).action, Action::kAllow);
      }
    });
  }
  for (int n = 1; n < 50; ++n) {
    Write(Toml(std::to_string(n)));
    EXPECT_TRUE(holder->Reload().ok());
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(holder->Current()->version.starts_with("49+"));
}

}  // namespace
}  // namespace aozora::policy
