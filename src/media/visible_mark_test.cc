// SPDX-License-Identifier: Apache-2.0
#include "media/visible_mark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace aozora {
namespace {

class Keep : public FrameSink {
 public:
  Status Write(const Image& frame) override {
    frames.push_back(frame);
    return Ok();
  }
  Status Finish() override { return Ok(); }
  std::vector<Image> frames;
};

Image Plain(uint32_t width_px, uint32_t height_px, uint8_t value) {
  Image image = Image::Black(width_px, height_px);
  std::fill(image.rgb.begin(), image.rgb.end(), value);
  return image;
}

// Rows and columns of the picture that differ from `value`.
struct Box {
  uint32_t left = ~0u, top = ~0u, right = 0, bottom = 0;
  int contrast = 0;
};
Box Changed(const Image& image, uint8_t value) {
  Box box;
  for (uint32_t y = 0; y < image.height_px; ++y) {
    for (uint32_t x = 0; x < image.width_px; ++x) {
      const int step = std::abs(image.rgb[3 * (size_t{y} * image.width_px + x)] - value);
      if (step == 0) continue;
      box.left = std::min(box.left, x), box.right = std::max(box.right, x);
      box.top = std::min(box.top, y), box.bottom = std::max(box.bottom, y);
      box.contrast = std::max(box.contrast, step);
    }
  }
  return box;
}

TEST(Mark, ShowsOnDarkAndOnLight) {
  for (const uint8_t value : std::initializer_list<uint8_t>{0, 128, 255}) {
    Keep keep;
    MarkingSink sink(keep);
    ASSERT_TRUE(sink.Write(Plain(640, 360, value)).ok());
    const Box box = Changed(keep.frames[0], value);
    EXPECT_GE(box.contrast, 80) << int{value};
    EXPECT_GE(box.bottom - box.top + 1, 360 * 5 / 100) << "at least 5 % of the shorter side";
    EXPECT_GT(box.left, 320u);
    EXPECT_GT(box.top, 180u);
  }
}

TEST(Mark, TouchesNothingElseAndFollowsTheSize) {
  Keep keep;
  MarkingSink sink(keep);
  ASSERT_TRUE(sink.Write(Plain(200, 100, 40)).ok());
  ASSERT_TRUE(sink.Write(Plain(100, 200, 40)).ok());
  ASSERT_TRUE(sink.Write(Plain(8, 8, 40)).ok());  // smaller than any mark
  EXPECT_EQ(keep.frames[0].width_px, 200u);
  EXPECT_EQ(keep.frames[0].rgb[0], 40);
  const Box box = Changed(keep.frames[1], 40);
  EXPECT_LT(box.right, 100u);
  EXPECT_GT(box.top, 150u);
}

}  // namespace
}  // namespace aozora
