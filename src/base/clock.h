// SPDX-License-Identifier: Apache-2.0
// Time is passed in, so that tests own it.
#pragma once

#include <chrono>
#include <cstdint>

namespace aozora {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::nanoseconds SinceStart() const = 0;        // monotonic
  virtual std::chrono::system_clock::time_point Now() const = 0;  // wall clock
  double Seconds() const { return std::chrono::duration<double>(SinceStart()).count(); }
};

const Clock& SystemClock();  // the machine's; lives as long as the process, any thread

// Stands still until told otherwise. Not thread-safe.
class FakeClock : public Clock {
 public:
  std::chrono::nanoseconds SinceStart() const override { return elapsed_; }
  std::chrono::system_clock::time_point Now() const override {
    return std::chrono::system_clock::time_point() +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed_);
  }
  void Advance(std::chrono::nanoseconds by) { elapsed_ += by; }

 private:
  std::chrono::nanoseconds elapsed_{0};
};

}  // namespace aozora
