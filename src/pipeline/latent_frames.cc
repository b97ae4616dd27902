// SPDX-License-Identifier: Apache-2.0
#include "pipeline/latent_frames.h"

#include <algorithm>

namespace aozora {

void CopyLatentFrames(std::span<const float> from, const LatentSize& from_size, uint32_t from_frame,
                      uint32_t count, std::span<float> to, const LatentSize& to_size,
                      uint32_t to_frame) {
  CHECK_EQ(from.size(), from_size.count());
  CHECK_EQ(to.size(), to_size.count());
  CHECK_EQ(from_size.channel_count, to_size.channel_count);
  CHECK(from_size.height == to_size.height && from_size.width == to_size.width);
  CHECK_LE(uint64_t{from_frame} + count, uint64_t{from_size.frame_count});
  CHECK_LE(uint64_t{to_frame} + count, uint64_t{to_size.frame_count});
  const size_t plane = from_size.frame_value_count();
  for (size_t channel = 0; channel < from_size.channel_count; ++channel) {
    const auto piece =
        from.subspan((channel * from_size.frame_count + from_frame) * plane, count * plane);
    const size_t at = (channel * to_size.frame_count + to_frame) * plane;
    std::copy(piece.begin(), piece.end(), to.subspan(at).begin());
  }
}

std::vector<float> LatentFramesOf(std::span<const float> latent, const LatentSize& size,
                                  uint32_t first_frame, uint32_t count) {
  LatentSize part = size;
  part.frame_count = count;
  std::vector<float> frames(part.count());
  CopyLatentFrames(latent, size, first_frame, count, frames, part, 0);
  return frames;
}

}  // namespace aozora
