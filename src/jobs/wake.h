// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  std::mutex mutex_;
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace aozora
