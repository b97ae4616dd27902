// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pictures.h"

#include <algorithm>

#include "base/check.h"

namespace aozora {

Image ToImage(std::span<const float> values, uint32_t width_px, uint32_t height_px) {
  Image image = Image::Black(width_px, height_px);
  CHECK_EQ(values.size(), image.rgb.size());
  for (size_t i = 0; i < values.size(); ++i) {
    // A NaN becomes black: min and max take the first argument when the comparison is false.
    const float clamped = std::min(std::max(-1.0f, values[i]), 1.0f);
    image.rgb[i] = static_cast<uint8_t>((clamped + 1) / 2 * 255);
  }
  return image;
}

void AppendPicture(const Image& image, std::vector<float>* values) {
  values->reserve(values->size() + image.rgb.size());
  for (uint8_t byte : image.rgb) values->push_back(static_cast<float>(byte) / 255 * 2 - 1);
}

}  // namespace aozora
