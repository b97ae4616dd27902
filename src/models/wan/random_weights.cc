// SPDX-License-Identifier: Apache-2.0
#include "models/wan/random_weights.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "models/wan/decoders.h"
#include "weights/layout.h"

namespace aozora::wan {
namespace {

// Collects the tensors of one network.
class Plan {
 public:
  void Add(const std::string& name, const Shape& shape, float deviation, float mean = 0) {
    tensors_.push_back({name, shape, mean, deviation});
  }
  void Matrix(const std::string& name, int64_t out, int64_t in, bool bias, float gain = 1) {
    Add(name + ".weight", {out, in}, gain / std::sqrt(static_cast<float>(in)));
    if (bias) Add(name + ".bias", {out}, 0.02f);
  }
  void Conv(const std::string& name, int64_t out, int64_t in, std::initializer_list<int64_t> kernel,
            bool bias = true) {
    std::vector<int64_t> sizes = {out, in};
    sizes.insert(sizes.end(), kernel.begin(), kernel.end());
    const Shape shape(sizes);
    Add(name + ".weight", shape, 1 / std::sqrt(static_cast<float>(shape.item_count())));
    if (bias) Add(name + ".bias", {out}, 0.02f);
  }
  void Gain(const std::string& name, const Shape& shape) { Add(name, shape, 0.05f, 1); }
  std::vector<TensorPlan> Take() { return std::move(tensors_); }

