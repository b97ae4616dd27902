// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

// Frames per second as an exact fraction, so that no clip drifts: 24/1, 30000/1001.
struct FrameRate {
  uint32_t numerator = 24;
  uint32_t denominator = 1;

  // "24", "23.976" (three digits at most; taken as written, 2997/125) or "30000/1001".
  static Result<FrameRate> Parse(std::string_view text);
  // Says why not if it is outside of the limits below. Whoever takes a rate from a caller asks.
  Status Validate() const;

  double per_second() const { return static_cast<double>(numerator) / denominator; }
  std::string ToString() const;                   // "24" or "30000/1001"
  bool operator==(const FrameRate& other) const;  // 48/2 is 24/1
};

inline constexpr uint32_t kFrameRateMax = 120;
inline constexpr uint32_t kFrameRateMin = 1;
// Keeps products with frame counts inside 64 bits (interpolate.cc).
inline constexpr uint32_t kFrameRateTermMax = 1'000'000;

// How many frames at rate `to` last as long as `frame_count` frames at rate `from`: the nearest
// integer, halves upwards, and at least one. Both rates are valid and frame_count <= 1e6 (checked).
uint64_t ConvertedFrameCount(uint64_t frame_count, FrameRate from, FrameRate to);

}  // namespace aozora
