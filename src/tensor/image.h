// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aozora {

// One picture as people see it: 8-bit sRGB, rows from the top, R G B R G B ..., no padding.
struct Image {
  uint32_t width_px = 0;
  uint32_t height_px = 0;
  std::vector<uint8_t> rgb;  // 3 * width_px * height_px

  static Image Black(uint32_t width_px, uint32_t height_px) {
    return {width_px, height_px, std::vector<uint8_t>(size_t{3} * width_px * height_px)};
  }
  std::span<const uint8_t> row(uint32_t y) const {
    return std::span(rgb).subspan(size_t{3} * width_px * y, size_t{3} * width_px);
  }
};

}  // namespace aozora
