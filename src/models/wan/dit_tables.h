// SPDX-License-Identifier: Apache-2.0
// The small tables that the host computes for the denoiser. Formulas: github.com/Wan-Video/Wan2.2,
// wan/modules/model.py (sinusoidal_embedding_1d, rope_params, rope_apply); all in double.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aozora::wan {

// [timesteps, frequency_count]: cosines first, then sines, of t * 10000^(-i / (frequency_count /
// 2)).
std::vector<float> TimeSinusoid(std::span<const float> timesteps, int64_t frequency_count);

// How many of a head's pairs turn with each axis: 22, 21, 21 for a head of 128.
struct RotationPairs {
  int64_t frame, row, column;
  static RotationPairs Of(int64_t head_width);
};

// [frames * rows * columns, head_width / 2, 2]: cosine and sine of what each pair of a token at
// that place of the grid is turned by. Positions count from 0; each axis has its own exponents.
std::vector<float> RotationTable(int64_t frame_count, int64_t row_count, int64_t column_count,
                                 int64_t head_width);

// The timesteps of all tokens, said shortly: the distinct values in order of first appearance, and
// for each token which of them it has. One value for all has no rows.
struct TokenTimesteps {
  std::vector<float> distinct;
  std::vector<uint32_t> rows;
};
// `timesteps` holds one value, one for each frame, or one for each token; anything else crashes.
TokenTimesteps CollapseTimesteps(std::span<const float> timesteps, int64_t frame_count,
                                 int64_t tokens_a_frame);

}  // namespace aozora::wan
