// SPDX-License-Identifier: Apache-2.0
// A picture of a clip that is not finished: what would be seen if all the noise that is left went
// at once.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "model/model.h"
#include "pipeline/plan.h"
#include "tensor/image.h"

namespace aozora {

using PreviewSink = std::function<void(const Image&)>;  // not larger than the clip

class Previewer {
 public:
  // Of the plan's time: previews may not make a clip come noticeably later.
  static constexpr double kShareMax = 0.05;
  // Of the longer side, where the model can paint its latents at any size.
  static constexpr uint32_t kSidePx = 480;

  // All are borrowed.
  Previewer(const Model& model, op::Device& device, const Plan& plan, const PreviewSink& sink);

  // In a step: `x` [C, F, h, w] has the noise level `sigma`, `velocity` is what the model said of
  // it. For x = (1 - sigma) clean + sigma noise and velocity = noise - clean, as flow matching has
  // it (Lipman et al. 2022, arXiv:2210.02747, section 4.1), clean is x - sigma velocity. Shows the
  // middle latent frame. Does nothing where no sink is given, where a decoder would need memory
  // that was not planned for, or more than its share of the time.
  Status Show(const LatentSize& size, std::span<const float> x, std::span<const float> velocity,
              double sigma);

 private:
  bool IsWorthIt(const LatentSize& size, const ClipSize& picture) const;
  ClipSize Picture() const;

  const Model& model_;
  op::Device& device_;
  const Plan& plan_;
  const PreviewSink& sink_;
  const std::optional<DecoderKind> kind_;
};

}  // namespace aozora
