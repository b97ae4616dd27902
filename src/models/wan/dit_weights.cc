// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit_weights.h"

namespace aozora::wan {
namespace {

class Taker {
 public:
  Taker(op::Device& device, TensorSet& weights, const DitConfig& config, const WeightPolicy& policy)
      : device_(device), weights_(weights), config_(config), policy_(policy) {}

  Result<Dense> Matrix(std::string_view name, int64_t out_width, int64_t in_width) {
    return TakeDense(device_, weights_, name, out_width, in_width, true, policy_);
  }
  Result<op::Tensor> Row(std::string_view name) {
    return TakeTable(device_, weights_, name, {config_.width});
  }

  // A convolution whose stride is its kernel is a matrix product of patches, (c, pt, ph, pw), and
  // some store it as that.
  Result<Dense> Patch() {
    const int64_t c = config_.width, in = config_.in_channel_count, p = DitConfig::kPatch;
    const std::string_view name = "patch_embedding.weight";
    const Weight* stored = weights_.Find(name);
    const bool is_matrix = stored != nullptr && stored->view.shape().rank() == 2;
    Dense dense;
    dense.weight =
        TRY(weights_.Take(name, is_matrix ? Shape{c, in * p * p} : Shape{c, in, 1, p, p}));
    dense.weight.view = dense.weight.view.As({c, in * p * p});
    dense.bias = TRY(Row("patch_embedding.bias"));
    if (policy_.pack) dense.packed = device_.Pack(dense.weight);
    return dense;
  }

  Result<AttentionWeights> Attention(const std::string& name) {
    const int64_t c = config_.width;
    AttentionWeights weights;
    weights.q = TRY(Matrix(name + ".q", c, c));
    weights.k = TRY(Matrix(name + ".k", c, c));
    weights.v = TRY(Matrix(name + ".v", c, c));
    weights.o = TRY(Matrix(name + ".o", c, c));
    weights.norm_q = TRY(Row(name + ".norm_q.weight"));
    weights.norm_k = TRY(Row(name + ".norm_k.weight"));
    return weights;
  }

  Result<BlockWeights> Block(int64_t index) {
    const int64_t c = config_.width, f = config_.ffn_width;
    const std::string name = fmt::format("blocks.{}", index);
    BlockWeights block;
    block.modulation = TRY(TakeTable(device_, weights_, name + ".modulation",
                                     {1, kModulationRowCount, c}, {kModulationRowCount * c}));
    block.self = TRY(Attention(name + ".self_attn"));
    block.norm3_weight = TRY(Row(name + ".norm3.weight"));
    block.norm3_bias = TRY(Row(name + ".norm3.bias"));
    block.cross = TRY(Attention(name + ".cross_attn"));
    block.ffn_in = TRY(Matrix(name + ".ffn.0", f, c));
    block.ffn_out = TRY(Matrix(name + ".ffn.2", c, f));
    return block;
  }

  Status Head(DitWeights& out) {
    const int64_t c = config_.width;
    const Weight table = TRY(weights_.Take("head.modulation", {1, 2, c}));
    std::vector<float> rows(static_cast<size_t>(2 * c));
    DecodeValues(table, 0, 2 * c, rows.data());
    out.head_shift = device_.Upload(std::span(rows).first(static_cast<size_t>(c)), {c});
    out.head_scale = device_.Upload(std::span(rows).last(static_cast<size_t>(c)), {c});
    out.head = TRY(Matrix("head.head", config_.out_channel_count * config_.patch_values(), c));
    return Ok();
  }

 private:
  op::Device& device_;
  TensorSet& weights_;
  const DitConfig& config_;
  const WeightPolicy& policy_;
};

// FastWan was trained with sparse attention, whose coarse branch has a gate of its own; dense
// attention, which FastVideo offers for the same checkpoints, has no use for it
// (github.com/hao-ai-lab/FastVideo, fastvideo/models/dits/wanvideo.py).
bool IsForSparseAttention(std::string_view name) {
  return name.find(".to_gate_compress.") != std::string_view::npos;
}

}  // namespace

void AttentionWeights::Release() const {
  for (const Dense* dense : {&q, &k, &v, &o}) dense->weight.Release();
}

void BlockWeights::Release() const {
  self.Release();
  cross.Release();
  ffn_in.weight.Release();
  ffn_out.weight.Release();
}

Result<DitWeights> TakeDitWeights(op::Device& device, TensorSet weights, const DitConfig& config,
                                  const WeightPolicy& policy) {
  Taker take(device, weights, config, policy);
  const int64_t c = config.width;
  DitWeights out;
  out.patch = TRY(take.Patch());
  out.text[0] = TRY(take.Matrix("text_embedding.0", c, config.text_width));
  out.text[1] = TRY(take.Matrix("text_embedding.2", c, c));
  out.time[0] = TRY(take.Matrix("time_embedding.0", c, config.frequency_count));
  out.time[1] = TRY(take.Matrix("time_embedding.2", c, c));
  out.time_projection = TRY(take.Matrix("time_projection.1", kModulationRowCount * c, c));
  for (int64_t i = 0; i < config.layer_count; ++i) out.blocks.push_back(TRY(take.Block(i)));
  TRY(take.Head(out));
  TRY(weights.CheckAllTaken(IsForSparseAttention));
  return out;
}

}  // namespace aozora::wan
