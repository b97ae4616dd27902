// SPDX-License-Identifier: Apache-2.0
#include "models/wan/umt5.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

using testing::HasSubstr;

Umt5Config SmallUmt5Config() { return {50, 32, 2, 16, 40, 2}; }

TEST(DistanceBucket, MatchesTheFormulaOfTheOriginal) {
  for (int64_t distance = -600; distance <= 600; ++distance) {
    const int64_t n = std::abs(distance);
    int64_t expected = n;
    if (n >= 8) {
      // The logarithm is a whole number at 8, 16, 32 and 64, where it may come out just below.
      const double scaled = std::log(static_cast<double>(n) / 8) / std::log(16.0) * 8 + 1e-9;
      expected = std::min<int64_t>(15, 8 + static_cast<int64_t>(scaled));
    }
    if (distance > 0) expected += 16;
    EXPECT_EQ(DistanceBucket(distance), expected) << distance;
  }
}

TEST(Umt5Config, IsReadFromShapes) {
  const auto config = ReadUmt5Config(MakeSet(RandomUmt5(SmallUmt5Config(), 1)));
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->vocabulary_count, 50);
  EXPECT_EQ(config->width, 32);
  EXPECT_EQ(config->head_count, 2);
  EXPECT_EQ(config->head_width, 16);
  EXPECT_EQ(config->ffn_width, 40);
  EXPECT_EQ(config->layer_count, 2);
  EXPECT_THAT(ReadUmt5Config(TensorSet("empty")).error().message(),
              HasSubstr("empty has no matrix 'token_embedding.weight'"));
}

TEST(Umt5, RefusesTokensOutsideOfItsVocabulary) {
  TestDevice device;
  const auto encoder =
      MakeUmt5(*device, MakeSet(RandomUmt5(SmallUmt5Config(), 1)), SmallUmt5Config()).value();
  EXPECT_TRUE(encoder->Encode(*device, std::vector<int32_t>{49, 0}).ok());
  for (const int32_t id : {50, -1}) {
    const auto text = encoder->Encode(*device, std::vector<int32_t>{1, id});
    ASSERT_FALSE(text.ok());
    EXPECT_THAT(text.error().message(), HasSubstr("vocabulary of 50"));
  }
  EXPECT_FALSE(encoder->Encode(*device, {}).ok());
}

TEST(Umt5, RefusesWhatIsLeftOver) {
  TestDevice device;
  std::vector<NamedWeight> weights = RandomUmt5(SmallUmt5Config(), 1);
  weights.push_back({"decoder.block.0.weight", weights[0].weight});
  EXPECT_THAT(MakeUmt5(*device, MakeSet(weights), SmallUmt5Config()).error().message(),
              HasSubstr("decoder.block.0.weight"));
}

TEST(Umt5, ScratchIsWhatAnEncodingTakes) {
  TestDevice device;
  const auto encoder =
      MakeUmt5(*device, MakeSet(RandomUmt5(SmallUmt5Config(), 1)), SmallUmt5Config()).value();
  const uint64_t before = device->memory().bytes_in_use();
  device->memory().ResetPeak();
  encoder->Encode(*device, std::vector<int32_t>(64, 3)).value();
  const double taken = static_cast<double>(device->memory().bytes_peak() - before);
  const double said = static_cast<double>(Umt5Cost(SmallUmt5Config(), 64).scratch_bytes);
  EXPECT_LE(taken, 1.02 * said);
  EXPECT_GE(taken, 0.9 * said);
}

TEST(Umt5, StopsWhenCancelled) {
  TestDevice device;
  const auto encoder =
      MakeUmt5(*device, MakeSet(RandomUmt5(SmallUmt5Config(), 1)), SmallUmt5Config()).value();
  const Probe cancel = [&](std::string_view stage, ConstView) {
    EXPECT_NE(stage, "block1");
    if (stage == "block0") device.cancel().Cancel();
  };
  const auto text = encoder->Encode(*device, std::vector<int32_t>{1, 2}, cancel);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code(), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace aozora::wan
