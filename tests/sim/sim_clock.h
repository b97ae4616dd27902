// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

namespace aozora {

// A monotonic clock that only advances, and a wall clock that people set.
class SimClock final : public Clock {
 public:
  std::chrono::nanoseconds SinceStart() const override { return elapsed_; }
  std::chrono::system_clock::time_point Now() const override {
    return std::chrono::system_clock::time_point() +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed_ + offset_);
  }
  void Advance(std::chrono::milliseconds by) { elapsed_ += by; }
  void SetForward(std::chrono::milliseconds by) { offset_ += by; }  // or back

 private:
  std::chrono::nanoseconds elapsed_{0};
  std::chrono::nanoseconds offset_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace aozora
