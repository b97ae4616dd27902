// SPDX-License-Identifier: Apache-2.0
// Scenes as pictures. A picture is a pure function of (scene, place, time): no state from one frame
// to the next, so any size and any frame rate shows the same world, and the same bytes come out on
// every processor (plain IEEE arithmetic, no fused multiply-add, nothing reassociated).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tensor/image.h"
#include "world/scene.h"

namespace aozora::world {

inline constexpr uint32_t kRenderSidePxMin = 8;
inline constexpr uint32_t kRenderSidePxMax = 4096;

// Edges are softened over one pixel, from signed distances. Sides within the limits above (CHECK);
// any finite time_s, 0 .. scene.duration_s being the clip. Any thread, one core.
Image RenderFrame(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px);

// What the renderer knows and a picture only shows. For auxiliary losses, and to tell the quality
// of a subject from that of its background.
enum class MapKind : uint8_t { kSky, kFar, kGround, kFirst, kSecond, kLight };
inline constexpr int kMapCount = 6;

struct RenderMaps {
  uint32_t width_px = 0;
  uint32_t height_px = 0;
  // [map][y][x], the share of each pixel; they sum to one. Weather (drops, flakes, haze) lies over
  // everything and is not counted. kLight: sun, moon and lightning that are no subject.
  std::vector<float> coverage;

  struct Placed {
    bool present = false;
    float x = 0, y = 0;  // centre, shares of the picture from its top left; may lie outside
    float width = 0, height = 0;  // of the box around all copies, shares of the picture
  };
  Placed first, second;
  float horizon = 0;  // share of the height from the top; outside of 0..1 where none is seen

  float At(MapKind kind, uint32_t x, uint32_t y) const {
    return coverage[(static_cast<size_t>(kind) * height_px + y) * width_px + x];
  }
};

RenderMaps RenderMapsOf(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px);

}  // namespace aozora::world
