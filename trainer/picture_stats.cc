// SPDX-License-Identifier: Apache-2.0
#include "trainer/picture_stats.h"

#include <cmath>
#include <cstdlib>

namespace aozora::trainer {

double FlickerOf(const Image& before, const Image& now, const Image& after) {
  double sum = 0;
  for (size_t i = 0; i < now.rgb.size(); ++i) {
    sum += std::fabs(double{1} * before.rgb[i] - 2.0 * now.rgb[i] + after.rgb[i]);
  }
  return sum / static_cast<double>(now.rgb.size());
}

double SharpnessOf(const Image& image) {
  double sum = 0;
  const size_t width = size_t{3} * image.width_px;
  for (size_t i = 0; i + width + 3 < image.rgb.size(); ++i) {
    sum += std::abs(int{image.rgb[i + 3]} - image.rgb[i]) +
           std::abs(int{image.rgb[i + width]} - image.rgb[i]);
  }
  return sum / static_cast<double>(image.rgb.size());
}

}  // namespace aozora::trainer
