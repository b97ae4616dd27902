// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "pipeline/machine.h"
#include "render/model_shelf.h"
#include "render/video_plan.h"

namespace aozora {

// How long a video will take this machine, and whether it can be made at all, before it is queued.
// Any thread.
class Estimator {
 public:
  static constexpr size_t kKeptMax = 1000;

  // `machine` is measured once, when nothing else runs. The shelf is borrowed.
  Estimator(ModelShelf& shelf, const Machine& machine) : shelf_(shelf), machine_(machine) {}

  // Milliseconds of rendering. Refuses what PlanVideo refuses. Known combinations of model, size,
  // length and steps are answered from memory: creating a job has ten milliseconds.
  Result<int64_t> WorkMs(const std::string& engine, const VideoWish& wish);

 private:
  using Kind = std::tuple<std::string, uint32_t, uint32_t, uint32_t, int, bool>;

  ModelShelf& shelf_;
  const Machine machine_;
  std::mutex mutex_;
  std::map<Kind, int64_t> kept_;
};

}  // namespace aozora
