// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit_block.h"

#include <algorithm>
#include <cmath>

namespace aozora::wan {
namespace {

struct Block {
  op::Device& device;
  const BlockWeights& weights;
  const BlockInput& input;
  const TextKeys& text;
  const BlockBuffers& buffers;
  const Stages& stages;
  ConstView modulation;  // [R, 6 * C]

  int64_t width() const { return input.config.width; }
  int64_t token_count() const { return buffers.x().dim(0); }
  ConstView Row(ModulationRow row) const { return modulation.Columns(row * width(), width()); }
  ConstView Heads(ConstView x) const { return x.As(HeadsShape(x)); }
  View Heads(View x) const { return x.As(HeadsShape(x)); }
  Shape HeadsShape(ConstView x) const {
    return {x.dim(0), input.config.head_count(), input.config.head_width};
  }
  float attention_scale() const {
    return 1 / std::sqrt(static_cast<float>(input.config.head_width));
  }

  Status Norm(ModulationRow shift, ModulationRow scale) const;
  Status AddResult(const Dense& dense, ConstView gate, std::string_view stage) const;
  Status ShowUnrotated(View x, const op::Tensor& norm, std::string_view stage) const;
  Status SelfAttention() const;
  Status CrossAttention() const;
  Status FeedForward() const;
};

// h = modulated norm of x
Status Block::Norm(ModulationRow shift, ModulationRow scale) const {
  return device.Run(op::LayerNorm{.x = buffers.x(),
                                  .eps = kDitEps,
                                  .scale = Row(scale),
                                  .shift = Row(shift),
                                  .row = input.rows,
                                  .y = buffers.h()});
}

// x += gate * dense(h). What is added, before the gate, exists only to be shown.
Status Block::AddResult(const Dense& dense, ConstView gate, std::string_view stage) const {
  if (stages) {
    const op::Tensor result = device.New(buffers.x().shape());
    TRY(device.Run(dense.Op(buffers.h(), result)));
    stages.Show(stage, result);
  }
  op::Linear add = dense.Op(buffers.h(), buffers.x());
  add.residual = buffers.x();
  add.gate = gate;
  if (gate) add.gate_row = input.rows;
  return device.Run(add);
}

// The rotation is part of the norm, so what lies between them exists only to be shown.
Status Block::ShowUnrotated(View x, const op::Tensor& norm, std::string_view stage) const {
  if (!stages) return Ok();
  const op::Tensor y = device.New(x.shape());
  TRY(device.Run(op::RmsNorm{.x = x, .eps = kDitEps, .weight = norm, .y = y}));
  stages.Show(stage, y);
  return Ok();
}

Status Block::SelfAttention() const {
  const AttentionWeights& w = weights.self;
  TRY(Norm(kShiftAttention, kScaleAttention));
  stages.Show("self_in", buffers.h());
  const View q = buffers.wide(token_count(), width(), 0);
  const View k = buffers.wide(token_count(), width(), 1);
  const View v = buffers.wide(token_count(), width(), 2);
  TRY(device.Run(w.q.Op(buffers.h(), q)));
  TRY(device.Run(w.k.Op(buffers.h(), k)));
  TRY(device.Run(w.v.Op(buffers.h(), v)));
  TRY(ShowUnrotated(q, w.norm_q, "q"));
  TRY(ShowUnrotated(k, w.norm_k, "k"));
  for (const auto& [x, norm] : {std::pair(q, &w.norm_q), std::pair(k, &w.norm_k)}) {
    TRY(device.Run(
        op::RmsNorm{.x = x, .eps = kDitEps, .weight = *norm, .rotation = input.rotation, .y = x}));
  }
  stages.Show("q_rope", q);
  stages.Show("k_rope", k);
  stages.Show("v", v);
  TRY(device.Run(op::Attention{.q = Heads(q),
                               .k = Heads(k),
                               .v = Heads(v),
                               .scale = attention_scale(),
                               .out = Heads(buffers.h())}));
  stages.Show("self_heads", buffers.h());
  TRY(AddResult(w.o, Row(kGateAttention), "self_out"));
  stages.Show("after_self", buffers.x());
  return Ok();
}

Status Block::CrossAttention() const {
  const AttentionWeights& w = weights.cross;
  TRY(device.Run(op::LayerNorm{.x = buffers.x(),
                               .eps = kDitEps,
                               .weight = weights.norm3_weight,
                               .bias = weights.norm3_bias,
                               .y = buffers.h()}));
  stages.Show("cross_in", buffers.h());
  const View q = buffers.wide(token_count(), width());
  TRY(device.Run(w.q.Op(buffers.h(), q)));
  TRY(device.Run(op::RmsNorm{.x = q, .eps = kDitEps, .weight = w.norm_q, .y = q}));
  TRY(device.Run(op::Attention{.q = Heads(q),
                               .k = Heads(text.key.view()),
                               .v = Heads(text.value.view()),
                               .scale = attention_scale(),
                               .last_key_count = text.last_key_count,
                               .out = Heads(buffers.h())}));
  stages.Show("cross_heads", buffers.h());
  TRY(AddResult(w.o, ConstView(), "cross_out"));
  stages.Show("after_cross", buffers.x());
  return Ok();
}

// Some rows at a time, since the hidden layer is several times wider than the stream.
Status Block::FeedForward() const {
  TRY(Norm(kShiftFfn, kScaleFfn));
  stages.Show("ffn_in", buffers.h());
  op::Tensor shown;
  if (stages) shown = device.New(buffers.x().shape());
  const int64_t rows_max = FfnRowsAtOnce(input.config, token_count());
  for (int64_t begin = 0; begin < token_count(); begin += rows_max) {
    const int64_t rows = std::min(rows_max, token_count() - begin);
    const View hidden = buffers.wide(rows, input.config.ffn_width);
    op::Linear in = weights.ffn_in.Op(buffers.h().Items(begin, rows), hidden);
    in.activation = op::Activation::kGeluTanh;
    TRY(device.Run(in));
    if (stages) TRY(device.Run(weights.ffn_out.Op(hidden, shown.view().Items(begin, rows))));
    const View x = buffers.x().Items(begin, rows);
    op::Linear out = weights.ffn_out.Op(hidden, x);
    out.residual = x;
    out.gate = Row(kGateFfn);
    if (!input.rows.empty()) {
      out.gate_row = input.rows.subspan(static_cast<size_t>(begin), static_cast<size_t>(rows));
    }
    TRY(device.Run(out));
  }
  if (stages) stages.Show("ffn_out", shown);
  return Ok();
}

}  // namespace

BlockBuffers::BlockBuffers(op::Device& device, const DitConfig& config, int64_t token_count)
    : x_(device.New({token_count, config.width})),
      h_(device.New({token_count, config.width})),
      wide_(device.New({std::max(3 * token_count * config.width,
                                 FfnRowsAtOnce(config, token_count) * config.ffn_width)})) {}

View BlockBuffers::wide(int64_t rows, int64_t width, int64_t index) const {
  return wide_.view().Items(index * rows * width, rows * width).As({rows, width});
}

Status RunBlock(op::Device& device, const BlockWeights& weights, const BlockInput& input,
                const TextKeys& text, const BlockBuffers& buffers, const Stages& stages) {
  const op::Tensor modulation = device.New(input.time.shape());
  TRY(device.Run(op::Elementwise{.x0 = input.time, .x1 = weights.modulation, .y = modulation}));
  const Block block{device, weights, input, text, buffers, stages, modulation};
  TRY(block.SelfAttention());
  TRY(block.CrossAttention());
  return block.FeedForward();
}

}  // namespace aozora::wan
