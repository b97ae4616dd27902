// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "base/clock.h"
#include "pipeline/plan.h"

namespace aozora {

// Where a run is. `fraction` is of all the work, by the plan's estimates.
struct Progress {
  std::string_view stage;  // as in Plan::stages
  uint32_t segment_index = 0;
  uint32_t segment_count = 1;
  uint32_t done = 0;  // steps, or frames
  uint32_t total = 0;
  double fraction = 0;
  double seconds_left = 0;
};
using ProgressSink = std::function<void(const Progress&)>;

// Adds up finished work and says how long the rest will take: the plan's estimate, corrected by how
// long the work so far has really taken. The plan, the clock and the sink must outlive it.
class ProgressMeter {
 public:
  ProgressMeter(const Plan& plan, const Clock& clock, const ProgressSink& sink);

  void Report(uint32_t segment, uint32_t done, uint32_t total);
  // The stage is done; `part_skipped` of it was not computed (a checkpoint or a cache had it).
  void NextStage(double part_skipped = 0);

 private:
  const Plan& plan_;
  const Clock& clock_;
  const ProgressSink& sink_;
  const double start_;
  size_t stage_index_ = 0;
  double finished_seconds_ = 0;  // planned seconds of what was computed
  double skipped_seconds_ = 0;
};

}  // namespace aozora
