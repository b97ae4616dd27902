// SPDX-License-Identifier: Apache-2.0
#include "models/wan/umt5.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace aozora::wan {
namespace {

constexpr float kUmt5Eps = 1e-6f;
constexpr int64_t kUmt5LayerCountMax = 1000;
// Where each bucket of far distances begins: 8 * 16^(k / 8) rounded up, k = 0 to 7, which is
// t5.py's 8 + log(n / 8) / log(128 / 8) * 8 rounded down, without its rounding errors.
constexpr std::array<int64_t, 8> kFarEdges = {8, 12, 16, 23, 32, 46, 64, 91};
constexpr int64_t kExactCount = 8;  // distances 0 to 7 have a bucket each

struct Layer {
  op::Tensor norm1, norm2;  // [C]
  Dense q, k, v, o;
  std::vector<float> position;  // [buckets, heads], on the host
  Dense gate, up, down;

  void Release() const {
    for (const Dense* dense : {&q, &k, &v, &o, &gate, &up, &down}) dense->weight.Release();
  }
};

Result<Layer> TakeLayer(op::Device& device, TensorSet& weights, const Umt5Config& c, int64_t index,
                        const WeightPolicy& policy) {
  const std::string name = fmt::format("blocks.{}.", index);
  const int64_t heads_width = c.head_count * c.head_width;
  const auto matrix = [&](std::string_view part, int64_t out, int64_t in) {
    return TakeDense(device, weights, name + std::string(part), out, in, false, policy);
  };
  Layer layer;
  layer.norm1 = TRY(TakeTable(device, weights, name + "norm1.weight", {c.width}));
  layer.norm2 = TRY(TakeTable(device, weights, name + "norm2.weight", {c.width}));
  layer.q = TRY(matrix("attn.q", heads_width, c.width));
  layer.k = TRY(matrix("attn.k", heads_width, c.width));
  layer.v = TRY(matrix("attn.v", heads_width, c.width));
  layer.o = TRY(matrix("attn.o", c.width, heads_width));
  layer.gate = TRY(matrix("ffn.gate.0", c.ffn_width, c.width));
  layer.up = TRY(matrix("ffn.fc1", c.ffn_width, c.width));
  layer.down = TRY(matrix("ffn.fc2", c.width, c.ffn_width));
  const Weight table = TRY(weights.Take(name + "pos_embedding.embedding.weight",
                                        {Umt5Config::kBucketCount, c.head_count}));
  layer.position.resize(static_cast<size_t>(table.view.count()));
  DecodeValues(table, 0, table.view.count(), layer.position.data());
  return layer;
}

class Umt5 : public TextEncoder {
 public:
  Umt5(const Umt5Config& config, Weight embedding, op::Tensor norm, std::vector<Layer> layers,
       const WeightPolicy& policy)
      : config_(config),
        embedding_(std::move(embedding)),
        norm_(std::move(norm)),
        layers_(std::move(layers)),
        policy_(policy) {}

  Result<TextEmbedding> Encode(op::Device& device, std::span<const int32_t> ids,
                               const Probe& probe) override;

 private:
  Status CheckIds(std::span<const int32_t> ids) const;
  op::Tensor PositionBias(op::Device& device, const Layer& layer, int64_t token_count) const;
  Status Attention(op::Device& device, const Layer& layer, View x, View h,
                   const op::Tensor& bias) const;
  Status FeedForward(op::Device& device, const Layer& layer, View x, View h) const;

