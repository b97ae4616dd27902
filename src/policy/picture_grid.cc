// SPDX-License-Identifier: Apache-2.0
#include "policy/picture_grid.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"

namespace aozora::policy {
namespace {

constexpr uint32_t kSamplesPerCellSide = 6;

const std::array<float, 256>& LinearLight() {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> light;
    for (size_t i = 0; i < light.size(); ++i) {
      const double v = static_cast<double>(i) / 255;
      light[i] = static_cast<float>(v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
    }
    return light;
  }();
  return table;
}

// Where to look in a side of so many pixels: `count` cells of kSamplesPerCellSide places each,
// evenly; small pictures repeat pixels.
std::vector<uint32_t> Places(uint32_t side_px, uint32_t count) {
  const uint64_t place_count = uint64_t{count} * kSamplesPerCellSide;
  std::vector<uint32_t> places;
  for (uint64_t i = 0; i < place_count; ++i) {
    places.push_back(static_cast<uint32_t>((2 * i + 1) * side_px / (2 * place_count)));
  }
  return places;
}

}  // namespace

void PictureGrid::Read(const Image& picture) {
  CHECK(picture.width_px > 0 && picture.height_px > 0);
  const std::array<float, 256>& light = LinearLight();
  const std::vector<uint32_t> xs = Places(picture.width_px, kGridWidth);
  const std::vector<uint32_t> ys = Places(picture.height_px, kGridHeight);
  for (std::array<float, kGridCells>* plane : {&red, &green, &blue, &shade}) plane->fill(0);
  for (size_t y = 0; y < ys.size(); ++y) {
    const uint8_t* row = picture.row(ys[y]).data();
    const size_t first = y / kSamplesPerCellSide * kGridWidth;
    for (size_t x = 0; x < xs.size(); ++x) {
      const uint8_t* pixel = row + size_t{3} * xs[x];
      const size_t cell = first + x / kSamplesPerCellSide;
      red[cell] += light[pixel[0]];
      green[cell] += light[pixel[1]];
      blue[cell] += light[pixel[2]];
      shade[cell] += static_cast<float>(pixel[0] + 2 * pixel[1] + pixel[2]);
    }
  }
  constexpr float kShare = 1.0f / (kSamplesPerCellSide * kSamplesPerCellSide);
  for (size_t i = 0; i < kGridCells; ++i) {
    red[i] *= kShare;
    green[i] *= kShare;
    blue[i] *= kShare;
    shade[i] *= kShare / 4;
    luminance[i] = 0.2126f * red[i] + 0.7152f * green[i] + 0.0722f * blue[i];
  }
}

float PictureGrid::MeanLuminance() const {
  return std::accumulate(luminance.begin(), luminance.end(), 0.0f) / kGridCells;
}

float Difference(const PictureGrid& a, const PictureGrid& b) {
  float sum = 0;
  for (size_t i = 0; i < kGridCells; ++i) sum += std::abs(a.shade[i] - b.shade[i]);
  return sum / kGridCells;
}

}  // namespace aozora::policy
