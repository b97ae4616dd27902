// SPDX-License-Identifier: Apache-2.0
#include "provenance/stamp_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "provenance/tsa_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

constexpr int64_t kNowUnixS = 1'790'000'000;
constexpr uint64_t kNonce = 0xfedc'ba98'7654'3210;

class StampRequestTest : public testing::Test {
 protected:
  const TestStampAuthority authority_{kNowUnixS};
  const std::string hash_ = Sha256("a signature");
  const std::string answer_ = authority_.Answer(StampRequest(hash_, kNonce));
};

TEST_F(StampRequestTest, IsAnsweredWithAToken) {
  const Result<std::string> token = StampOfAnswer(answer_, hash_, kNonce);
  ASSERT_TRUE(token.ok()) << token.error().message();
  EXPECT_THAT(answer_, HasSubstr(*token));
  EXPECT_THAT(*token, HasSubstr(hash_));
}

TEST_F(StampRequestTest, AsksAnewEachTime) {
  EXPECT_EQ(StampRequest(hash_, 1), StampRequest(hash_, 1));
  EXPECT_NE(StampRequest(hash_, 1), StampRequest(hash_, 2));
  EXPECT_NE(StampRequest(hash_, 1), StampRequest(Sha256("another"), 1));
}

TEST_F(StampRequestTest, TakesNoAnswerToSomethingElse) {
  for (const Result<std::string>& token :
       {StampOfAnswer(answer_, Sha256("another"), kNonce),
        StampOfAnswer(answer_, hash_, kNonce + 1), StampOfAnswer(answer_, hash_, 0)}) {
    ASSERT_FALSE(token.ok());
    EXPECT_THAT(token.error().message(), HasSubstr("something else"));
  }
}

TEST_F(StampRequestTest, TellsWhyTheAuthorityRefuses) {
  const std::string refusal = authority_.Answer("this is no request");
  const Result<std::string> token = StampOfAnswer(refusal, hash_, kNonce);
  ASSERT_FALSE(token.ok());
  EXPECT_EQ(token.error().code(), ErrorCode::kInvalid);
  EXPECT_THAT(token.error().message(), HasSubstr("refuses (status 2): "));
}

// Whatever comes back: an error, and no more than that.
TEST_F(StampRequestTest, TakesNoAnswerThatWasCutOrChanged) {
  for (size_t size = 0; size < answer_.size(); ++size) {
    EXPECT_FALSE(StampOfAnswer(answer_.substr(0, size), hash_, kNonce).ok()) << size;
  }
  EXPECT_FALSE(StampOfAnswer(answer_ + "x", hash_, kNonce).ok());
  for (size_t at = 0; at < answer_.size(); ++at) {
    std::string changed = answer_;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    static_cast<void>(StampOfAnswer(changed, hash_, kNonce).ok());  // may stand in the signature
  }
}

}  // namespace
}  // namespace aozora
