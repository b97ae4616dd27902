// SPDX-License-Identifier: Apache-2.0
// From what a job wishes to what is computed and delivered: models make the sizes and rates that
// they were trained for, people get those that they asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipeline/plan.h"
#include "render/delivery.h"
#include "render/spec.h"
#include "store/job_records.h"

namespace aozora {

inline constexpr uint32_t kDeliveryFrameRate = 24;  // where none is asked for

struct VideoWish {
  std::string prompt;
  uint32_t width_px = 0, height_px = 0;
  uint32_t seconds = 0;
  RenderSpec spec;
  JobKind kind = JobKind::kCreate;
  std::optional<Image> image;                // the first picture
  std::shared_ptr<const ClipLatent> source;  // what a remix, an edit or an extension starts from
  std::shared_ptr<const ClipLatent> target;  // what an extension leads into, or null
};
Result<VideoWish> WishOf(const JobRecord& job);  // without image, source and target

struct VideoPlan {
  Plan plan;
  DeliverySettings delivery;  // without paths
};

// Refuses, with numbers and a way out, what the model cannot do or the machine cannot hold.
Result<VideoPlan> PlanVideo(const Model& model, const VideoWish& wish, const Machine& machine);

// The picture size that a model makes when a file of this size is wished for: the same where it
// can, else the same shape with as many pixels as it was trained on.
ClipSize MadeSize(const Model& model, uint32_t width_px, uint32_t height_px);

}  // namespace aozora
