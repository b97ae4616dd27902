// SPDX-License-Identifier: Apache-2.0
// What decoding and encoding will take, counted from the names and shapes of the convolutions: the
// name says at which level of resolution one runs, the shape what it costs there.
#include <algorithm>
#include <charconv>
#include <optional>

#include "models/wan/decoders.h"

namespace aozora::wan {
namespace {

constexpr int kLevelCount = 4;
constexpr int64_t kHistoryFrames = 2;

// Where the layers of one network run: its levels, from the smallest pictures (decoder) or the
// largest (encoder).
struct Level {
  double frame_count = 0;         // of the whole clip
  double positions = 0;           // of one frame
  int64_t piece_frame_count = 1;  // frames that are in memory together
};
struct Network {
  std::string_view prefix;    // "decoder." or "encoder."
  std::string_view list;      // "upsamples." or "downsamples."
  int modules_per_level = 1;  // 2.1 counts modules through, 2.2 counts levels
  Level levels[kLevelCount];
  bool up = true;
};

// The level of a tensor of the network; nothing for tensors of the other half.
std::optional<int> LevelOf(const Network& network, std::string_view name) {
  if (!name.starts_with(network.prefix)) {
    const bool outer = name.starts_with(network.up ? "conv2." : "conv1.");
    return outer ? std::optional(network.up ? 0 : kLevelCount - 1) : std::nullopt;
  }
  name.remove_prefix(network.prefix.size());
  const bool first = name.starts_with("conv1.");
  if (!name.starts_with(network.list)) {
    // The first convolution is at the outer end of an encoder, the inner end of a decoder.
    const bool at_start = first || (network.up && name.starts_with("middle."));
    return at_start ? 0 : kLevelCount - 1;
  }
  name.remove_prefix(network.list.size());
  int index = 0;
  std::from_chars(name.data(), name.data() + name.size(), index);
  return std::min(index / network.modules_per_level, kLevelCount - 1);
}

double Flops(const Network& network, int level_index, std::string_view name, const Weight& weight) {
  const Level& level = network.levels[level_index];
  const Level& next = network.levels[std::min(level_index + 1, kLevelCount - 1)];
  double positions = level.positions * level.frame_count;
  if (name.find(".resample.") != std::string_view::npos) {
    // Doubling in time comes before the resize of a decoder, halving after that of an encoder.
    positions = next.positions * (network.up ? next.frame_count : level.frame_count);
  } else if (name.find(".time_conv.") != std::string_view::npos) {
    positions = network.up ? level.positions * (level.frame_count - 1)
                           : next.positions * (next.frame_count - 1);
  }
  double flops = 2.0 * static_cast<double>(weight.view.count()) * positions;
  if (name.find(".to_qkv.") != std::string_view::npos) {
    const double channels = static_cast<double>(weight.view.dim(1));
    flops += 4.0 * level.positions * level.positions * channels * level.frame_count;
  }
  return flops;
}

Cost Count(const Network& network, const TensorSet& weights) {
  Cost cost;
  double history_bytes = 0;
  double widest[kLevelCount] = {};  // channels
  for (const std::string& name : weights.Names()) {
    const std::optional<int> index = LevelOf(network, name);
    if (!index) continue;
    const Weight& weight = *weights.Find(name);
    cost.weight_bytes += weight.bytes();
    if (!name.ends_with(".weight") || weight.view.shape().rank() < 4) continue;
    const Level& level = network.levels[*index];
    cost.flops += Flops(network, *index, name, weight);
    const double in = static_cast<double>(weight.view.dim(1));
    widest[*index] = std::max(widest[*index], in);
    const bool down_in_time = !network.up && name.find(".time_conv.") != std::string::npos;
    if (weight.view.shape().rank() == 5 && weight.view.dim(2) == 3 && !down_in_time) {
      history_bytes += kHistoryFrames * in * level.positions * sizeof(float);
    }
  }
  // Besides the histories: the window of one convolution, its output and the skip.
  double working_bytes = 0;
  for (int index = 0; index < kLevelCount; ++index) {
    const Level& level = network.levels[index];
    const double frames = static_cast<double>(3 * level.piece_frame_count + kHistoryFrames);
    working_bytes =
        std::max(working_bytes, frames * widest[index] * level.positions * sizeof(float));
  }
  cost.scratch_bytes = static_cast<uint64_t>(history_bytes + working_bytes);
  return cost;
}

Cost DecoderCost(const TensorSet& weights, const LatentSize& latent, int modules_per_level) {
  Network network{"decoder.", "upsamples.", modules_per_level, {}, true};
  double frames = latent.frame_count;
  double positions = static_cast<double>(latent.frame_value_count());
  for (int level = 0; level < kLevelCount; ++level) {
    // Levels 0 and 1 double the frames; from level 2 on one frame at a time is in memory.
    network.levels[level] = {frames, positions, level == 1 ? 2 : 1};
    if (level < 2) frames = 2 * frames - 1;
    positions *= 4;
  }
  return Count(network, weights);
}

Cost EncoderCost(const TensorSet& weights, const ClipSize& clip, uint32_t fold,
                 int modules_per_level) {
  Network network{"encoder.", "downsamples.", modules_per_level, {}, false};
  double frames = clip.frame_count;
  double positions = static_cast<double>(clip.width_px / fold) * (clip.height_px / fold);
  int64_t piece = clip.frame_count > 1 ? 4 : 1;
  for (int level = 0; level < kLevelCount; ++level) {
    network.levels[level] = {frames, positions, piece};
    if (level == 1 || level == 2) {
      frames = 1 + (frames - 1) / 2;
      piece = std::max<int64_t>(piece / 2, 1);
    }
    positions /= 4;
  }
  return Count(network, weights);
}

}  // namespace

Cost Vae21DecoderCost(const TensorSet& weights, const LatentSize& latent, const DecoderOptions&) {
  return DecoderCost(weights, latent, 4);
}
Cost Vae22DecoderCost(const TensorSet& weights, const LatentSize& latent, const DecoderOptions&) {
  return DecoderCost(weights, latent, 1);
}
Cost Vae21EncoderCost(const TensorSet& weights, const ClipSize& clip) {
  return EncoderCost(weights, clip, 1, 3);
}
Cost Vae22EncoderCost(const TensorSet& weights, const ClipSize& clip) {
  return EncoderCost(weights, clip, 2, 1);
}

}  // namespace aozora::wan
