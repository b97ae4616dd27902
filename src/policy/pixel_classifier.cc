// SPDX-License-Identifier: Apache-2.0
#include "policy/pixel_classifier.h"

#include <algorithm>

namespace aozora::policy {
namespace {

constexpr uint32_t kSamplesPerSide = 256;
constexpr int kSaturationPercentMin = 23;

bool IsSkin(const uint8_t* rgb) {
  // In 1/1024; ITU-R BT.601 as JFIF has it.
  const int r = rgb[0], g = rgb[1], b = rgb[2];
  const int cb = 128 + (-173 * r - 339 * g + 512 * b) / 1024;
  const int cr = 128 + (512 * r - 429 * g - 83 * b) / 1024;
  const int most = std::max({r, g, b}), least = std::min({r, g, b});
  const bool coloured = 100 * (most - least) >= kSaturationPercentMin * most;
  return cb >= 77 && cb <= 127 && cr >= 133 && cr <= 173 && coloured;
}

}  // namespace

Result<std::vector<LabelScore>> PixelClassifier::Classify(const Image& frame) {
  if (frame.width_px == 0 || frame.height_px == 0) return Error::Invalid("an empty picture");
  const uint32_t step_x = std::max(frame.width_px / kSamplesPerSide, 1u);
  const uint32_t step_y = std::max(frame.height_px / kSamplesPerSide, 1u);
  uint64_t skin_count = 0, count = 0;
  for (uint32_t y = step_y / 2; y < frame.height_px; y += step_y) {
    const uint8_t* row = frame.row(y).data();
    for (uint32_t x = step_x / 2; x < frame.width_px; x += step_x, ++count) {
      skin_count += IsSkin(row + size_t{3} * x);
    }
  }
  const float share = static_cast<float>(skin_count) / static_cast<float>(count);
  return std::vector<LabelScore>{{std::string(kSkinLabel), share}};
}

}  // namespace aozora::policy
