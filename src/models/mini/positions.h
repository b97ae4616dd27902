// SPDX-License-Identifier: Apache-2.0
// Where a token stands, as further channels of the denoiser, in and out. Rotary angles say how far
// two tokens are apart and no more: in pure noise, where all tokens look alike, none could know
// whether it is the first second or the last. And what goes from left to right is, on average over
// the clip, nowhere, as on average over all texts at any instant: no sum of what the text says and
// where the token stands tells it, only a product, which is hard to find by descent. So the network
// gives each curve twice, a part that stays and one that is multiplied by the time. The trainer
// does the same, so nothing but the standard library is included here.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace aozora::mini {

inline constexpr uint32_t kPositionChannels = 8;

// Of one token: latent frame `frame` of `frame_count`, slot `slot`. Equal in all of its cells.
inline std::array<float, kPositionChannels> PositionOf(uint32_t frame, uint32_t frame_count,
                                                       uint32_t slot) {
  constexpr double kPi = 3.14159265358979323846;
  constexpr double kSlow = kPi / 12;  // a frame; half a turn is longer than the longest segment
  constexpr double kQuick = kPi / 3;
  // Moves take the whole of a clip, however long: -1 in its first frame, 1 in its last.
  const double share = frame_count > 1 ? 2.0 * frame / (frame_count - 1) - 1 : 0;
  const double all[kPositionChannels] = {std::sin(kSlow * frame),
                                         std::cos(kSlow * frame),
                                         std::sin(kQuick * frame),
                                         std::cos(kQuick * frame),
                                         share,
                                         2 * share * share - 1,
                                         std::sin(kPi / 2 * slot),
                                         std::cos(kPi / 2 * slot)};
  std::array<float, kPositionChannels> position;
  for (uint32_t i = 0; i < kPositionChannels; ++i) position[i] = static_cast<float>(all[i]);
  return position;
}

// What the second part is multiplied by, for control point `point` (0..3) of a latent frame: -1 at
// the start of the clip to 1 at its end.
inline float RampOf(uint32_t frame, uint32_t frame_count, uint32_t point) {
  if (frame_count < 2) return 0;
  const double at = frame == 0 ? 0 : 4.0 * (frame - 1) + point + 1;
  return static_cast<float>(2 * at / (4.0 * (frame_count - 1)) - 1);
}

}  // namespace aozora::mini
