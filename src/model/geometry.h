// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/check.h"

namespace aozora {

// The clip that a person asks for.
struct ClipSize {
  uint32_t width_px = 0;
  uint32_t height_px = 0;
  uint32_t frame_count = 0;
  // Its last ones, if they lead back to its first one. Latents see to most of that; what moves by
  // itself, with the time, is the decoder's to close.
  uint32_t loop_frame_count = 0;
  friend bool operator==(const ClipSize&, const ClipSize&) = default;
};

// The same clip as the denoiser sees it: a latent is [channels, frames, height, width].
struct LatentSize {
  uint32_t channel_count = 0;
  uint32_t frame_count = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  uint64_t count() const { return uint64_t{channel_count} * frame_count * height * width; }
  uint64_t frame_value_count() const { return uint64_t{height} * width; }  // of one channel
  friend bool operator==(const LatentSize&, const LatentSize&) = default;
};

// A grid of latent cells that is the same for pictures of any size and shape.
struct FixedGrid {
  uint32_t height = 0;
  uint32_t width = 0;
};

// How pixels, latents and tokens of a model relate. The first picture has a latent frame to itself,
// each further latent frame stands for time_stride pictures.
struct LatentGeometry {
  // Codecs halve the resolution of colours, so that even a model that can make any size is asked
  // for even ones.
  static constexpr uint32_t kEven = 2;

  uint32_t channel_count = 0;
  uint32_t time_stride = 4;
  uint32_t space_stride = 8;  // pixels a latent cell, both ways; unused with a fixed grid
  uint32_t patch = 2;         // latent cells a token, both ways
  std::optional<FixedGrid> fixed_grid = std::nullopt;

  // What the sides of pictures are multiples of.
  uint32_t pixel_multiple() const { return fixed_grid ? kEven : space_stride * patch; }
  uint32_t LatentFrames(uint32_t frame_count) const {
    CHECK_LE(1u, frame_count);
    return 1 + (frame_count - 1 + time_stride - 1) / time_stride;
  }
  uint32_t PictureFrames(uint32_t latent_frame_count) const {
    return latent_frame_count == 0 ? 0 : 1 + (latent_frame_count - 1) * time_stride;
  }
  LatentSize Latent(const ClipSize& clip) const {
    if (fixed_grid) {
      return {channel_count, LatentFrames(clip.frame_count), fixed_grid->height, fixed_grid->width};
    }
    return {channel_count, LatentFrames(clip.frame_count), clip.height_px / space_stride,
            clip.width_px / space_stride};
  }
  uint64_t TokenCount(const LatentSize& latent) const {
    return uint64_t{latent.frame_count} * (latent.height / patch) * (latent.width / patch);
  }
};

}  // namespace aozora
