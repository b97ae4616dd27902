// SPDX-License-Identifier: Apache-2.0
// Networks with the real tensors' names and shapes and random values: for timing, for memory, and
// for trying formats where the published weights are not at hand. What they make is noise.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/wan/dit_config.h"
#include "models/wan/umt5.h"

namespace aozora::wan {

// One tensor to be made, under its canonical name. Deviations keep activations of order one.
struct TensorPlan {
  std::string name;
  Shape shape;
  float mean = 0;
  float deviation = 0;
};

std::vector<TensorPlan> PlanDit(const DitConfig& config);
std::vector<TensorPlan> PlanUmt5(const Umt5Config& config);
// Widths of the largest pictures' level: 96 in VAE 2.1; 160 (encoder) and 256 (decoder) in VAE 2.2.
std::vector<TensorPlan> PlanVae21(int64_t width);
std::vector<TensorPlan> PlanVae22(int64_t encoder_width, int64_t decoder_width);
// TAEHV's decoder with the widths of its four levels: 256, 128, 64, 64 in the published ones.
std::vector<TensorPlan> PlanTinyDecoder(int64_t latent_channels, int64_t patch,
                                        const std::vector<int64_t>& widths);

// The published sizes.
DitConfig Dit1_3B();
DitConfig Dit5B();
DitConfig Dit14B();
Umt5Config Umt5Xxl();

// The tensor's values, the same for a seed and name whatever else is made. f32, f16 or bf16; values
// are a sum of four uniform numbers: near enough to normal, and quick to make by the billion.
Weight RandomWeight(const TensorPlan& plan, DType dtype, uint64_t seed);
TensorSet RandomSet(const std::vector<TensorPlan>& plan, DType dtype, uint64_t seed);

}  // namespace aozora::wan
