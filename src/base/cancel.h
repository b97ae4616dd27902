// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace aozora {

// Somebody's wish that a piece of work should stop. Set once, from any thread or a signal handler;
// read by the workers between pieces of work that take milliseconds.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);  // so that a signal handler may set it
};

}  // namespace aozora
