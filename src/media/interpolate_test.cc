// SPDX-License-Identifier: Apache-2.0
#include "media/interpolate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "media/media_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

std::vector<Image> Convert(const std::vector<Image>& frames, FrameRate from, FrameRate to,
                           ThreadPool& pool = Pool()) {
  CollectingSink out;
  InterpolatingSink sink(out, from, to, pool);
  for (const Image& frame : frames) EXPECT_TRUE(sink.Write(frame).ok());
  EXPECT_TRUE(sink.Finish().ok());
  EXPECT_TRUE(out.finished);
  return out.frames;
}

// The part of an image away from its edges, where content enters and leaves.
Image Inside(const Image& image, uint32_t margin_px) {
  Image part = Image::Black(image.width_px - 2 * margin_px, image.height_px - 2 * margin_px);
  for (uint32_t y = 0; y < part.height_px; ++y) {
    const auto row =
        image.row(y + margin_px).subspan(size_t{3} * margin_px, size_t{3} * part.width_px);
    std::copy(row.begin(), row.end(), part.rgb.begin() + ptrdiff_t{3} * part.width_px * y);
  }
  return part;
}

// Where the pattern stands in a picture: the shift that fits best, by steps of 1/8 pixel.
double ShiftOf(const Image& picture, double dx_per_dy, double from, double to) {
  double best = 0;
  double best_psnr = 0;
  for (double shift = from; shift <= to; shift += 0.125) {
    const Image guess = Pattern(picture.width_px, picture.height_px, shift, shift / dx_per_dy);
    const double psnr = Psnr(Inside(picture, 24), Inside(guess, 24));
    if (psnr > best_psnr) best = shift, best_psnr = psnr;
  }
  return best;
}

TEST(Interpolate, AMovingPatternIsWhereItShouldBe) {
  // 6 pixels right and 2 down from frame to frame, 16 -> 24 per second: thirds in between.
  constexpr uint32_t kWidthPx = 192;
  constexpr uint32_t kHeightPx = 128;
  std::vector<Image> frames;
  for (int i = 0; i < 5; ++i) frames.push_back(Pattern(kWidthPx, kHeightPx, 6 * i, 2 * i));
  const std::vector<Image> out = Convert(frames, {16, 1}, {24, 1});
  ASSERT_EQ(out.size(), 8u);  // 5 * 24 / 16 = 7.5
  for (size_t n = 0; n < 7; ++n) {
    const double expected = 6 * static_cast<double>(n) * 16 / 24;
    EXPECT_NEAR(ShiftOf(out[n], 3, expected - 2, expected + 2), expected, 0.5) << n;
    const Image truth = Pattern(kWidthPx, kHeightPx, expected, expected / 3);
    // A plain blend of the two frames would give less than 25.
    EXPECT_GT(Psnr(Inside(out[n], 24), Inside(truth, 24)), 35) << n;
  }
  EXPECT_EQ(out[0].rgb, frames[0].rgb);
  EXPECT_EQ(out[3].rgb, frames[2].rgb);  // times that fall on input frames are untouched
  EXPECT_EQ(out[6].rgb, frames[4].rgb);
  EXPECT_EQ(out[7].rgb, frames[4].rgb);  // past the end: held
}

// A textured square on a textured ground that does not move.
Image SquareOnGround(int x, int y) {
  Image image = Pattern(192, 128, 0, 0);
  const Image square = Pattern(48, 48, 0, 0);
  for (uint32_t row = 0; row < 48; ++row) {
    for (uint32_t column = 0; column < 48; ++column) {
      const size_t to =
          3 * ((static_cast<size_t>(y) + row) * 192 + static_cast<size_t>(x) + column);
      for (size_t channel = 0; channel < 3; ++channel) {
        image.rgb[to + channel] =
            static_cast<uint8_t>(255 - square.row(row)[size_t{3} * column + channel] / 2);
      }
    }
  }
  return image;
}

TEST(Interpolate, WhatIsUncoveredComesFromTheFrameThatSeesIt) {
  const std::vector<Image> out =
      Convert({SquareOnGround(60, 40), SquareOnGround(72, 40)}, {1, 1}, {2, 1});
  const Image truth = SquareOnGround(66, 40);
  Image blend = SquareOnGround(60, 40);
  const Image after = SquareOnGround(72, 40);
  for (size_t i = 0; i < blend.rgb.size(); ++i) {
    blend.rgb[i] = static_cast<uint8_t>((blend.rgb[i] + after.rgb[i] + 1) / 2);
  }
  // A blend shows both edges twice, half transparent and 12 pixels apart. 6 dB is half its error.
  EXPECT_GT(Psnr(out[1], truth), Psnr(blend, truth) + 6);
}

