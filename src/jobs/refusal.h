// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace aozora {

enum class RefusalKind {
  kRate,                 // too many creates a minute
  kPersonQueue,          // this person's queue is full
  kQueue,                // everybody's queue is full
  kDailySeconds,         // the day's video seconds are used up
  kDisk,                 // no room for another output
  kStopped,              // an operator stopped it
  kIdempotencyMismatch,  // the key was used with another body
  kPersonDisabled,
};

// A create that was understood and is not done, with the way out.
struct Refusal {
  RefusalKind kind = RefusalKind::kRate;
  std::string message = {};
  int64_t retry_after_s = 0;  // 0: waiting does not help
  std::optional<int64_t> limit = {};
  std::optional<int64_t> remaining = {};
};

}  // namespace aozora
