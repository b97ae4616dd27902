// SPDX-License-Identifier: Apache-2.0
#include "pipeline/denoise.h"

#include <algorithm>

#include "diffusion/guidance.h"
#include "pipeline/latent_frames.h"

namespace aozora {

DenoiseLoop::DenoiseLoop(const Model& model, const Settings& settings, const Conditions& conditions,
                         const LatentSize& size)
    : model_(model), settings_(settings), conditions_(conditions), size_(size) {
  CHECK_EQ(settings.guidance.size(), size_t{model.capabilities().denoiser_count});
  CHECK_LE(conditions.given_count, size.frame_count);
  CHECK_EQ(conditions.given_latents.size(),
           conditions.given_count * size.channel_count * size.frame_value_count());
}

uint32_t DenoiseLoop::ExpertAt(float timestep) const {
  const bool high_noise = timestep >= static_cast<float>(settings_.boundary * 1000);
  return high_noise ? 0 : model_.capabilities().denoiser_count - 1;
}

float DenoiseLoop::GuidanceAt(float timestep) const {
  return settings_.guidance[ExpertAt(timestep)];
}

Status DenoiseLoop::OpenExpert(op::Device& device, float timestep) {
  const uint32_t expert = ExpertAt(timestep);
  if (expert_ == expert) return Ok();
  // The one that is done goes before the next one comes: memory holds one.
  prompt_.reset();
  negative_prompt_.reset();
  denoiser_.reset();
  device.memory().Trim();
  denoiser_ = TRY(model_.OpenDenoiser(device, expert));
  prompt_ = TRY(denoiser_->PreparePrompt(device, conditions_.text));
  if (NeedsUnconditional(settings_.guidance[expert])) {
    negative_prompt_ = TRY(denoiser_->PreparePrompt(device, conditions_.negative_text));
  }
  expert_ = expert;
  return Ok();
}

void DenoiseLoop::GiveFrames(std::span<float> x) const {
  if (conditions_.given_count == 0) return;
  LatentSize given = size_;
  given.frame_count = conditions_.given_count;
  CopyLatentFrames(conditions_.given_latents, given, 0, given.frame_count, x, size_, 0);
}

Status DenoiseLoop::Predict(op::Device& device, const Denoiser::Prompt& prompt,
                            std::span<const float> x, float timestep, std::span<float> velocity) {
  // A frame that is given is clean: its timestep is 0.
  std::vector<float> timesteps = {timestep};
  if (conditions_.given_count > 0) {
    timesteps.assign(size_.frame_count, timestep);
    std::fill_n(timesteps.begin(), conditions_.given_count, 0.0f);
  }
  return denoiser_->Predict(
      device, prompt,
      {.latent = x, .size = size_, .condition = conditions_.extra_channels, .timesteps = timesteps},
      velocity);
}

Status DenoiseLoop::Run(op::Device& device, Sampler& sampler, EasyCache* cache, std::span<float> x,
                        const DenoiseHooks& hooks) {
  const StepProbe& probe = hooks.probe;
  std::vector<float> velocity(x.size());
  std::vector<float> unconditional;
  while (!sampler.done()) {
    const StepInput step = sampler.Next();
    const float scale = GuidanceAt(step.timestep);
    const bool guided = NeedsUnconditional(scale);
    if (guided) unconditional.resize(x.size());
    if (cache != nullptr && step.step_index > 0) {
      const std::vector<float>& all = sampler.schedule().timesteps;
      const float before = all[static_cast<size_t>(step.step_index) - 1];
      if (ExpertAt(before) != ExpertAt(step.timestep)) cache->Forget();
    }
    if (cache != nullptr && cache->ShouldReuse(step.step_index, x)) {
      cache->Reuse(EasyCache::kConditional, x, velocity);
      if (guided) cache->Reuse(EasyCache::kUnconditional, x, unconditional);
    } else {
      TRY(OpenExpert(device, step.timestep));
      TRY(Predict(device, *prompt_, x, step.timestep, velocity));
      if (cache != nullptr) cache->Record(EasyCache::kConditional, x, velocity);
      if (guided) {
        TRY(Predict(device, *negative_prompt_, x, step.timestep, unconditional));
        if (cache != nullptr) cache->Record(EasyCache::kUnconditional, x, unconditional);
      }
    }
    if (probe) probe(step.step_index, "cond", velocity);
    if (guided) {
      if (probe) probe(step.step_index, "uncond", unconditional);
      Guide(unconditional, velocity, scale, velocity);
    }
    if (probe) probe(step.step_index, "guided", velocity);
    if (hooks.in_step) TRY(hooks.in_step(step, x, velocity));
    sampler.Advance(velocity, x);
    GiveFrames(x);
    if (probe) probe(step.step_index, "latent", x);
    if (hooks.after_step) TRY(hooks.after_step(sampler, x, cache));
  }
  return Ok();
}

}  // namespace aozora
