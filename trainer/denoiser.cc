// SPDX-License-Identifier: Apache-2.0
#include "trainer/denoiser.h"

#include <cmath>

#include "base/check.h"
#include "models/mini/positions.h"

namespace aozora::trainer {
namespace {

using torch::Tensor;
using C = TextEncoderConfig;
namespace nn = torch::nn;

constexpr double kEps = 1e-6;
constexpr double kTheta = 10000;

nn::Linear Map(int64_t in, int64_t out, bool bias) {
  return nn::Linear(nn::LinearOptions(in, out).bias(bias));
}
nn::GELU Gelu() { return nn::GELU(nn::GELUOptions().approximate("tanh")); }

Tensor RmsNorm(const Tensor& x, const Tensor& weight) {
  return x * torch::rsqrt(x.square().mean(-1, true) + kEps) * weight;
}
Tensor LayerNorm(const Tensor& x) { return torch::layer_norm(x, {x.size(-1)}, {}, {}, kEps); }

// [B, L, H * D] to [B, H, L, D] and back.
Tensor ToHeads(const Tensor& x, int64_t heads) {
  return x.view({x.size(0), x.size(1), heads, -1}).transpose(1, 2);
}
Tensor FromHeads(const Tensor& x) { return x.transpose(1, 2).flatten(2); }

// Distance key - query to bucket: t5.py's _relative_position_bucket, bidirectional.
Tensor BucketsOf(int64_t length) {
  Tensor buckets = torch::empty({length, length}, torch::kInt64);
  auto at = buckets.accessor<int64_t, 2>();
  for (int64_t q = 0; q < length; ++q) {
    for (int64_t k = 0; k < length; ++k) {
      const int64_t distance = k - q, n = std::abs(distance);
      int64_t bucket = n;
      if (n >= 8) {
        bucket = 8 + static_cast<int64_t>(std::log(n / 8.0) / std::log(128 / 8.0) * 8 + 1e-9);
        bucket = std::min<int64_t>(bucket, 15);
      }
      at[q][k] = bucket + (distance > 0 ? 16 : 0);
    }
  }
  return buckets;
}

class BlockImpl : public nn::Module {
 public:
  BlockImpl(const DenoiserConfig& c) : heads_(c.heads) {
    self_ = register_module("self_attn", std::make_shared<Attention>(c.width));
    cross_ = register_module("cross_attn", std::make_shared<Attention>(c.width));
    norm3_ = register_module("norm3", nn::LayerNorm(nn::LayerNormOptions({c.width}).eps(kEps)));
    ffn_ = register_module(
        "ffn", nn::Sequential(nn::Linear(c.width, c.ffn), Gelu(), nn::Linear(c.ffn, c.width)));
    modulation_ =
        register_parameter("modulation", torch::randn({1, 6, c.width}) / std::sqrt(c.width));
  }

  // x [B, N, C]; e0 [B, N, 6, C]; rotation: cos and sin [N, 1, D / 2]; text [B, L + 1, C] whose
  // last row is padding, weights [B, 1, 1, L + 1] added to the logits.
  Tensor forward(Tensor x, const Tensor& e0, const Tensor& cosine, const Tensor& sine,
                 const Tensor& text, const Tensor& text_logits) {
    const Tensor e = e0 + modulation_.unsqueeze(1);
    const auto row = [&](int64_t i) { return e.select(2, i); };
    const Tensor h = LayerNorm(x) * (1 + row(1)) + row(0);
    const Tensor q = Rotate(RmsNorm(self_->q(h), self_->norm_q->weight), cosine, sine);
    const Tensor k = Rotate(RmsNorm(self_->k(h), self_->norm_k->weight), cosine, sine);
    x = x + self_->o(Attend(q, k, self_->v(h), {})) * row(2);
    const Tensor c = norm3_(x);
    x = x + cross_->o(Attend(RmsNorm(cross_->q(c), cross_->norm_q->weight),
                             RmsNorm(cross_->k(text), cross_->norm_k->weight), cross_->v(text),
                             text_logits));
    return x + ffn_->forward(LayerNorm(x) * (1 + row(4)) + row(3)) * row(5);
  }

 private:
  struct Scale : nn::Module {
    explicit Scale(int64_t width) { weight = register_parameter("weight", torch::ones({width})); }
    Tensor weight;
  };
  struct Attention : nn::Module {
    explicit Attention(int64_t width) {
      q = register_module("q", nn::Linear(width, width));
      k = register_module("k", nn::Linear(width, width));
      v = register_module("v", nn::Linear(width, width));
      o = register_module("o", nn::Linear(width, width));
      norm_q = register_module("norm_q", std::make_shared<Scale>(width));
      norm_k = register_module("norm_k", std::make_shared<Scale>(width));
    }
    nn::Linear q{nullptr}, k{nullptr}, v{nullptr}, o{nullptr};
    std::shared_ptr<Scale> norm_q, norm_k;
  };

