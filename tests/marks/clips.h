// SPDX-License-Identifier: Apache-2.0
// Clips to mark that need no model: scenes of the procedural world, and grounds that are hard in
// their own ways (no texture at all, nothing but texture, a still, cuts).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/image.h"

namespace aozora::marks {

struct ClipShape {
  uint32_t width_px = 848, height_px = 480;
  uint32_t frame_count = 72;
  double frames_per_second = 24;
};

struct Clip {
  std::string name;
  std::vector<Image> frames;
};

// Clip number `index`, the same for the same arguments. Three in four are scenes of the world.
Clip MakeClip(uint32_t index, const ClipShape& shape);

}  // namespace aozora::marks
