// SPDX-License-Identifier: Apache-2.0
#include "base/wake.h"

#include <chrono>

namespace aozora {

void Wake::Call() {
  std::lock_guard<std::mutex> lock(mutex_);
  called_ = true;
  condition_.notify_one();
}

void Wake::WaitFor(int64_t milliseconds) {
  std::unique_lock<std::mutex> lock(mutex_);
  condition_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return called_; });
  called_ = false;
}

Background::Background(int64_t interval_ms, std::function<bool()> round)
    : thread_([this, interval_ms, round = std::move(round)] {
        while (!stop_) {
          if (!round() && !stop_) wake_.WaitFor(interval_ms);
        }
      }) {}

Background::~Background() {
  stop_ = true;
  wake_.Call();
  thread_.join();
}

}  // namespace aozora
