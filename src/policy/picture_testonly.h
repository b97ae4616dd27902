// SPDX-License-Identifier: Apache-2.0
// Pictures and clips for tests.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "base/random_source.h"
#include "tensor/image.h"

namespace aozora::policy {

using Colour = std::array<uint8_t, 3>;
inline constexpr Colour kBlackColour{0, 0, 0};
inline constexpr Colour kWhiteColour{255, 255, 255};
inline constexpr Colour kRedColour{255, 0, 0};

// The left `share` of the picture in one colour, the rest grey.
inline Image Painted(Colour colour, double share = 1, uint32_t width_px = 64,
                     uint32_t height_px = 36) {
  Image image = Image::Black(width_px, height_px);
  for (uint32_t y = 0; y < height_px; ++y) {
    for (uint32_t x = 0; x < width_px; ++x) {
      const Colour c = x < share * width_px ? colour : Colour{90, 90, 90};
      for (size_t i = 0; i < 3; ++i) image.rgb[(size_t{width_px} * y + x) * 3 + i] = c[i];
    }
  }
  return image;
}

// The grey with so much light, as sRGB writes it.
inline Colour GreyOf(double luminance) {
  const double v =
      luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * std::pow(luminance, 1 / 2.4) - 0.055;
  const auto level = static_cast<uint8_t>(std::lround(255 * v));
  return {level, level, level};
}

// Soft shapes, others for each seed; a picture of the width `shape_px` (0: its own) has the whole.
inline Image Scene(uint64_t seed, uint32_t width_px = 96, uint32_t height_px = 54,
                   uint32_t shape_px = 0) {
  SeededRandom random(seed);
  std::array<std::array<double, 4>, 12> waves;  // amplitude, x, y, phase
  for (auto& wave : waves) {
    const auto unit = [&] { return static_cast<double>(random.Below(1000)) / 1000; };
    wave = {unit(), 14 * unit() - 7, 14 * unit() - 7, 6.3 * unit()};
  }
  Image image = Image::Black(width_px, height_px);
  for (uint32_t y = 0; y < height_px; ++y) {
    for (uint32_t x = 0; x < width_px; ++x) {
      double value = 0;
      for (const auto& [amplitude, fx, fy, phase] : waves) {
        value += amplitude * std::sin(fx * x / (shape_px == 0 ? width_px : shape_px) * 3 +
                                      fy * y / height_px * 3 + phase);
      }
      const double level = 128 + 28 * value;
      const auto grey = static_cast<uint8_t>(level < 0 ? 0 : level > 255 ? 255 : level);
      for (size_t i = 0; i < 3; ++i) image.rgb[(size_t{width_px} * y + x) * 3 + i] = grey;
    }
  }
  return image;
}

}  // namespace aozora::policy
