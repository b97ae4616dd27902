// SPDX-License-Identifier: Apache-2.0
// Where a token stands, as further input channels of the denoiser. Rotary angles say how far two
// tokens are apart and no more: in pure noise, where all tokens look alike, none could know whether
// it is the first second or the last, and which way is left. The trainer fills in the same numbers,
// so nothing but the standard library is included here.
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
  const double all[kPositionChannels] = {std::sin(kSlow * frame),  std::cos(kSlow * frame),
                                         std::sin(kQuick * frame), std::cos(kQuick * frame),
                                         share,                    2 * share * share - 1,
                                         std::sin(kPi / 2 * slot), std::cos(kPi / 2 * slot)};
  std::array<float, kPositionChannels> position;
  for (uint32_t i = 0; i < kPositionChannels; ++i) position[i] = static_cast<float>(all[i]);
  return position;
}

}  // namespace aozora::mini
