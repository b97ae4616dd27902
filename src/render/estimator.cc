// SPDX-License-Identifier: Apache-2.0
#include "render/estimator.h"

namespace aozora {

Result<int64_t> Estimator::WorkMs(const std::string& engine, const VideoWish& wish) {
  const Kind kind(engine, wish.width_px, wish.height_px, wish.seconds,
                  wish.spec.step_count.value_or(0), wish.image.has_value());
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(kind); found != kept_.end()) return found->second;
  }
  const Model* model = TRY(shelf_.Find(engine));
  const VideoPlan video = TRY(PlanVideo(*model, wish, machine_));
  const auto work_ms = static_cast<int64_t>(video.plan.seconds * 1000);
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kKeptMax) kept_.clear();
  kept_.insert_or_assign(kind, work_ms);
  return work_ms;
}

}  // namespace aozora
