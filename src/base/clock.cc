// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

namespace aozora {
namespace {

class RealClock : public Clock {
 public:
  std::chrono::nanoseconds SinceStart() const override {
    return std::chrono::steady_clock::now() - start_;
  }
  std::chrono::system_clock::time_point Now() const override {
    return std::chrono::system_clock::now();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock clock;
  return clock;
}

}  // namespace aozora
