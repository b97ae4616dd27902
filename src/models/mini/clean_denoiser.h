// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/components.h"

namespace aozora::mini {

// A latent of noise level s is (1 - s) clean + s noise, so its velocity is noise - clean =
// (latent - clean) / s. Near s = 0 that would enlarge what the network gets wrong without bound;
// s is taken to be at least this, as in training.
inline constexpr float kSigmaMin = 0.02f;

// A denoiser for samplers, made from a network of the same kind that gives the clean latent where a
// Denoiser gives the velocity. A frame that is given as clean has velocity near 0 this way.
std::unique_ptr<Denoiser> MakeVelocityFromClean(std::unique_ptr<Denoiser> network);

}  // namespace aozora::mini
