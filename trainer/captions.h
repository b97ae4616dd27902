// SPDX-License-Identifier: Apache-2.0
// Examples for the denoiser: slots of scenes with the token ids of their captions.
#pragma once

#include <string>
#include <vector>

#include "text/tokenizer.h"
#include "trainer/latent.h"
#include "trainer/torch.h"
#include "world/caption.h"
#include "world/scene.h"

namespace aozora::trainer {

struct Captioned {
  world::Scene scene;
  world::Caption caption;
};

struct DenoiserBatch {
  torch::Tensor slots;    // [B, T, 4, 72], clean
  torch::Tensor ids;      // [B, L]
  torch::Tensor lengths;  // [B]
  int64_t known_frames = 0;
  std::vector<Captioned> examples;
};

struct DenoiserBatchSize {
  int count = 128;
  int latent_frames = 6;
  // Latent frames at the front that will be given: 0, 1 as from a picture, or more as from the end
  // of another clip. Then clips start anywhere in their scenes, else with them.
  int known_frames = 0;
  float without_caption = 0.1f;  // share of examples with an empty prompt
  world::Split split = world::Split::kTrain;
};

DenoiserBatch MakeDenoiserBatch(uint64_t seed, const world::WorldSubset& subset,
                                const Tokenizer& tokenizer, const DenoiserBatchSize& size,
                                const torch::Device& device);

// Ids of texts as the engine gives them: cleaned, cut off, with the end token; padded with 0.
std::pair<torch::Tensor, torch::Tensor> ToIds(const std::vector<std::string>& texts,
                                              const Tokenizer& tokenizer,
                                              const torch::Device& device);

SlotLatent ToLatent(const torch::Tensor& slots);  // [T, 4, 72]

}  // namespace aozora::trainer
