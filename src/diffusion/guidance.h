// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace aozora {

// Classifier-free guidance (Ho and Salimans 2022): the model is asked with the prompt and with the
// negative prompt, and the difference is exaggerated.
//
// A model may consist of two experts, one for the noisier levels and one for the rest, each with a
// scale of its own: the noisy one is asked while timestep >= boundary_timestep.
struct GuidanceScales {
  float high_noise = 1;
  float low_noise = 1;
  float boundary_timestep = 0;  // on the scale of 0 to 1000; 0: high_noise all the way

  bool IsHighNoise(float timestep) const { return timestep >= boundary_timestep; }
  float At(float timestep) const { return IsHighNoise(timestep) ? high_noise : low_noise; }
};

// A scale of 1 is the answer with the prompt alone: the second question need not be asked.
inline bool NeedsUnconditional(float scale) { return scale != 1; }

// out = unconditional + scale (conditional - unconditional), in float as the references have it.
// All of one size; out may be one of the other two.
void Guide(std::span<const float> unconditional, std::span<const float> conditional, float scale,
           std::span<float> out);

}  // namespace aozora
