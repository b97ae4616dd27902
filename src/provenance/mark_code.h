// SPDX-License-Identifier: Apache-2.0
// The number inside the invisible mark as bits that survive noise: 32 bits of number and 16 of
// check, through a tail-biting convolutional code of rate 1/3.
//
// The code is the one of constraint length 9 with the generators 557, 663, 711 (octal) and free
// distance 18 (Proakis, Digital Communications, table of rate-1/3 codes of largest free distance;
// 3GPP TS 25.212 has the same). Tail-biting: the encoder starts in the state that it will end in,
// so that no bit is spent on a tail (Ma and Wolf, IEEE Trans. Comm. 34, 1986).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace aozora {

inline constexpr int kMarkIdBits = 32;
inline constexpr int kMarkCheckBits = 16;
inline constexpr int kMarkPayloadBits = kMarkIdBits + kMarkCheckBits;
inline constexpr int kMarkCodedBits = 3 * kMarkPayloadBits;

using MarkCodeword = std::array<int8_t, kMarkCodedBits>;  // +1 for a one, -1 for a zero

MarkCodeword EncodeMark(uint32_t id);

struct DecodedMark {
  uint32_t id = 0;
  // How well the soft bits fit the codeword: their normalised correlation, 1 for a perfect fit.
  // Pure noise comes to about 0.6, since the nearest of 2^48 codewords is chosen.
  double fit = 0;
};

// The nearest codeword to the soft bits (any scale; positive: rather a one), or nothing when its
// check bits are wrong. Soft Viterbi decoding, going round until the ends meet.
std::optional<DecodedMark> DecodeMark(std::span<const float, kMarkCodedBits> soft);

}  // namespace aozora
