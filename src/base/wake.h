// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace aozora {

// Something that threads wait for, or for some time. A call that nobody waits for is kept for the
// next who does.
class Wake {
 public:
  void Call();
  void WaitFor(int64_t milliseconds);

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool called_ = false;
};

// A thread that calls `round` until it is stopped: again at once if that returned true (there is
// more), else after `interval_ms` or a call of wake().
class Background {
 public:
  Background(int64_t interval_ms, std::function<bool()> round);
  ~Background();  // waits for the round that runs
  Wake& wake() { return wake_; }

 private:
  Wake wake_;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace aozora
