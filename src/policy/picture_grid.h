// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "tensor/image.h"

namespace aozora::policy {

inline constexpr uint32_t kGridWidth = 64;
inline constexpr uint32_t kGridHeight = 36;
inline constexpr size_t kGridCells = size_t{kGridWidth} * kGridHeight;

// A picture as 64x36 cells of equal size, whatever its shape. Each is the mean of up to 36 of its
// pixels: enough for areas that matter to the eye, and cheap (output_check_test.cc prints the
// time). Linear light from 0 to 1 as sRGB defines it (IEC 61966-2-1).
struct PictureGrid {
  std::array<float, kGridCells> red, green, blue;
  std::array<float, kGridCells> luminance;  // relative: 0.2126 R + 0.7152 G + 0.0722 B
  std::array<float, kGridCells> shade;      // mean of (R + 2 G + B) / 4 as they are stored

  void Read(const Image& picture);  // not empty
  float MeanLuminance() const;
};

// The mean absolute difference of the shades: 0 to 255.
float Difference(const PictureGrid& a, const PictureGrid& b);

}  // namespace aozora::policy