  const Umt5Config config_;
  const Weight embedding_;  // [vocabulary, C]
  const op::Tensor norm_;
  const std::vector<Layer> layers_;
  const WeightPolicy policy_;
};

Status Umt5::CheckIds(std::span<const int32_t> ids) const {
  if (ids.empty()) return Error::Invalid("a prompt without any token");
  for (const int32_t id : ids) {
    if (id < 0 || id >= config_.vocabulary_count) {
      return Error::Invalid(
          "token {} is outside of the text encoder's vocabulary of {}: the "
          "tokenizer belongs to another model",
          id, config_.vocabulary_count);
    }
  }
  return Ok();
}

// [H, M, M]. All that matters is the distance, so each row is a window of one strip.
op::Tensor Umt5::PositionBias(op::Device& device, const Layer& layer, int64_t token_count) const {
  const int64_t m = token_count, heads = config_.head_count;
  std::vector<float> bias(static_cast<size_t>(heads * m * m));
  std::vector<float> strip(static_cast<size_t>(2 * m - 1));  // of the distances -(m - 1) to m - 1
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t i = 0; i < 2 * m - 1; ++i) {
      const int64_t bucket = DistanceBucket(i - (m - 1));
      strip[static_cast<size_t>(i)] = layer.position[static_cast<size_t>(bucket * heads + head)];
    }
    for (int64_t query = 0; query < m; ++query) {
      std::copy_n(strip.data() + (m - 1 - query), m, bias.data() + (head * m + query) * m);
    }
  }
  return device.Upload(bias, {heads, m, m});
}

// x += attention. Logits are not scaled by the head's width; the weights of q carry that.
Status Umt5::Attention(op::Device& device, const Layer& layer, View x, View h,
                       const op::Tensor& bias) const {
  const int64_t m = x.dim(0), width = config_.head_count * config_.head_width;
  const Shape heads = {m, config_.head_count, config_.head_width};
  TRY(device.Run(op::RmsNorm{.x = x, .eps = kUmt5Eps, .weight = layer.norm1, .y = h}));
  const op::Tensor q = device.New({m, width}), k = device.New({m, width});
  const op::Tensor v = device.New({m, width}), out = device.New({m, width});
  TRY(device.Run(layer.q.Op(h, q)));
  TRY(device.Run(layer.k.Op(h, k)));
  TRY(device.Run(layer.v.Op(h, v)));
  TRY(device.Run(op::Attention{.q = q.view().As(heads),
                               .k = k.view().As(heads),
                               .v = v.view().As(heads),
                               .scale = 1,
                               .bias = bias,
                               .out = out.view().As(heads)}));
  op::Linear add = layer.o.Op(out, x);
  add.residual = x;
  return device.Run(add);
}

// x += down(gelu(gate(h)) * up(h))
Status Umt5::FeedForward(op::Device& device, const Layer& layer, View x, View h) const {
  const int64_t m = x.dim(0);
  TRY(device.Run(op::RmsNorm{.x = x, .eps = kUmt5Eps, .weight = layer.norm2, .y = h}));
  const op::Tensor gate = device.New({m, config_.ffn_width});
  const op::Tensor up = device.New({m, config_.ffn_width});
  op::Linear gated = layer.gate.Op(h, gate);
  gated.activation = op::Activation::kGeluTanh;
  TRY(device.Run(gated));
  TRY(device.Run(layer.up.Op(h, up)));
  TRY(device.Run(op::Elementwise{.x0 = gate, .x1 = up, .multiply = true, .y = gate}));
  op::Linear add = layer.down.Op(gate, x);
  add.residual = x;
  return device.Run(add);
}

Result<TextEmbedding> Umt5::Encode(op::Device& device, std::span<const int32_t> ids,
                                   const Probe& probe) {
  TRY(CheckIds(ids));
  const Stages stages(probe, "");
  const auto m = static_cast<int64_t>(ids.size());
  const op::Tensor x = device.New({m, config_.width}), h = device.New({m, config_.width});
  TRY(device.Run(op::Gather{.table = &embedding_, .ids = ids, .y = x}));
  stages.Show("embedding", x);
  if (policy_.release) embedding_.Release();
  for (size_t i = 0; i < layers_.size(); ++i) {
    const op::Tensor bias = PositionBias(device, layers_[i], m);
    if (stages) stages.Show(fmt::format("block{}_position_bias", i), bias);
    TRY(Attention(device, layers_[i], x, h, bias));
    TRY(FeedForward(device, layers_[i], x, h));
    if (stages) stages.Show(fmt::format("block{}", i), x);
    if (policy_.release) layers_[i].Release();
  }
  TRY(device.Run(op::RmsNorm{.x = x, .eps = kUmt5Eps, .weight = norm_, .y = x}));
  TextEmbedding result{m, config_.width, {}};
  result.values.resize(static_cast<size_t>(x.view().count()));
  device.Download(x, result.values);
  return result;
}

}  // namespace

