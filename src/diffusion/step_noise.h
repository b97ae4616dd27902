// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/rng.h"

namespace aozora {

// The fresh noise that a re-noising sampler mixes in after a step. What a step gets depends on
// nothing but the step, so that a resumed run draws what the unbroken one would have drawn.
class StepNoise {
 public:
  virtual ~StepNoise() = default;
  // Standard normal values for the transition from step `step_index` (from 0) to the next.
  virtual void Fill(int step_index, std::span<float> out) = 0;
};

// A source of its own for each step, seeded with SplitSeed(seed, step_index).
std::unique_ptr<StepNoise> MakeSplitStepNoise(NormalKind kind, uint64_t seed);

// One sequence for all, as scripts on torch have it: draw 0 of the seed is the initial noise, draw
// i + 1 follows step i, all of the same size. Costs i + 2 draws, so it suits a few steps.
std::unique_ptr<StepNoise> MakeContinuedStepNoise(NormalKind kind, uint64_t seed);

}  // namespace aozora
