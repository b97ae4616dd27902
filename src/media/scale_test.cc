// SPDX-License-Identifier: Apache-2.0
#include "media/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "media/media_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

ThreadPool& Pool() {
  static ThreadPool pool(2);
  return pool;
}

// The pattern as it looks when its pixels are `factor` times as large.
Image PatternEnlarged(uint32_t width_px, uint32_t height_px, uint32_t factor) {
  // Centres of pixels: large pixel x shows the place (x + 0.5) / factor - 0.5. Drawn by moving the
  // pattern by each phase in turn.
  Image image = Image::Black(width_px * factor, height_px * factor);
  for (uint32_t phase_y = 0; phase_y < factor; ++phase_y) {
    for (uint32_t phase_x = 0; phase_x < factor; ++phase_x) {
      const Image part = Pattern(width_px, height_px, 0.5 - (phase_x + 0.5) / factor,
                                 0.5 - (phase_y + 0.5) / factor);
      for (uint32_t y = 0; y < height_px; ++y) {
        for (uint32_t x = 0; x < width_px; ++x) {
          for (uint32_t channel = 0; channel < 3; ++channel) {
            image.rgb[3 * ((size_t{y} * factor + phase_y) * image.width_px + x * factor + phase_x) +
                      channel] = part.row(y)[size_t{3} * x + channel];
          }
        }
      }
    }
  }
  return image;
}

TEST(Scale, EnlargingIsExactUpToRounding) {
  const Image large = Resize(Pattern(120, 80, 0, 0), 360, 240, Pool()).value();
  // Two roundings to 8 bits (input and output) have a variance of 1/12 each: 56 dB against each
  // other; Lanczos-3 leaves a ripple of up to half a step, and edges repeat instead of going on. 45
  // dB is a mean error of 1.4 steps; a shift by a third of a pixel would give 37.
  EXPECT_GT(Psnr(large, PatternEnlarged(120, 80, 3)), 45);
}

TEST(Scale, ShrinkingUndoesEnlarging) {
  const Image image = Pattern(120, 80, 0, 0);
  const Image back = Resize(PatternEnlarged(120, 80, 3), 120, 80, Pool()).value();
  EXPECT_GT(Psnr(image, back), 45);
}

TEST(Scale, ShrinkingDoesNotAlias) {
  // A checkerboard of single pixels is grey from afar.
  Image board = Image::Black(256, 256);
  for (uint32_t y = 0; y < 256; ++y) {
    for (uint32_t x = 0; x < 256; ++x) {
      for (size_t channel = 0; channel < 3; ++channel) {
        board.rgb[3 * (size_t{y} * 256 + x) + channel] = (x + y) % 2 == 0 ? 0 : 255;
      }
    }
  }
  const Image small = Resize(board, 96, 96, Pool()).value();
  for (uint32_t y = 8; y < 88; ++y) {
    for (uint32_t x = 8; x < 88; ++x) EXPECT_NEAR(small.row(y)[size_t{3} * x], 127.5, 8);
  }
}

TEST(Scale, FlatColoursStayExactly) {
  for (const uint8_t value : std::array<uint8_t, 5>{0, 1, 77, 254, 255}) {
    const Image flat = Solid(53, 31, value, static_cast<uint8_t>(255 - value), 128);
    EXPECT_EQ(Resize(flat, 101, 47, Pool()).value().rgb,
              Solid(101, 47, value, static_cast<uint8_t>(255 - value), 128).rgb);
    EXPECT_EQ(Resize(flat, 20, 9, Pool()).value().rgb,
              Solid(20, 9, value, static_cast<uint8_t>(255 - value), 128).rgb);
  }
}

TEST(Scale, DoesNotDependOnThreads) {
  ThreadPool one(1);
  ThreadPool three(3);
  const Image image = Pattern(854, 480, 0, 0);
  EXPECT_EQ(Resize(image, 1920, 1080, one).value().rgb,
            Resize(image, 1920, 1080, three).value().rgb);
}

