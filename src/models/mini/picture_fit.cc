// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "models/mini/encoder.h"

namespace aozora::mini {
namespace {

// Which pixels of one axis make up each of `out` cells, with weights that add up to 1.
struct Taps {
  uint32_t first = 0;
  std::vector<float> weights;
};

// Cell i covers [(i - out / 2) * step, ...] around the middle, in pixels.
std::vector<Taps> TapsOf(uint32_t out, uint32_t in, double step) {
  std::vector<Taps> all(out);
  for (uint32_t i = 0; i < out; ++i) {
    const double low = in / 2.0 + (i - out / 2.0) * step, high = low + step;
    const auto pixel = [&](double at) {
      return static_cast<int64_t>(std::clamp(at, 0.0, static_cast<double>(in) - 1));
    };
    const int64_t first = pixel(std::floor(low)), last = pixel(std::ceil(high) - 1);
    Taps& taps = all[i];
    taps.first = static_cast<uint32_t>(first);
    double sum = 0;
    for (int64_t p = first; p <= last; ++p) {
      // The edge's pixels stand for all that lies beyond them.
      const double from = p == 0 ? low : std::max(low, static_cast<double>(p));
      const double to = p + 1 == in ? high : std::min(high, static_cast<double>(p) + 1);
      const double weight = std::max(std::min(high, to) - std::max(low, from), 0.0);
      taps.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : taps.weights) weight = static_cast<float>(weight / sum);
  }
  return all;
}

}  // namespace

std::vector<float> FitPicture(std::span<const float> picture, uint32_t height_px,
                              uint32_t width_px) {
  CHECK(height_px > 0 && width_px > 0);
  CHECK_EQ(picture.size(), size_t{3} * height_px * width_px);
  const double unit = std::sqrt(double{1} * width_px * height_px * 9 / 16);  // in pixels
  const double step = unit / kReadHeightPx;
  const std::vector<Taps> columns = TapsOf(kReadWidthPx, width_px, step);
  const std::vector<Taps> rows = TapsOf(kReadHeightPx, height_px, step);
  std::vector<float> across(size_t{3} * height_px * kReadWidthPx);
  for (size_t row = 0; row < height_px; ++row) {
    for (size_t column = 0; column < kReadWidthPx; ++column) {
      float* to = &across[3 * (row * kReadWidthPx + column)];
      const Taps& taps = columns[column];
      for (size_t i = 0; i < taps.weights.size(); ++i) {
        const float* from = &picture[3 * (row * width_px + taps.first + i)];
        for (int c = 0; c < 3; ++c) to[c] += taps.weights[i] * from[c];
      }
    }
  }
  constexpr size_t kRow = size_t{3} * kReadWidthPx;
  std::vector<float> fitted(kRow * kReadHeightPx);
  for (size_t row = 0; row < kReadHeightPx; ++row) {
    for (size_t i = 0; i < rows[row].weights.size(); ++i) {
      const float weight = rows[row].weights[i];
      const float* from = &across[(rows[row].first + i) * kRow];
      for (size_t at = 0; at < kRow; ++at) fitted[row * kRow + at] += weight * from[at];
    }
  }
  return fitted;
}

}  // namespace aozora::mini
