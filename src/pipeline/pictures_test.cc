// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pictures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aozora {
namespace {

TEST(Pictures, BytesAreTruncatedAndClamped) {
  // (0.999 + 1) / 2 * 255 = 254.87 -> 254, where rounding would give 255.
  const std::vector<float> values = {-1, 1, 0.999f, 0, -7, NAN};
  const Image image = ToImage(values, 2, 1);
  EXPECT_EQ(image.rgb, (std::vector<uint8_t>{0, 255, 254, 127, 0, 0}));
}

TEST(Pictures, EveryByteComesBack) {
  Image image = Image::Black(256, 1);
  for (size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<uint8_t>(i / 3);
  std::vector<float> values;
  AppendPicture(image, &values);
  // Truncation may lose one step where byte / 255 rounds down; never more.
  const Image back = ToImage(values, 256, 1);
  for (size_t i = 0; i < image.rgb.size(); ++i) EXPECT_LE(image.rgb[i] - back.rgb[i], 1);
  EXPECT_EQ(values.front(), -1);
  EXPECT_EQ(values.back(), 1);
}

}  // namespace
}  // namespace aozora
