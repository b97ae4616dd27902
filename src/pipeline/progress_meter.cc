// SPDX-License-Identifier: Apache-2.0
#include "pipeline/progress_meter.h"

#include <algorithm>

namespace aozora {
namespace {

// What the plan said counts as if that share of the work had been done at its pace: the first
// pictures of a stage are quick, for the encoder lags behind.
constexpr double kPlanShare = 0.3;

}  // namespace

ProgressMeter::ProgressMeter(const Plan& plan, const Clock& clock, const ProgressSink& sink)
    : plan_(plan), clock_(clock), sink_(sink), start_(clock.Seconds()) {}

void ProgressMeter::Report(uint32_t segment, uint32_t done, uint32_t total) {
  if (!sink_) return;
  const StageCost& stage = plan_.stages[stage_index_];
  const double within = total > 0 ? static_cast<double>(done) / total : 0;
  const double planned = finished_seconds_ + stage.seconds * within;
  const double all = std::max(plan_.seconds, 1e-9);
  const double elapsed = clock_.Seconds() - start_;
  const double ahead = std::max(all - planned - skipped_seconds_, 0.0);
  const double trusted = kPlanShare * all;
  const double pace = (elapsed + trusted) / (planned + trusted);
  sink_({.stage = stage.name,
         .segment_index = segment,
         .segment_count = std::max<uint32_t>(static_cast<uint32_t>(plan_.segments.size()), 1),
         .done = done,
         .total = total,
         .fraction = std::min((planned + skipped_seconds_) / all, 1.0),
         .seconds_left = ahead * pace});
}

void ProgressMeter::NextStage(double part_skipped) {
  const double seconds = plan_.stages[stage_index_].seconds;
  finished_seconds_ += seconds * (1 - part_skipped);
  skipped_seconds_ += seconds * part_skipped;
  if (stage_index_ + 1 < plan_.stages.size()) ++stage_index_;
}

}  // namespace aozora
