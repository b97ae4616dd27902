// SPDX-License-Identifier: Apache-2.0
#include "diffusion/single_step.h"

#include <utility>

#include "base/check.h"

namespace aozora {

EulerSampler::EulerSampler(Schedule schedule, size_t value_count)
    : Sampler(SamplerKind::kEuler, std::move(schedule), value_count, {}) {}

void EulerSampler::Step(std::span<const float> velocity, std::span<float> x) {
  const double change = sigma(step_index() + 1) - sigma(step_index());
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(x[i] + change * velocity[i]);
}

RenoiseSampler::RenoiseSampler(SamplerKind kind, Schedule schedule, size_t value_count,
                               std::unique_ptr<StepNoise> noise)
    : Sampler(kind, std::move(schedule), value_count, {}), noise_(std::move(noise)) {
  CHECK(noise_ != nullptr);
}

void RenoiseSampler::Step(std::span<const float> velocity, std::span<float> x) {
  const double level = sigma(step_index()), next = sigma(step_index() + 1);
  if (next == 0) {
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(x[i] - level * velocity[i]);
    return;
  }
  fresh_.resize(x.size());
  noise_->Fill(step_index(), fresh_);
  for (size_t i = 0; i < x.size(); ++i) {
    const double x0 = x[i] - level * velocity[i];
    x[i] = static_cast<float>((1 - next) * x0 + next * fresh_[i]);
  }
}

}  // namespace aozora
