// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/geometry.h"
#include "model/model.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

// Sizes of the diffusion transformer. Every one but the head width and the text length shows in the
// shapes of its tensors.
struct DitConfig {
  static constexpr int64_t kHeadWidth = 128;  // of all published Wan models
  static constexpr int64_t kTextTokenCount = 512;
  static constexpr uint32_t kPatch = 2;  // latent cells a token, both ways; 1 in time

  int64_t width = 0;  // of the residual stream: 1536, 3072, 5120
  int64_t ffn_width = 0;
  int64_t layer_count = 0;
  int64_t head_width = kHeadWidth;
  int64_t text_width = 0;                      // of a row of the text encoder
  int64_t text_token_count = kTextTokenCount;  // rows that cross-attention sees, padding included
  int64_t in_channel_count = 0;                // latent and condition
  int64_t out_channel_count = 0;               // latent
  int64_t frequency_count = 0;                 // cosines and sines of the timestep: 256

  int64_t head_count() const { return width / head_width; }
  int64_t patch_values() const { return int64_t{kPatch} * kPatch; }  // of a channel
  int64_t TokenCount(const LatentSize& latent) const {
    return int64_t{latent.frame_count} * (latent.height / kPatch) * (latent.width / kPatch);
  }
};

// What the checkpoint's config.json or metadata may say besides the tensors.
struct DitHints {
  int64_t head_width = DitConfig::kHeadWidth;
  int64_t text_token_count = DitConfig::kTextTokenCount;
};

// Reads the sizes from the shapes in the set (canonical names). Each tensor's exact shape is
// checked later, when it is taken.
Result<DitConfig> ReadDitConfig(const TensorSet& weights, const DitHints& hints = {});

// One forward of the denoiser. The text rows that attention sees are the real ones and, when there
// is padding, one for all of it. Weight bytes are the caller's to fill in.
Cost DitCost(const DitConfig& config, const LatentSize& latent, uint64_t text_token_count);

// Rows of tokens that the feed-forward layer works on at a time: as many as make its hidden values
// fit the memory that queries, keys and values needed just before.
int64_t FfnRowsAtOnce(const DitConfig& config, int64_t token_count);

}  // namespace aozora::wan
