// SPDX-License-Identifier: Apache-2.0
// A picture of a clip that is not finished: what would be seen if all the noise that is left went
// at once.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "diffusion/sampler.h"
#include "model/model.h"
#include "pipeline/plan.h"
#include "tensor/image.h"

namespace aozora {

using PreviewSink = std::function<void(const Image&)>;  // not larger than the clip

class Previewer {
 public:
  // Of the plan's time, and of its memory beyond that: previews may not be noticed otherwise.
  static constexpr double kShareMax = 0.05;
  // Of the longer side, where the model can paint its latents at any size.
  static constexpr uint32_t kSidePx = 480;

  // Of a segment of the plan, which takes `step_count` steps. All are borrowed.
  Previewer(const Model& model, op::Device& device, const Plan& plan, int step_count,
            const PreviewSink& sink);

  // In a step: `x` [C, F, h, w] has the noise level of the step, `velocity` is what the model said
  // of it. For x = (1 - sigma) clean + sigma noise and velocity = noise - clean, as flow matching
  // has it (Lipman et al. 2022, arXiv:2210.02747, section 4.1), clean is x - sigma velocity. Shows
  // the middle latent frame, in as many of the steps as kShareMax allows.
  Status Show(const StepInput& step, const LatentSize& size, std::span<const float> x,
              std::span<const float> velocity);

 private:
  int CountMax(const Plan& plan) const;

  const Model& model_;
  op::Device& device_;
  const PreviewSink& sink_;
  const int step_count_;
  const std::optional<DecoderKind> kind_;
  const ClipSize picture_;
  const int count_max_;  // last: it follows from the others
};

}  // namespace aozora
