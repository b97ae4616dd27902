// SPDX-License-Identifier: Apache-2.0
#include "models/mini/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/mini/mini_testonly.h"

namespace aozora::mini {
namespace {

using testing::HasSubstr;

// A picture whose red is the column and whose green the row, in world units.
std::vector<float> Ramps(uint32_t width_px, uint32_t height_px) {
  const double unit = std::sqrt(double{1} * width_px * height_px * 9 / 16);
  std::vector<float> picture;
  for (uint32_t y = 0; y < height_px; ++y) {
    for (uint32_t x = 0; x < width_px; ++x) {
      picture.push_back(static_cast<float>((x + 0.5 - width_px / 2.0) / unit));
      picture.push_back(static_cast<float>((height_px / 2.0 - y - 0.5) / unit));
      picture.push_back(0.25f);
    }
  }
  return picture;
}

TEST(FitPicture, KeepsPlacesWhateverTheSize) {
  for (const auto& [width, height] :
       {std::pair<uint32_t, uint32_t>{192, 108}, {1920, 1080}, {64, 36}, {100, 200}, {300, 90}}) {
    const std::vector<float> fitted = FitPicture(Ramps(width, height), height, width);
    ASSERT_EQ(fitted.size(), size_t{3} * 192 * 108);
    const double unit = std::sqrt(double{1} * width * height * 9 / 16);
    for (uint32_t row = 0; row < 108; row += 9) {
      for (uint32_t column = 0; column < 192; column += 7) {
        const double x = (column + 0.5 - 96) / 108, y = (53.5 - row) / 108;
        // Outside of the picture, and half a pixel within, it is as at the edge.
        const double reach_x = (width / 2.0 - 0.5) / unit, reach_y = (height / 2.0 - 0.5) / unit;
        const float* at = &fitted[3 * (row * 192 + column)];
        EXPECT_NEAR(at[0], std::clamp(x, -reach_x, reach_x), 1 / unit) << width << " " << column;
        EXPECT_NEAR(at[1], std::clamp(y, -reach_y, reach_y), 1 / unit) << height << " " << row;
        EXPECT_NEAR(at[2], 0.25f, 1e-5f);
      }
    }
  }
}

TEST(LatentOfReading, IsAFrameThatAClipCouldBeginWith) {
  std::vector<float> reading(size_t{kSlotCount} * kReadingValues, -0.5f);
  const auto at = [&](int slot, int i) -> float& {
    return reading[static_cast<size_t>(slot * kReadingValues + i)];
  };
  at(0, kSettingAt + 3) = 4, at(0, kTimeAt + 5) = 1, at(0, kSunSideAt) = 0.2f;
  at(0, kCodeCount + kPan) = 0.7f;
  at(1, kPresentAt) = 0.1f, at(1, kSubjectAt + 9) = 2, at(1, kColourAt + 4) = 2;
  at(1, kCodeCount + kX) = -0.4f;
  SlotClip clip(1);
  clip.Add(LatentOfReading(reading));
  const SlotStates states = clip.StateAt(0);
  EXPECT_EQ(states[0].codes[kSettingAt + 3], kHot);
  EXPECT_EQ(states[0].codes[kSettingAt + 2], 0);
  EXPECT_EQ(states[0].codes[kTimeAt + 5], kHot);
  EXPECT_EQ(states[0].codes[kSunSideAt], 1);
  EXPECT_FLOAT_EQ(states[0].curves[kPan], 0.4f * 0.7f);
  EXPECT_EQ(states[1].codes[kPresentAt], 1);
  EXPECT_EQ(states[1].codes[kSubjectAt + 9], kHot);
  EXPECT_EQ(states[1].codes[kColourAt + 4], kHot);
  EXPECT_EQ(states[1].codes[kStandsAt], -1);
  EXPECT_FLOAT_EQ(states[1].curves[kX], 0.5f * -0.4f);
  // Of who is not there nothing is said.
  EXPECT_EQ(states[2].codes[kPresentAt], -1);
  for (int i = 0; i < kPresentAt; ++i) EXPECT_EQ(states[2].codes[static_cast<size_t>(i)], 0);
}

TEST(Encoder, ReadsOnePictureOfAnySize) {
  TestDevice device;
  const auto encoder = MakeEncoder(*device, RandomEncoder(3)).value();
  ASSERT_TRUE(encoder->Begin(*device, 72, 128).ok());
  const std::vector<float> first = encoder->Encode(*device, Ramps(128, 72)).value();
  EXPECT_EQ(first.size(), size_t{SlotClip::kChannels} * 16);
  EXPECT_FALSE(encoder->Encode(*device, Ramps(128, 72)).ok());  // a second one of the same clip
  ASSERT_TRUE(encoder->Begin(*device, 72, 128).ok());
  EXPECT_EQ(encoder->Encode(*device, Ramps(128, 72)).value(), first);
  ASSERT_TRUE(encoder->Begin(*device, 90, 64).ok());
  EXPECT_TRUE(encoder->Encode(*device, Ramps(64, 90)).ok());
}

TEST(Encoder, NamesTheTensorThatDoesNotFit) {
  EXPECT_TRUE(CheckEncoderShapes(RandomEncoder(1)).ok());
  TensorSet set = RandomEncoder(1);
  set.Replace("hidden.weight", MakeWeight(std::vector<float>(6), {2, 3}, DType::kF32));
  EXPECT_THAT(CheckEncoderShapes(set).error().message(), HasSubstr("hidden.weight"));
  EXPECT_THAT(CheckEncoderShapes(TensorSet("empty")).error().message(), HasSubstr("missing"));
}

}  // namespace
}  // namespace aozora::mini
