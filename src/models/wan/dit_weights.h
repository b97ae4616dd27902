// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "models/wan/dense.h"
#include "models/wan/dit_config.h"

namespace aozora::wan {

inline constexpr float kDitEps = 1e-6f;  // of all norms of the published models

// The order of the six rows of a modulation table (and of e0): shift, scale and gate of the
// self-attention, then of the feed-forward layer.
enum ModulationRow : int64_t {
  kShiftAttention,
  kScaleAttention,
  kGateAttention,
  kShiftFfn,
  kScaleFfn,
  kGateFfn,
  kModulationRowCount,
};

struct AttentionWeights {
  Dense q, k, v, o;
  op::Tensor norm_q, norm_k;  // [C]: the norm runs over all heads together
  void Release() const;
};

struct BlockWeights {
  op::Tensor modulation;  // [6 * C]
  AttentionWeights self;
  op::Tensor norm3_weight, norm3_bias;  // [C], before the cross-attention
  AttentionWeights cross;
  Dense ffn_in, ffn_out;
  void Release() const;
};

struct DitWeights {
  Dense patch;                      // [C, channels * 4], from a convolution's weight
  std::array<Dense, 2> text, time;  // text_embedding.0, .2 and time_embedding.0, .2
  Dense time_projection;            // [6 * C, C]
  std::vector<BlockWeights> blocks;
  op::Tensor head_shift, head_scale;  // [C]
  Dense head;
};

// Takes everything; whatever is left over is an error, since it would mean another network.
Result<DitWeights> TakeDitWeights(op::Device& device, TensorSet weights, const DitConfig& config,
                                  const WeightPolicy& policy);

}  // namespace aozora::wan
