// SPDX-License-Identifier: Apache-2.0
// The loop in the middle: from noise to a clean latent, step by step, with guidance, step caching,
// experts that take turns, and given first frames.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "diffusion/easy_cache.h"
#include "diffusion/sampler.h"
#include "model/model.h"
#include "pipeline/plan.h"

namespace aozora {

// What the denoiser is told besides the noise.
struct Conditions {
  TextEmbedding text;
  TextEmbedding negative_text;        // empty where there is no guidance
  std::vector<float> given_latents;   // [C, n, h, w]: the first n latent frames are given, or empty
  uint32_t given_count = 0;           // n
  std::vector<float> extra_channels;  // [C', F, h, w], or empty
};

// Sees what a step computed: "cond", "uncond", "guided", "latent".
using StepProbe =
    std::function<void(int step_index, std::string_view what, std::span<const float> values)>;
// Called after each step, with the state that a resumed run would start from.
using AfterStep = std::function<Status(const Sampler& sampler, std::span<const float> latent,
                                       const EasyCache* cache)>;
// Called in each step, with what it starts from and what the model, guided, says of that.
using InStep = std::function<Status(const StepInput& step, std::span<const float> latent,
                                    std::span<const float> velocity)>;

// What a loop's caller may see of it; each may be empty.
struct DenoiseHooks {
  InStep in_step = {};
  AfterStep after_step = {};
  StepProbe probe = {};
};

// One segment. Opens the experts of the model as they are needed, one at a time.
class DenoiseLoop {
 public:
  // `size` is the latent's; conditions and model must outlive the loop.
  DenoiseLoop(const Model& model, const Settings& settings, const Conditions& conditions,
              const LatentSize& size);

  // Runs the sampler from where it stands to its end; x is its latent. cache may be null.
  Status Run(op::Device& device, Sampler& sampler, EasyCache* cache, std::span<float> x,
             const DenoiseHooks& hooks);

  // Puts the given frames into x: before the first step and after each.
  void GiveFrames(std::span<float> x) const;

 private:
  Status OpenExpert(op::Device& device, float timestep);
  Status Predict(op::Device& device, const Denoiser::Prompt& prompt, std::span<const float> x,
                 float timestep, std::span<float> velocity);
  float GuidanceAt(float timestep) const;
  uint32_t ExpertAt(float timestep) const;

  const Model& model_;
  const Settings& settings_;
  const Conditions& conditions_;
  LatentSize size_;
  std::optional<uint32_t> expert_;
  std::unique_ptr<Denoiser> denoiser_;
  std::unique_ptr<Denoiser::Prompt> prompt_;
  std::unique_ptr<Denoiser::Prompt> negative_prompt_;
};

}  // namespace aozora
