// SPDX-License-Identifier: Apache-2.0
// The text encoder: UMT5, the encoder half only. github.com/Wan-Video/Wan2.2, wan/modules/t5.py;
// paper arxiv.org/abs/2304.09151.
#pragma once

#include <memory>

#include "model/model.h"
#include "models/wan/dense.h"

namespace aozora::wan {

struct Umt5Config {
  static constexpr int64_t kBucketCount = 32;  // of distances between tokens

  int64_t vocabulary_count = 0;
  int64_t width = 0;
  int64_t head_count = 0;
  int64_t head_width = 0;
  int64_t ffn_width = 0;
  int64_t layer_count = 0;
};

// Reads the sizes from the shapes in the set (canonical names).
Result<Umt5Config> ReadUmt5Config(const TensorSet& weights);

// The bucket of the distance key position - query position: below 16 for keys to the left and for
// the token itself, from 16 on for keys to the right. Exact up to 7, then wider and wider; all from
// 91 on are one.
int64_t DistanceBucket(int64_t distance);

// Takes all of `weights` (canonical names). Only real tokens are computed; rows of padding, which
// the original masks, do not exist. Stages that a Probe sees: embedding, block{i} [M, C],
// block0_position_bias [H, M, M] (query, key).
Result<std::unique_ptr<TextEncoder>> MakeUmt5(op::Device& device, TensorSet weights,
                                              const Umt5Config& config,
                                              const WeightPolicy& policy = {});

// Weight bytes are the caller's to fill in.
Cost Umt5Cost(const Umt5Config& config, uint64_t token_count);

}  // namespace aozora::wan