TEST(Interpolate, AStillPictureStaysStill) {
  const Image image = Pattern(96, 64, 0, 0);
  for (const Image& frame : Convert({image, image, image}, {16, 1}, {24, 1})) {
    EXPECT_GT(Psnr(frame, image), 50);  // cubic resampling at whole positions, once rounded
  }
}

TEST(Interpolate, NothingIsMixedOverACut) {
  std::vector<Image> frames;
  for (int i = 0; i < 3; ++i) frames.push_back(Pattern(160, 96, 2 * i, i));
  for (int i = 0; i < 3; ++i) {
    Image other = Pattern(160, 96, 300 - 3 * i, 150 + 2 * i);
    for (size_t k = 0; k < other.rgb.size(); k += 3) std::swap(other.rgb[k], other.rgb[k + 2]);
    frames.push_back(other);
  }
  for (const FrameRate to : {FrameRate{24, 1}, FrameRate{48, 1}, FrameRate{30, 1}}) {
    const std::vector<Image> out = Convert(frames, {16, 1}, to);
    for (size_t n = 0; n < out.size(); ++n) {
      const double time = static_cast<double>(n) * 16 / to.per_second();
      if (time <= 2 || time >= 3) continue;
      EXPECT_EQ(out[n].rgb, frames[time < 2.5 ? 2 : 3].rgb) << n;
    }
  }
}

TEST(Interpolate, FlatScenesAreCutToo) {
  const Image red = Solid(96, 64, 200, 30, 30);
  const Image blue = Solid(96, 64, 20, 240, 250);
  const std::vector<Image> out = Convert({red, blue}, {1, 1}, {4, 1});
  EXPECT_EQ(out[1].rgb, red.rgb);
  EXPECT_EQ(out[2].rgb, blue.rgb);
  EXPECT_EQ(out[3].rgb, blue.rgb);
}

TEST(Interpolate, ASlowFadeIsNoCut) {
  const Image dark = Solid(96, 64, 100, 100, 100);
  const Image light = Solid(96, 64, 116, 116, 116);
  const std::vector<Image> out = Convert({dark, light}, {1, 1}, {2, 1});
  EXPECT_NEAR(MeanOf(out[1], 1), 108, 1);
}

TEST(Interpolate, KeepsTheDuration) {
  struct Case {
    FrameRate from, to;
  };
  for (const Case& rates :
       {Case{{16, 1}, {24, 1}}, Case{{24, 1}, {16, 1}}, Case{{24, 1}, {60, 1}},
        Case{{30000, 1001}, {24, 1}}, Case{{24, 1}, {30000, 1001}}, Case{{8, 1}, {120, 1}},
        Case{{60, 1}, {7, 1}}, Case{{25, 1}, {24, 1}}}) {
    for (const size_t count : {size_t{1}, size_t{2}, size_t{7}, size_t{16}}) {
      const std::vector<Image> frames(count, Pattern(48, 32, 0, 0));
      EXPECT_EQ(Convert(frames, rates.from, rates.to).size(),
                ConvertedFrameCount(count, rates.from, rates.to))
          << rates.from.ToString() << " to " << rates.to.ToString() << ", " << count;
    }
  }
}

TEST(Interpolate, SameRatePassesEverythingOn) {
  const std::vector<Image> frames = {Pattern(16, 16, 0, 0), Pattern(16, 16, 5, 0)};
  const std::vector<Image> out = Convert(frames, {24, 1}, {48, 2});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[1].rgb, frames[1].rgb);
}

TEST(Interpolate, DoesNotDependOnThreads) {
  std::vector<Image> frames;
  for (int i = 0; i < 3; ++i) frames.push_back(SquareOnGround(40 + 9 * i, 30 + 4 * i));
  ThreadPool one(1);
  ThreadPool three(3);
  const int threads_before = cv::getNumThreads();
  cv::setNumThreads(1);
  const std::vector<Image> a = Convert(frames, {16, 1}, {24, 1}, one);
  cv::setNumThreads(2);
  const std::vector<Image> b = Convert(frames, {16, 1}, {24, 1}, three);
  cv::setNumThreads(threads_before);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].rgb == b[i].rgb) << i;
}

TEST(Interpolate, TheSmallestPictureWorksAndSmallerOnesAreRefused) {
  EXPECT_EQ(Convert({Pattern(32, 32, 0, 0), Pattern(32, 32, 1, 0)}, {1, 1}, {3, 1}).size(), 6u);
  EXPECT_EQ(Convert({Pattern(33, 500, 0, 0), Pattern(33, 500, 1, 0)}, {1, 1}, {2, 1}).size(), 4u);
  CollectingSink out;
  InterpolatingSink sink(out, {16, 1}, {24, 1}, Pool());
  const Status status = sink.Write(Pattern(31, 64, 0, 0));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message(), HasSubstr("31x64"));
}

}  // namespace
}  // namespace aozora