  Tensor Rotate(const Tensor& x, const Tensor& cosine, const Tensor& sine) const {
    const Tensor pairs = x.view({x.size(0), x.size(1), heads_, -1, 2});
    const Tensor a = pairs.select(-1, 0), b = pairs.select(-1, 1);
    return torch::stack({a * cosine - b * sine, a * sine + b * cosine}, -1).flatten(2);
  }
  Tensor Attend(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& logits) const {
    const Tensor qh = ToHeads(q, heads_), kh = ToHeads(k, heads_);
    Tensor scores = torch::matmul(qh, kh.transpose(-1, -2)) / std::sqrt(qh.size(-1));
    if (logits.defined()) scores = scores + logits;
    return FromHeads(torch::matmul(torch::softmax(scores, -1), ToHeads(v, heads_)));
  }

  int64_t heads_;
  std::shared_ptr<Attention> self_, cross_;
  nn::LayerNorm norm3_{nullptr};
  nn::Sequential ffn_;
  Tensor modulation_;
};

constexpr int64_t kCells = 4;  // of a token
constexpr int64_t kTokenInputs = kSlotValues + kCells * mini::kPositionChannels;

// What PositionOf says, in every cell: [1, T * 4, 4 * channels].
Tensor PositionsOf(int64_t frames) {
  std::vector<float> values;
  for (int64_t frame = 0; frame < frames; ++frame) {
    for (int64_t slot = 0; slot < kSlotCount; ++slot) {
      const auto at = mini::PositionOf(static_cast<uint32_t>(frame), static_cast<uint32_t>(frames),
                                       static_cast<uint32_t>(slot));
      for (const float value : at) values.insert(values.end(), kCells, value);
    }
  }
  return torch::tensor(values).view({1, frames * kSlotCount, -1});
}

// [1, T, 1, 1, 4]
Tensor RampsOf(int64_t frames) {
  std::vector<float> values;
  for (int64_t frame = 0; frame < frames; ++frame) {
    for (uint32_t point = 0; point < kCells; ++point) {
      values.push_back(
          mini::RampOf(static_cast<uint32_t>(frame), static_cast<uint32_t>(frames), point));
    }
  }
  return torch::tensor(values).view({1, frames, 1, 1, kCells});
}

// Rotary angles of the tokens of [T, 1, 4] slots: [T * 4, 1, D / 2], as Wan splits a head's pairs
// between time, rows and columns.
std::pair<Tensor, Tensor> RotationOf(int64_t frames, int64_t head_width) {
  const int64_t space = head_width / 6, time = head_width / 2 - 2 * space;
  const auto angles = [](int64_t positions, int64_t pairs) {
    const Tensor p = torch::arange(positions, torch::kFloat64).unsqueeze(1);
    const Tensor i = torch::arange(pairs, torch::kFloat64).unsqueeze(0);
    return p * torch::pow(kTheta, -i / static_cast<double>(pairs));
  };
  const Tensor f = angles(frames, time).unsqueeze(1).expand({frames, kSlotCount, time});
  const Tensor y = torch::zeros({frames, kSlotCount, space}, torch::kFloat64);
  const Tensor x = angles(kSlotCount, space).unsqueeze(0).expand({frames, kSlotCount, space});
  const Tensor all = torch::cat({f, y, x}, -1).view({frames * kSlotCount, 1, head_width / 2});
  return {torch::cos(all).to(torch::kFloat32), torch::sin(all).to(torch::kFloat32)};
}

}  // namespace

TextLayerImpl::AttentionImpl::AttentionImpl() {
  const int64_t heads = C::kHeads * C::kHeadWidth;
  q = register_module("q", Map(C::kWidth, heads, false));
  k = register_module("k", Map(C::kWidth, heads, false));
  v = register_module("v", Map(C::kWidth, heads, false));
  o = register_module("o", Map(heads, C::kWidth, false));
  const torch::NoGradGuard no_grad;
  q->weight.mul_(1 / std::sqrt(static_cast<double>(C::kHeadWidth)));  // logits are not scaled
}

TextLayerImpl::FfnImpl::FfnImpl() {
  gate = register_module("gate", nn::Sequential(Map(C::kWidth, C::kFfn, false), Gelu()));
  fc1 = register_module("fc1", Map(C::kWidth, C::kFfn, false));
  fc2 = register_module("fc2", Map(C::kFfn, C::kWidth, false));
}

TextLayerImpl::PositionImpl::PositionImpl() {
  embedding = register_module("embedding", nn::Embedding(C::kBuckets, C::kHeads));
  const torch::NoGradGuard no_grad;
  embedding->weight.mul_(0.1);
}

TextLayerImpl::TextLayerImpl() {
  norm1_ = register_module("norm1", std::make_shared<ScaleImpl>(C::kWidth));
  attn_ = register_module("attn", std::make_shared<AttentionImpl>());
  norm2_ = register_module("norm2", std::make_shared<ScaleImpl>(C::kWidth));
  ffn_ = register_module("ffn", std::make_shared<FfnImpl>());
  position_ = register_module("pos_embedding", std::make_shared<PositionImpl>());
}

Tensor TextLayerImpl::forward(Tensor x, const Tensor& hidden, const Tensor& buckets) {
  const Tensor h = RmsNorm(x, norm1_->weight);
  const Tensor q = ToHeads(attn_->q(h), C::kHeads), k = ToHeads(attn_->k(h), C::kHeads);
  const Tensor v = ToHeads(attn_->v(h), C::kHeads);
  const Tensor bias = position_->embedding(buckets).permute({2, 0, 1}).unsqueeze(0);
  const Tensor scores = torch::matmul(q, k.transpose(-1, -2)) + bias + hidden;
  x = x + attn_->o(FromHeads(torch::matmul(torch::softmax(scores, -1), v)));
  const Tensor g = RmsNorm(x, norm2_->weight);
  return x + ffn_->fc2(ffn_->gate->forward(g) * ffn_->fc1(g));
}

TextEncoderImpl::TextEncoderImpl(int64_t vocabulary) {
  token_embedding_ = register_module("token_embedding", nn::Embedding(vocabulary, C::kWidth));
  for (int64_t i = 0; i < C::kLayers; ++i) blocks_->push_back(TextLayer());
  register_module("blocks", blocks_);
  norm_ = register_module("norm", std::make_shared<nn::Module>());
  norm_weight_ = norm_->register_parameter("weight", torch::ones({C::kWidth}));
}

Tensor TextEncoderImpl::forward(const Tensor& ids, const Tensor& lengths) {
  const int64_t length = ids.size(1);
  const Tensor real = torch::arange(length, ids.options()).unsqueeze(0) < lengths.unsqueeze(1);
  const Tensor hidden = torch::zeros(real.sizes(), token_embedding_->weight.options())
                            .masked_fill(torch::logical_not(real), -1e9)
                            .unsqueeze(1)
                            .unsqueeze(1);
  const Tensor buckets = BucketsOf(length).to(ids.device());
  Tensor x = token_embedding_(ids);
  for (const auto& block : *blocks_) x = block->as<TextLayer>()->forward(x, hidden, buckets);
  return RmsNorm(x, norm_weight_) * real.unsqueeze(-1);
}

DenoiserImpl::DenoiserImpl(const DenoiserConfig& config) : config_(config) {
  const int64_t c = config.width;
  patch_ = register_module("patch_embedding", std::make_shared<nn::Module>());
  patch_weight_ =
      patch_->register_parameter("weight", torch::randn({c, kTokenInputs / kCells, 1, 2, 2}) /
                                               std::sqrt(double{kTokenInputs}));
  patch_bias_ = patch_->register_parameter("bias", torch::zeros({c}));
  text_embedding_ = register_module(
      "text_embedding", nn::Sequential(nn::Linear(C::kWidth, c), Gelu(), nn::Linear(c, c)));
  time_embedding_ = register_module(
      "time_embedding",
      nn::Sequential(nn::Linear(DenoiserConfig::kFrequencies, c), nn::SiLU(), nn::Linear(c, c)));
  time_projection_ =
      register_module("time_projection", nn::Sequential(nn::SiLU(), nn::Linear(c, 6 * c)));
  for (int64_t i = 0; i < config.layers; ++i)
    blocks_->push_back(std::make_shared<BlockImpl>(config));
  register_module("blocks", blocks_);
  head_ = register_module("head", std::make_shared<nn::Module>());
  head_linear_ = head_->register_module("head", nn::Linear(c, kTokenInputs));
  head_modulation_ =
      head_->register_parameter("modulation", torch::randn({1, 2, c}) / std::sqrt(c));
}

Tensor DenoiserImpl::forward(const Tensor& slots, const Tensor& timesteps, const Tensor& text,
                             const Tensor& lengths) {
  const int64_t batch = slots.size(0), frames = slots.size(1), c = config_.width;
  const Tensor positions = PositionsOf(frames).to(slots.device()).expand({batch, -1, -1});
  const Tensor inputs = torch::cat({slots.flatten(1, 2), positions}, -1);
  Tensor x = torch::matmul(inputs, patch_weight_.flatten(1).t()) + patch_bias_;
  // Time: one row for each latent frame.
  const Tensor exponent = torch::arange(DenoiserConfig::kFrequencies / 2, slots.options()) /
                          static_cast<double>(DenoiserConfig::kFrequencies / 2);
  const Tensor angle = timesteps.unsqueeze(-1) * torch::pow(kTheta, -exponent);
  const Tensor e = time_embedding_->forward(torch::cat({torch::cos(angle), torch::sin(angle)}, -1));
  const auto per_token = [&](const Tensor& t) {  // [B, T, n] to [B, T * 4, n]
    return t.unsqueeze(2).expand({-1, -1, kSlotCount, -1}).flatten(1, 2);
  };
  const Tensor e0 = per_token(time_projection_->forward(e)).view({batch, -1, 6, c});
  // Text: the real rows, and one for all of the padding, which weighs as many as there are.
  const Tensor padded =
      torch::cat({text, torch::zeros({batch, 1, text.size(2)}, text.options())}, 1);
  const Tensor context = text_embedding_->forward(padded);
  const Tensor rows = torch::arange(padded.size(1), lengths.options()).unsqueeze(0);
  Tensor logits = torch::zeros({batch, padded.size(1)}, slots.options())
                      .masked_fill(rows >= lengths.unsqueeze(1), -1e9);
  const Tensor padding = (C::kTokensMax - lengths).to(slots.scalar_type());
  logits.select(1, padded.size(1) - 1).copy_(torch::log(padding).clamp_min(-1e9));
  const auto [cosine, sine] = RotationOf(frames, c / config_.heads);
  const Tensor cos = cosine.to(slots.device()), sin = sine.to(slots.device());
  for (const auto& block : *blocks_) {
    x = std::dynamic_pointer_cast<BlockImpl>(block)->forward(x, e0, cos, sin, context,
                                                             logits.unsqueeze(1).unsqueeze(1));
  }
  const Tensor eh = per_token(e);
  x = LayerNorm(x) * (1 + eh + head_modulation_.select(1, 1)) + eh + head_modulation_.select(1, 0);
  // Values come as (row, column, channel); slots are (channel, row, column).
  const Tensor out = head_linear_(x)
                         .view({batch, frames, kSlotCount, kCells, kTokenInputs / kCells})
                         .transpose(-1, -2);
  const Tensor ramps = RampsOf(frames).to(slots.device());
  const Tensor codes = out.narrow(-2, 0, kCurvesAt / kCells);
  const Tensor curves = out.narrow(-2, kCurvesAt / kCells, kCurveCount) +
                        out.narrow(-2, kSlotValues / kCells, mini::kPositionChannels) * ramps;
  return torch::cat({codes, curves}, -2).reshape({batch, frames, kSlotCount, kSlotValues});
}

TextToSlotsImpl::TextToSlotsImpl(int64_t vocabulary, const DenoiserConfig& config) {
  text = register_module("text", TextEncoder(vocabulary));
  denoiser = register_module("denoiser", Denoiser(config));
  const auto probe = [&](const char* name, world::Attribute attribute) {
    return register_module(name, nn::Linear(C::kWidth, ValueCount(attribute)));
  };
  motion_probe = probe("motion_probe", world::Attribute::kMotion);
  camera_probe = probe("camera_probe", world::Attribute::kCamera);
}

Tensor Sample(TextToSlots& model, const Tensor& noise, const Tensor& ids, const Tensor& lengths,
              int64_t end_id, const SamplerSettings& settings) {
  const torch::NoGradGuard no_grad;
  const int64_t batch = noise.size(0), frames = noise.size(1), known = settings.known_frames;
  const Tensor text = model->text(ids, lengths);
  const Tensor nothing_ids = torch::full({batch, 1}, end_id, ids.options());
  const Tensor one = torch::ones_like(lengths);
  const Tensor nothing = model->text(nothing_ids, one);
  Tensor x = noise.clone();
  for (int i = 0; i < settings.steps; ++i) {
    const auto sigma_at = [&](int step) {
      const double s = 1 - static_cast<double>(step) / settings.steps;
      return settings.shift * s / (1 + (settings.shift - 1) * s);
    };
    const double sigma = sigma_at(i), next = sigma_at(i + 1);
    Tensor timesteps = torch::full({batch, frames}, sigma * 1000, noise.options());
    if (known > 0) timesteps.narrow(1, 0, known).zero_();
    Tensor clean = model->denoiser(x, timesteps, text, lengths);
    if (settings.guidance != 1) {
      const Tensor without = model->denoiser(x, timesteps, nothing, one);
      clean = without + (clean - without) * settings.guidance;
    }
    const Tensor velocity = (x - clean) / std::max(sigma, kSigmaMin);
    x = x + velocity * (next - sigma);
    if (known > 0) x.narrow(1, 0, known).copy_(noise.narrow(1, 0, known));
  }
  return x;
}

}  // namespace aozora::trainer
