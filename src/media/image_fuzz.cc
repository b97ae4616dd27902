// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "media/image_io.h"

// Any bytes: an error or an image within the limits.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const aozora::ImageLimits limits = {.pixels_max = 1 << 20};
  const aozora::Bytes content = std::as_bytes(std::span(data, size));
  const aozora::Result<aozora::Image> image = aozora::DecodeImage(content, limits);
  if (image.ok()) {
    CHECK_LE(uint64_t{image->width_px} * image->height_px, limits.pixels_max);
    CHECK_EQ(image->rgb.size(), size_t{3} * image->width_px * image->height_px);
  }
  return 0;
}
