// SPDX-License-Identifier: Apache-2.0
// One life of a queue from a seed: clients, workers that are slow, crash and come back, answers and
// commits that get lost, clocks that jump, stops, restarts. The same seed is the same life.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace aozora {

struct SimOptions {
  int64_t event_count = 30;
  bool remove_fence = false;  // the planted bug
};

struct SimOutcome {
  std::string violation;  // empty: all held
  std::vector<std::string> trace;
};

// A database in memory that is used for one seed after the other.
class SimWorld {
 public:
  SimWorld();
  ~SimWorld();
  SimOutcome Run(uint64_t seed, const SimOptions& options = {});

 private:
  std::unique_ptr<Store> store_;
};

}  // namespace aozora