 private:
  std::vector<TensorPlan> tensors_;
};

void AddResidualPlan(Plan* plan, const std::string& name, int64_t in, int64_t out) {
  plan->Gain(name + ".residual.0.gamma", {in, 1, 1, 1});
  plan->Conv(name + ".residual.2", out, in, {3, 3, 3});
  plan->Gain(name + ".residual.3.gamma", {out, 1, 1, 1});
  plan->Conv(name + ".residual.6", out, out, {3, 3, 3});
  if (in != out) plan->Conv(name + ".shortcut", out, in, {1, 1, 1});
}

void AddMiddle(Plan* plan, const std::string& name, int64_t channels) {
  AddResidualPlan(plan, name + ".0", channels, channels);
  plan->Gain(name + ".1.norm.gamma", {channels, 1, 1});
  plan->Conv(name + ".1.to_qkv", 3 * channels, channels, {1, 1});
  plan->Conv(name + ".1.proj", channels, channels, {1, 1});
  AddResidualPlan(plan, name + ".2", channels, channels);
}

// Of the levels, largest pictures first.
constexpr int64_t kWidthFactors[kVaeLevelCount] = {1, 2, 4, 4};

// What differs between the two VAEs.
struct VaeShape {
  int64_t latent_channels, picture_channels;
  int64_t encoder_width, decoder_width;
  bool grouped;  // 2.2: levels are modules of their own, up-sampling keeps the width
};

std::string ModuleName(const VaeShape& vae, const char* half, const char* list, int level,
                       int index, int index_in_all) {
  return vae.grouped ? fmt::format("{}.{}.{}.{}.{}", half, list, level, list, index)
                     : fmt::format("{}.{}.{}", half, list, index_in_all);
}

void AddVaeEncoder(Plan* plan, const VaeShape& vae) {
  int64_t channels = vae.encoder_width;
  plan->Conv("encoder.conv1", channels, vae.picture_channels, {3, 3, 3});
  int all = 0;
  for (int level = 0; level < kVaeLevelCount; ++level) {
    const int64_t out = vae.encoder_width * kWidthFactors[level];
    for (int block = 0; block < 2; ++block, ++all) {
      AddResidualPlan(plan, ModuleName(vae, "encoder", "downsamples", level, block, all), channels,
                      out);
      channels = out;
    }
    if (level + 1 == kVaeLevelCount) break;
    const std::string name = ModuleName(vae, "encoder", "downsamples", level, 2, all++);
    plan->Conv(name + ".resample.1", channels, channels, {3, 3});
    if (level > 0) plan->Conv(name + ".time_conv", channels, channels, {3, 1, 1});
  }
  AddMiddle(plan, "encoder.middle", channels);
  plan->Gain("encoder.head.0.gamma", {channels, 1, 1, 1});
  plan->Conv("encoder.head.2", 2 * vae.latent_channels, channels, {3, 3, 3});
  plan->Conv("conv1", 2 * vae.latent_channels, 2 * vae.latent_channels, {1, 1, 1});
}

void AddVaeDecoder(Plan* plan, const VaeShape& vae) {
  plan->Conv("conv2", vae.latent_channels, vae.latent_channels, {1, 1, 1});
  int64_t channels = vae.decoder_width * kWidthFactors[kVaeLevelCount - 1];
  plan->Conv("decoder.conv1", channels, vae.latent_channels, {3, 3, 3});
  AddMiddle(plan, "decoder.middle", channels);
  int all = 0;
  for (int level = 0; level < kVaeLevelCount; ++level) {
    const int64_t out = vae.decoder_width * kWidthFactors[kVaeLevelCount - 1 - level];
    for (int block = 0; block < 3; ++block, ++all) {
      AddResidualPlan(plan, ModuleName(vae, "decoder", "upsamples", level, block, all), channels,
                      out);
      channels = out;
    }
    if (level + 1 == kVaeLevelCount) break;
    const std::string name = ModuleName(vae, "decoder", "upsamples", level, 3, all++);
    if (level < 2) plan->Conv(name + ".time_conv", 2 * channels, channels, {3, 1, 1});
    const int64_t next = vae.grouped ? channels : channels / 2;
    plan->Conv(name + ".resample.1", next, channels, {3, 3});
    channels = next;
  }
  plan->Gain("decoder.head.0.gamma", {channels, 1, 1, 1});
  plan->Conv("decoder.head.2", vae.picture_channels, channels, {3, 3, 3});
}

std::vector<TensorPlan> PlanVae(const VaeShape& vae) {
  Plan plan;
  AddVaeEncoder(&plan, vae);
  AddVaeDecoder(&plan, vae);
  return plan.Take();
}

// FNV-1a: any hash will do that is the same everywhere.
uint64_t HashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

std::vector<TensorPlan> PlanDit(const DitConfig& c) {
  Plan plan;
  plan.Conv("patch_embedding", c.width, c.in_channel_count,
            {1, DitConfig::kPatch, DitConfig::kPatch});
  plan.Matrix("text_embedding.0", c.width, c.text_width, true);
  plan.Matrix("text_embedding.2", c.width, c.width, true);
  plan.Matrix("time_embedding.0", c.width, c.frequency_count, true);
  plan.Matrix("time_embedding.2", c.width, c.width, true);
  plan.Matrix("time_projection.1", 6 * c.width, c.width, true, 0.5f);
  const float small = 1 / std::sqrt(static_cast<float>(c.width));
  for (int64_t i = 0; i < c.layer_count; ++i) {
    const std::string block = fmt::format("blocks.{}.", i);
    plan.Add(block + "modulation", {1, 6, c.width}, small);
    for (const std::string part : {"self_attn.", "cross_attn."}) {
      for (const std::string matrix : {"q", "k", "v", "o"}) {
        plan.Matrix(block + part + matrix, c.width, c.width, true);
      }
      plan.Gain(block + part + "norm_q.weight", {c.width});
      plan.Gain(block + part + "norm_k.weight", {c.width});
    }
    plan.Gain(block + "norm3.weight", {c.width});
    plan.Add(block + "norm3.bias", {c.width}, 0.02f);
    plan.Matrix(block + "ffn.0", c.ffn_width, c.width, true);
    plan.Matrix(block + "ffn.2", c.width, c.ffn_width, true);
  }
  plan.Add("head.modulation", {1, 2, c.width}, small);
  plan.Matrix("head.head", c.out_channel_count * c.patch_values(), c.width, true);
  return plan.Take();
}

std::vector<TensorPlan> PlanUmt5(const Umt5Config& c) {
  Plan plan;
  const int64_t heads = c.head_count * c.head_width;
  plan.Add("token_embedding.weight", {c.vocabulary_count, c.width}, 1);
  for (int64_t i = 0; i < c.layer_count; ++i) {
    const std::string block = fmt::format("blocks.{}.", i);
    plan.Gain(block + "norm1.weight", {c.width});
    // No 1/sqrt(width of a head) in this attention: q carries it.
    plan.Matrix(block + "attn.q", heads, c.width, false,
                1 / std::sqrt(static_cast<float>(c.head_width)));
    plan.Matrix(block + "attn.k", heads, c.width, false);
    plan.Matrix(block + "attn.v", heads, c.width, false);
    plan.Matrix(block + "attn.o", c.width, heads, false);
    plan.Add(block + "pos_embedding.embedding.weight", {Umt5Config::kBucketCount, c.head_count},
             0.1f);
    plan.Gain(block + "norm2.weight", {c.width});
    plan.Matrix(block + "ffn.gate.0", c.ffn_width, c.width, false);
    plan.Matrix(block + "ffn.fc1", c.ffn_width, c.width, false);
    plan.Matrix(block + "ffn.fc2", c.width, c.ffn_width, false);
  }
  plan.Gain("norm.weight", {c.width});
  return plan.Take();
}

std::vector<TensorPlan> PlanVae21(int64_t width) { return PlanVae({16, 3, width, width, false}); }

std::vector<TensorPlan> PlanVae22(int64_t encoder_width, int64_t decoder_width) {
  return PlanVae({48, 12, encoder_width, decoder_width, true});
}

std::vector<TensorPlan> PlanTinyDecoder(int64_t latent_channels, int64_t patch,
                                        const std::vector<int64_t>& widths) {
  CHECK_EQ(widths.size(), size_t{4});
  // Module indices of TAEHV's decoder list (madebyollin/taehv, taehv.py).
  Plan plan;
  const auto conv = [&](int index, int64_t out, int64_t in, bool bias) {
    plan.Conv(fmt::format("decoder.{}", index), out, in, {3, 3}, bias);
  };
  conv(1, widths[0], latent_channels, true);
  int index = 3;
  for (int level = 0; level < 3; ++level) {
    const int64_t width = widths[static_cast<size_t>(level)];
    for (int block = 0; block < 3; ++block, ++index) {
      const std::string name = fmt::format("decoder.{}.conv.", index);
      plan.Conv(name + "0", width, 2 * width, {3, 3});
      plan.Conv(name + "2", width, width, {3, 3});
      plan.Conv(name + "4", width, width, {3, 3});
    }
    ++index;  // enlargement
    const int64_t frames = level == 0 ? 1 : 2;
    plan.Conv(fmt::format("decoder.{}.conv", index++), frames * width, width, {1, 1}, false);
    conv(index++, widths[static_cast<size_t>(level) + 1], width, false);
  }
  conv(index + 1, 3 * patch * patch, widths[3], true);
  return plan.Take();
}

DitConfig Dit1_3B() {
  DitConfig config;
  config.width = 1536;
  config.ffn_width = 8960;
  config.layer_count = 30;
  config.text_width = 4096;
  config.in_channel_count = config.out_channel_count = 16;
  config.frequency_count = 256;
  return config;
}

DitConfig Dit5B() {
  DitConfig config = Dit1_3B();
  config.width = 3072;
  config.ffn_width = 14336;
  config.in_channel_count = config.out_channel_count = 48;
  return config;
}

DitConfig Dit14B() {
  DitConfig config = Dit1_3B();
  config.width = 5120;
  config.ffn_width = 13824;
  config.layer_count = 40;
  return config;
}

Umt5Config Umt5Xxl() {
  Umt5Config config;
  config.vocabulary_count = 256384;
  config.width = 4096;
  config.head_count = 64;
  config.head_width = 64;
  config.ffn_width = 10240;
  config.layer_count = 24;
  return config;
}

Weight RandomWeight(const TensorPlan& plan, DType dtype, uint64_t seed) {
  // Made in pieces: the largest tensor has a billion values.
  constexpr int64_t kPieceValues = int64_t{1} << 16;
  const int64_t count = plan.shape.count();
  const uint64_t bytes = *BytesOf(dtype, static_cast<uint64_t>(count));
  std::shared_ptr<std::byte[]> memory = AllocateWeight(bytes);
  uint64_t state = SplitSeed(seed, HashOf(plan.name)) | 1;
  std::vector<float> values(static_cast<size_t>(std::min(count, kPieceValues)));
  uint64_t written = 0;
  for (int64_t begin = 0; begin < count; begin += kPieceValues) {
    const int64_t n = std::min(kPieceValues, count - begin);
    for (int64_t i = 0; i < n; ++i) {
      // xorshift64* (Vigna 2016); four 16-bit uniform numbers of variance 1/12 make one of 1/3.
      state ^= state >> 12;
      state ^= state << 25;
      state ^= state >> 27;
      const uint64_t bits = state * 0x2545F4914F6CDD1Du;
      const uint64_t sum =
          (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
      const float uniform = static_cast<float>(sum) * (1.0f / 65536) - 2.0f;
      values[static_cast<size_t>(i)] = plan.mean + plan.deviation * 1.7320508f * uniform;
    }
    const Weight piece =
        MakeWeight(std::span(values).first(static_cast<size_t>(n)), Shape{n}, dtype);
    const Bytes stored = piece.stored();
    std::copy(stored.begin(), stored.end(), memory.get() + written);
    written += stored.size();
  }
  Weight weight;
  weight.view = ConstView(memory.get(), dtype, plan.shape);
  weight.memory = std::move(memory);
  return weight;
}

TensorSet RandomSet(const std::vector<TensorPlan>& plan, DType dtype, uint64_t seed) {
  TensorSet set("random weights");
  for (const TensorPlan& tensor : plan)
    set.Add(tensor.name, RandomWeight(tensor, dtype, seed)).value();
  return set;
}

}  // namespace aozora::wan
