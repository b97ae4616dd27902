// SPDX-License-Identifier: Apache-2.0
// Latents are [channels, frames, height, width]: a frame of one is a piece of each channel.
#pragma once

#include <span>
#include <vector>

#include "model/geometry.h"

namespace aozora {

// `count` frames of one latent, from `from_frame` on, into another from `to_frame` on. They have
// the same channels, height and width; both ranges lie inside (CHECK).
void CopyLatentFrames(std::span<const float> from, const LatentSize& from_size, uint32_t from_frame,
                      uint32_t count, std::span<float> to, const LatentSize& to_size,
                      uint32_t to_frame);

// The same, as a latent of its own.
std::vector<float> LatentFramesOf(std::span<const float> latent, const LatentSize& size,
                                  uint32_t first_frame, uint32_t count);

}  // namespace aozora
