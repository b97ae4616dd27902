// SPDX-License-Identifier: Apache-2.0
// The stops as the gate of the server sees them.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "jobs/stops.h"
#include "store/store.h"

namespace aozora {

// Any thread. Several processes may share the store: what another one stopped holds here within
// kRecheckMs.
class StopBoard {
 public:
  static constexpr int64_t kRecheckMs = 250;

  // Both outlive it.
  StopBoard(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  using Stops = std::shared_ptr<const std::vector<Stop>>;
  Result<Stops> Now();
  void Forget();  // the next look reads anew: after a change in this process

 private:
  Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  Stops stops_;        // guarded by mutex_
  double read_s_ = 0;  // guarded by mutex_; by the monotonic clock
};

}  // namespace aozora
