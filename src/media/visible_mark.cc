// SPDX-License-Identifier: Apache-2.0
#include "media/visible_mark.h"

#include <algorithm>
#include <cmath>

namespace aozora {
namespace {

constexpr double kMarginShare = 0.6;  // of the mark's height, to the picture's edges
constexpr float kLightStrength = 0.85f, kDarkStrength = 0.35f;

// Signed distances in units of the mark's height, y up, origin in the middle; negative inside.
double Ring(double x, double y) { return std::fabs(std::hypot(x, y) - 0.42) - 0.035; }
double Sun(double x, double y) { return std::max(std::hypot(x, y + 0.06) - 0.21, -(y + 0.06)); }
double Horizon(double x, double y) {
  return std::max(std::fabs(y + 0.14) - 0.03, std::fabs(x) - 0.30);
}
double Mark(double x, double y) { return std::min({Ring(x, y), Sun(x, y), Horizon(x, y)}); }

float Cover(double distance_px) {
  return static_cast<float>(std::clamp(0.5 - distance_px, 0.0, 1.0));
}

}  // namespace

void MarkingSink::Prepare(uint32_t width_px, uint32_t height_px) {
  const uint32_t shorter = std::min(width_px, height_px);
  const uint32_t wanted = static_cast<uint32_t>(std::lround(kMarkShare * shorter));
  side_px_ = std::min(std::max(wanted, kMarkSidePxMin), shorter);
  const uint32_t margin = static_cast<uint32_t>(kMarginShare * side_px_);
  left_px_ = width_px - side_px_ - std::min(margin, width_px - side_px_);
  top_px_ = height_px - side_px_ - std::min(margin, height_px - side_px_);
  light_.resize(size_t{side_px_} * side_px_);
  dark_.resize(light_.size());
  const double side = side_px_;
  for (uint32_t row = 0; row < side_px_; ++row) {
    for (uint32_t column = 0; column < side_px_; ++column) {
      const double x = (column + 0.5) / side - 0.5, y = 0.5 - (row + 0.5) / side;
      const size_t at = size_t{row} * side_px_ + column;
      light_[at] = kLightStrength * Cover(Mark(x, y) * side);
      dark_[at] = kDarkStrength * Cover((std::hypot(x, y) - 0.48) * side);
    }
  }
}

Status MarkingSink::Write(const Image& frame) {
  if (frame.width_px != marked_.width_px || frame.height_px != marked_.height_px) {
    Prepare(frame.width_px, frame.height_px);
  }
  marked_ = frame;
  for (uint32_t row = 0; row < side_px_; ++row) {
    uint8_t* pixel = marked_.rgb.data() + 3 * (size_t{top_px_ + row} * frame.width_px + left_px_);
    for (uint32_t i = 0; i < 3 * side_px_; ++i) {
      const size_t at = size_t{row} * side_px_ + i / 3;
      const float under = static_cast<float>(pixel[i]) * (1 - dark_[at]);
      pixel[i] = static_cast<uint8_t>(under + (255 - under) * light_[at] + 0.5f);
    }
  }
  return next_.Write(marked_);
}

}  // namespace aozora
