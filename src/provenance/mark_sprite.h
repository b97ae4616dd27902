// SPDX-License-Identifier: Apache-2.0
// What the visible mark is drawn from: shapes as coverage, rendered once by Cairo and Pango.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aozora {

// Two layers of coverage, 0..255, [height][width]: the ink, and a soft halo around it in the
// opposite tone, which keeps the ink readable on any ground.
struct MarkSprite {
  uint32_t width_px = 0, height_px = 0;
  uint32_t margin_px = 0;  // of the halo, around the ink on each side
  std::vector<uint8_t> ink, halo;
};

// The sign, `height_px` high without the halo, and the name on its right if there is one. The name
// is cut off with dots where sign and name would be wider than `width_px_max`.
MarkSprite DrawSign(uint32_t height_px, const std::string& name, uint32_t width_px_max);

// A line of text with capitals about as high as `height_px` * 0.7, cut off in the same way.
MarkSprite DrawText(uint32_t height_px, const std::string& text, uint32_t width_px_max);

}  // namespace aozora
