// SPDX-License-Identifier: Apache-2.0
// The denoiser of Wan 2.1 and 2.2: a diffusion transformer over tokens of 1 x 2 x 2 latent cells.
// github.com/Wan-Video/Wan2.2, wan/modules/model.py; paper arxiv.org/abs/2503.20314.
#pragma once

#include <memory>

#include "models/wan/dense.h"
#include "models/wan/dit_config.h"

namespace aozora::wan {

// Takes all of `weights` (canonical names). Stages that a Probe sees: patch_tokens [M, C],
// time_sinusoid [R, 256], time_e [R, C], time_e0 [R, 6 * C], text_tokens [text rows, C] (at
// PreparePrompt), block{i} [M, C], head_tokens [M, out channels * 4], and within the first layer
// block0_self_in, _q, _k, _q_rope, _k_rope, _v, _self_heads, _self_out, _after_self, _cross_in,
// _cross_heads, _cross_out, _after_cross, _ffn_in, _ffn_out [M, C].
Result<std::unique_ptr<Denoiser>> MakeDit(op::Device& device, TensorSet weights,
                                          const DitConfig& config, const WeightPolicy& policy = {});

}  // namespace aozora::wan
