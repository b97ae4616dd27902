// SPDX-License-Identifier: Apache-2.0
#include "world/render.h"

#include <algorithm>

#include "world/frame.h"

namespace aozora::world {
namespace {

RenderMaps::Placed PlacedOf(const FrameSetup& f, const ActorFrame& a) {
  RenderMaps::Placed placed;
  if (!a.present) return placed;
  float left = 1e9f, right = -1e9f, low = 1e9f, high = -1e9f;
  for (int i = 0; i < a.count; ++i) {
    const Sprite& s = a.sprites[i];
    left = std::min(left, s.x - s.reach_x), right = std::max(right, s.x + s.reach_x);
    low = std::min(low, s.y - s.reach_y), high = std::max(high, s.y + s.reach_y);
  }
  placed.present = true;
  placed.x = 0.5f + 0.5f * (left + right) / (2 * f.half_width);
  placed.y = 0.5f - 0.5f * (low + high) / (2 * f.half_height);
  placed.width = (right - left) / (2 * f.half_width);
  placed.height = (high - low) / (2 * f.half_height);
  return placed;
}

}  // namespace

Image RenderFrame(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px) {
  const FrameSetup frame = SetUpFrame(scene, time_s, width_px, height_px);
  Image image = Image::Black(width_px, height_px);
  RenderRows(frame, width_px, height_px, image.rgb.data(), nullptr);
  return image;
}

RenderMaps RenderMapsOf(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px) {
  const FrameSetup frame = SetUpFrame(scene, time_s, width_px, height_px);
  RenderMaps maps;
  maps.width_px = width_px;
  maps.height_px = height_px;
  maps.coverage.resize(size_t{kMapCount} * width_px * height_px);
  RenderRows(frame, width_px, height_px, nullptr, maps.coverage.data());
  maps.first = PlacedOf(frame, frame.actors[0]);
  maps.second = PlacedOf(frame, frame.actors[1]);
  maps.horizon = 0.5f - frame.horizon / (2 * frame.half_height);
  return maps;
}

}  // namespace aozora::world