int64_t DistanceBucket(int64_t distance) {
  const int64_t right = distance > 0 ? Umt5Config::kBucketCount / 2 : 0;
  const int64_t n = std::abs(distance);
  if (n < kExactCount) return right + n;
  const auto beyond = std::upper_bound(kFarEdges.begin(), kFarEdges.end(), n);
  return right + kExactCount + (beyond - kFarEdges.begin()) - 1;
}

Result<Umt5Config> ReadUmt5Config(const TensorSet& weights) {
  const auto shape = [&](std::string_view name) -> Result<Shape> {
    const Weight* weight = weights.Find(name);
    if (weight == nullptr || weight->view.shape().rank() != 2 || weight->view.count() == 0) {
      return Error::NotFound("{} has no matrix '{}', which every UMT5 encoder has",
                             weights.origin(), name);
    }
    return weight->view.shape();
  };
  Umt5Config config;
  const Shape embedding = TRY(shape("token_embedding.weight"));
  config.vocabulary_count = embedding[0];
  config.width = embedding[1];
  config.head_count = TRY(shape("blocks.0.pos_embedding.embedding.weight"))[1];
  const int64_t heads_width = TRY(shape("blocks.0.attn.q.weight"))[0];
  if (heads_width % config.head_count != 0) {
    return Error::Invalid("{}: attention of width {} cannot be split into {} heads",
                          weights.origin(), heads_width, config.head_count);
  }
  config.head_width = heads_width / config.head_count;
  config.ffn_width = TRY(shape("blocks.0.ffn.fc1.weight"))[0];
  while (config.layer_count < kUmt5LayerCountMax &&
         weights.Has(fmt::format("blocks.{}.attn.q.weight", config.layer_count))) {
    ++config.layer_count;
  }
  return config;
}

Result<std::unique_ptr<TextEncoder>> MakeUmt5(op::Device& device, TensorSet weights,
                                              const Umt5Config& config,
                                              const WeightPolicy& policy) {
  Weight embedding =
      TRY(weights.Take("token_embedding.weight", {config.vocabulary_count, config.width}));
  op::Tensor norm = TRY(TakeTable(device, weights, "norm.weight", {config.width}));
  std::vector<Layer> layers;
  for (int64_t i = 0; i < config.layer_count; ++i) {
    layers.push_back(TRY(TakeLayer(device, weights, config, i, policy)));
  }
  TRY(weights.CheckAllTaken());
  return std::unique_ptr<TextEncoder>(std::make_unique<Umt5>(
      config, std::move(embedding), std::move(norm), std::move(layers), policy));
}

Cost Umt5Cost(const Umt5Config& config, uint64_t token_count) {
  const double m = static_cast<double>(token_count);
  const double d = static_cast<double>(config.width);
  const double heads = static_cast<double>(config.head_count * config.head_width);
  const double f = static_cast<double>(config.ffn_width);
  Cost cost;
  cost.flops = static_cast<double>(config.layer_count) *
               (8 * m * d * heads + 6 * m * d * f + 4 * m * m * heads);
  const auto rows = static_cast<int64_t>(token_count);
  const int64_t attention = 4 * rows * config.head_count * config.head_width;
  const int64_t hidden = 2 * rows * config.ffn_width;
  const int64_t bias = config.head_count * rows * rows;
  cost.scratch_bytes =
      static_cast<uint64_t>(2 * rows * config.width + std::max(attention, hidden) + bias) *
      sizeof(float);
  return cost;
}

}  // namespace aozora::wan
