// SPDX-License-Identifier: Apache-2.0
// One layer of the denoiser: self-attention, cross-attention to the text, feed-forward, each with a
// norm before it and added to the stream x. Letters as in op/op.h; N text rows.
#pragma once

#include "models/wan/dit_weights.h"

namespace aozora::wan {

// What is the same for all layers of one forward.
struct BlockInput {
  const DitConfig& config;
  ConstView rotation;  // [M, D / 2, 2]
  ConstView time;      // [R, 6 * C]: e0
  op::RowIndex rows;   // of `time`, for each token; empty if R is 1
};

// Keys and values of a layer's text; the last stands for last_key_count identical ones.
struct TextKeys {
  op::Tensor key, value;  // [N, C]
  uint32_t last_key_count = 1;
};

// Memory that the layers share, allocated once for a forward.
class BlockBuffers {
 public:
  BlockBuffers(op::Device& device, const DitConfig& config, int64_t token_count);

  View x() const { return x_; }  // [M, C]: the stream
  View h() const { return h_; }  // [M, C]: normed input of a part, then its result
  View wide(int64_t rows, int64_t width, int64_t index = 0) const;  // matrix `index` of that size

 private:
  op::Tensor x_, h_, wide_;
};

// x of the buffers is the layer's input and becomes its output.
Status RunBlock(op::Device& device, const BlockWeights& weights, const BlockInput& input,
                const TextKeys& text, const BlockBuffers& buffers, const Stages& stages);

}  // namespace aozora::wan
