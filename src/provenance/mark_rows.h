// SPDX-License-Identifier: Apache-2.0
// The two passes of the invisible mark over a frame's pixels, as fast as memory allows.
#pragma once

#include <cstdint>
#include <span>

namespace aozora {

// Adds to luma_sums[x] the luma (0..255) of one row of R G B, and to detail_sums[x] how much it
// differs from the pixel to its right; the last column's difference is 0. `luma` is scratch of
// `width` + 64 bytes.
void AddLumaRow(const uint8_t* rgb, size_t width, uint8_t* luma, uint16_t* luma_sums,
                uint16_t* detail_sums);

// Strengths are in 1/64 levels of 8 bits.
inline constexpr int kStrengthOne = 64;

// Column x of `out`, three times over (one for each channel), is chips[index[x]] * (1 - share[x]) +
// chips[index[x] + 1] * share[x].
void ExpandChips(const float* chips, const int32_t* index, const float* share, size_t width,
                 int16_t* out);

// to[i] = from[i] + above[i] * (1 - share) + below[i] * share, rounded and kept within 0..255.
void BlendRow(const uint8_t* from, const int16_t* above, const int16_t* below, float share,
              size_t count, uint8_t* to);

}  // namespace aozora
