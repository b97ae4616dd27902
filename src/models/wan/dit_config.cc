// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit_config.h"

#include <algorithm>
#include <string>

namespace aozora::wan {
namespace {

constexpr int64_t kLayerCountMax = 1000;
// Below this many rows a matrix product cannot keep a CPU or a GPU busy.
constexpr int64_t kFfnRowsMin = 512;

// The shape of a tensor that must be there and have this many axes.
Result<Shape> ShapeOf(const TensorSet& weights, std::string_view name, int rank) {
  const Weight* weight = weights.Find(name);
  if (weight == nullptr) {
    return Error::NotFound("{} has no tensor '{}', which every Wan denoiser has", weights.origin(),
                           name);
  }
  if (weight->view.shape().rank() != rank) {
    return Error::Invalid("{}: tensor '{}' has shape {} and should have {} axes", weights.origin(),
                          name, ToString(weight->view.shape()), rank);
  }
  return weight->view.shape();
}

// The patch embedding is a convolution, or the same numbers as a matrix (github.com/NVlabs/rcm).
Result<Shape> PatchShape(const TensorSet& weights) {
  constexpr std::string_view kName = "patch_embedding.weight";
  constexpr int64_t kSide = DitConfig::kPatch;
  const Weight* weight = weights.Find(kName);
  if (weight == nullptr || weight->view.shape().rank() != 2) return ShapeOf(weights, kName, 5);
  const Shape& shape = weight->view.shape();
  return Shape{shape[0], shape[1] / (kSide * kSide), 1, kSide, kSide};
}

int64_t CountLayers(const TensorSet& weights) {
  int64_t count = 0;
  while (count < kLayerCountMax && weights.Has(fmt::format("blocks.{}.modulation", count))) ++count;
  return count;
}

Status CheckConfig(const TensorSet& weights, const DitConfig& c) {
  if (c.head_width < 6 || c.head_width % 2 != 0 || c.width % c.head_width != 0 || c.width == 0) {
    return Error::Invalid("{}: width {} cannot be split into heads of {}", weights.origin(),
                          c.width, c.head_width);
  }
  if (c.layer_count == 0) {
    return Error::NotFound("{} has no tensor 'blocks.0.modulation'", weights.origin());
  }
  if (c.frequency_count == 0 || c.frequency_count % 2 != 0) {
    return Error::Invalid("{}: {} timestep frequencies; expected an even number", weights.origin(),
                          c.frequency_count);
  }
  if (c.out_channel_count == 0 || c.in_channel_count < c.out_channel_count || c.ffn_width == 0 ||
      c.text_width == 0 || c.text_token_count < 1) {
    return Error::Invalid("{}: {} channels in, {} out, ffn width {}, text width {}, {} text rows",
                          weights.origin(), c.in_channel_count, c.out_channel_count, c.ffn_width,
                          c.text_width, c.text_token_count);
  }
  return Ok();
}

}  // namespace

Result<DitConfig> ReadDitConfig(const TensorSet& weights, const DitHints& hints) {
  DitConfig config;
  config.head_width = hints.head_width;
  config.text_token_count = hints.text_token_count;
  const Shape patch = TRY(PatchShape(weights));
  if (patch[2] != 1 || patch[3] != DitConfig::kPatch || patch[4] != DitConfig::kPatch) {
    return Error::Unsupported("{}: patches of {} x {} x {}; only 1 x 2 x 2 is known",
                              weights.origin(), patch[2], patch[3], patch[4]);
  }
  config.width = patch[0];
  config.in_channel_count = patch[1];
  const Shape head = TRY(ShapeOf(weights, "head.head.weight", 2));
  if (head[0] % config.patch_values() != 0) {
    return Error::Invalid("{}: tensor 'head.head.weight' has {} rows, not a multiple of {}",
                          weights.origin(), head[0], config.patch_values());
  }
  config.out_channel_count = head[0] / config.patch_values();
  config.text_width = TRY(ShapeOf(weights, "text_embedding.0.weight", 2))[1];
  config.frequency_count = TRY(ShapeOf(weights, "time_embedding.0.weight", 2))[1];
  config.ffn_width = TRY(ShapeOf(weights, "blocks.0.ffn.0.weight", 2))[0];
  config.layer_count = CountLayers(weights);
  TRY(CheckConfig(weights, config));
  return config;
}

int64_t FfnRowsAtOnce(const DitConfig& config, int64_t token_count) {
  const int64_t fitting = 3 * config.width * token_count / config.ffn_width;
  return std::min(token_count, std::max(fitting, kFfnRowsMin));
}

Cost DitCost(const DitConfig& config, const LatentSize& latent, uint64_t text_token_count) {
  const double n = static_cast<double>(config.TokenCount(latent));
  const double d = static_cast<double>(config.width);
  const double f = static_cast<double>(config.ffn_width);
  const double layers = static_cast<double>(config.layer_count);
  const double text = std::min(static_cast<double>(text_token_count) + 1,
                               static_cast<double>(config.text_token_count));
  const double channels = static_cast<double>(config.in_channel_count + config.out_channel_count);
  Cost cost;
  cost.flops += layers * (8 * n * d * d + 4 * n * n * d);     // self-attention
  cost.flops += layers * (4 * n * d * d + 4 * n * text * d);  // cross-attention, q and o
  cost.flops += layers * 4 * n * d * f;                       // feed-forward
  cost.flops += 2 * n * d * channels * static_cast<double>(config.patch_values());

  const int64_t tokens = config.TokenCount(latent);
  const int64_t wide =
      std::max(3 * config.width * tokens, FfnRowsAtOnce(config, tokens) * config.ffn_width);
  const int64_t activations = 2 * tokens * config.width + wide;  // x, h, and the wide buffer
  const int64_t rotation = tokens * config.head_width;
  const int64_t patches = 2 * tokens * config.patch_values() *
                          std::max(config.in_channel_count, config.out_channel_count);
  const int64_t prompt = 2 * config.layer_count * static_cast<int64_t>(text) * config.width;
  cost.scratch_bytes =
      static_cast<uint64_t>(activations + rotation + patches + prompt) * sizeof(float);
  return cost;
}

}  // namespace aozora::wan
