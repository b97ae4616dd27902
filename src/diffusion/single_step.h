// SPDX-License-Identifier: Apache-2.0
// Samplers that need nothing but the last prediction.
#pragma once

#include <memory>

#include "diffusion/sampler.h"

namespace aozora {

// x += (next - sigma) v: the straight line that flow matching is named after.
class EulerSampler final : public Sampler {
 public:
  EulerSampler(Schedule schedule, size_t value_count);

 private:
  void Step(std::span<const float> velocity, std::span<float> x) override;
};

// For distilled models, which predict the clean latent in one go: x0 = x - sigma v, then noise
// again to the next level with fresh noise, x = (1 - next) x0 + next noise; the last x is x0. DMD,
// LCM and rCM differ in their levels only. (Yin et al. 2024, DMD2; Luo et al. 2023, LCM;
// NVlabs/rcm.)
class RenoiseSampler final : public Sampler {
 public:
  RenoiseSampler(SamplerKind kind, Schedule schedule, size_t value_count,
                 std::unique_ptr<StepNoise> noise);

 private:
  void Step(std::span<const float> velocity, std::span<float> x) override;

  std::unique_ptr<StepNoise> noise_;
  std::vector<float> fresh_;
};

}  // namespace aozora