TEST(Scale, ExtremeShapesWork) {
  for (const auto& [w, h, to_w, to_h] : std::vector<std::array<uint32_t, 4>>{{1, 1, 64, 64},
                                                                             {64, 64, 1, 1},
                                                                             {1, 16384, 16, 16},
                                                                             {16384, 1, 16, 16},
                                                                             {3, 5, 16384, 2},
                                                                             {4000, 3000, 7, 5}}) {
    const Result<Image> image = Resize(Solid(w, h, 10, 20, 30), to_w, to_h, Pool());
    ASSERT_TRUE(image.ok()) << image.error().message();
    EXPECT_EQ(image->width_px, to_w);
    EXPECT_EQ(image->height_px, to_h);
    EXPECT_NEAR(MeanOf(*image, 0), 10, 1) << w << "x" << h;
    EXPECT_NEAR(MeanOf(*image, 2), 30, 1) << w << "x" << h;
  }
  EXPECT_THAT(Resize(Solid(8, 8, 0, 0, 0), 16385, 8, Pool()).error().message(),
              HasSubstr("sides must be"));
  EXPECT_FALSE(Resize(Solid(8, 8, 0, 0, 0), 0, 8, Pool()).ok());
  EXPECT_FALSE(Resize(Solid(8, 8, 0, 0, 0), 16384, 16384, Pool()).ok());
}

TEST(CenterCropResize, KeepsTheMiddleAndItsShape) {
  // 300x100 to a square: the middle 100x100.
  Image strip = Solid(300, 100, 255, 0, 0);
  for (uint32_t y = 0; y < 100; ++y) {
    for (uint32_t x = 100; x < 200; ++x) {
      strip.rgb[3 * (size_t{y} * 300 + x)] = 0;
      strip.rgb[3 * (size_t{y} * 300 + x) + 1] = 255;
    }
  }
  EXPECT_EQ(CenterCropResize(strip, 50, 50, Pool()).value().rgb, Solid(50, 50, 0, 255, 0).rgb);
  EXPECT_EQ(CenterCropResize(strip, 200, 200, Pool()).value().rgb, Solid(200, 200, 0, 255, 0).rgb);
  // Same shape: nothing is lost. Higher than wide works too, and so does one pixel.
  EXPECT_EQ(CenterCropResize(strip, 150, 50, Pool()).value().rgb,
            Resize(strip, 150, 50, Pool()).value().rgb);
  EXPECT_EQ(CenterCropResize(Solid(100, 900, 1, 2, 3), 64, 32, Pool()).value().rgb,
            Solid(64, 32, 1, 2, 3).rgb);
  EXPECT_EQ(CenterCropResize(Solid(1, 1, 1, 2, 3), 64, 32, Pool()).value().rgb,
            Solid(64, 32, 1, 2, 3).rgb);
  EXPECT_FALSE(CenterCropResize(strip, 0, 50, Pool()).ok());
}

TEST(ScalingSink, ScalesEveryFrameAndLeavesTheRightSizeAlone) {
  CollectingSink out;
  ScalingSink sink(out, 80, 40, Pool());
  const Image small = Pattern(40, 20, 0, 0);
  ASSERT_TRUE(sink.Write(small).ok());
  ASSERT_TRUE(sink.Write(Pattern(40, 20, 1, 0)).ok());
  ASSERT_TRUE(sink.Finish().ok());
  ASSERT_EQ(out.frames.size(), 2u);
  EXPECT_EQ(out.frames[0].rgb, Resize(small, 80, 40, Pool()).value().rgb);
  EXPECT_EQ(out.frames[1].width_px, 80u);
  EXPECT_TRUE(out.finished);

  CollectingSink same;
  ScalingSink passing(same, 40, 20, Pool());
  ASSERT_TRUE(passing.Write(small).ok());
  EXPECT_EQ(same.frames[0].rgb, small.rgb);
}

}  // namespace
}  // namespace aozora
