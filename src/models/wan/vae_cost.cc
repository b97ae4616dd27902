// SPDX-License-Identifier: Apache-2.0
// What decoding and encoding will take, counted from the names and shapes of the convolutions: the
// name says at which level of resolution one runs, the shape what it costs there.
//
// Device memory is, in this order of size: what convolutions remember (vae_layers.h), the frames at
// work, and packed weights (f32, output channels padded to whole vectors): those of small kernels,
// and those of the one that runs. Of the frames the most are alive inside a residual block or while
// a level changes its size; what waits at the levels before for the second frame of a pair comes on
// top.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "models/wan/decoders.h"
#include "op/op.h"

namespace aozora::wan {
namespace {

constexpr double kVaeHistoryFrames = 2;
constexpr double kF32Bytes = 4;
constexpr double kLanes = 16;     // to which packing pads output channels
constexpr double kMargin = 1.02;  // buffers are used again for requests that are a little smaller

double BytesOfValue(DType dtype) {
  const DTypeInfo& info = Info(dtype);
  return static_cast<double>(info.block_bytes) / info.block_values;
}

// Where the layers of one network run: its levels, from the smallest pictures (decoder) or the
// largest (encoder).
struct Level {
  double frame_count = 0;  // of the whole clip
  double positions = 0;    // of one frame
  // Channels: what the first block takes, what the blocks give, what the change of size gives.
  double in = 0, out = 0, resized = 0;
  double head = 0;
  double packed_bytes = 0;  // the largest that does not stay
  bool in_time = false;
  bool has_pairs() const { return in_time && frame_count > 1; }
};
struct VaeCostNetwork {
  std::string_view prefix;    // "decoder." or "encoder."
  std::string_view list;      // "upsamples." or "downsamples."
  int modules_per_level = 1;  // 2.1 counts modules through, 2.2 counts levels
  bool up = true;
  bool skips = false;                // 2.2: around each level
  double history_bytes = kF32Bytes;  // of a value that a residual block remembers
  Level levels[kVaeLevelCount] = {};
};

// The level of a tensor of the network; nothing for tensors of the other half.
std::optional<int> LevelOf(const VaeCostNetwork& network, std::string_view name) {
  if (!name.starts_with(network.prefix)) {
    const bool outer = name.starts_with(network.up ? "conv2." : "conv1.");
    return outer ? std::optional(network.up ? 0 : kVaeLevelCount - 1) : std::nullopt;
  }
  name.remove_prefix(network.prefix.size());
  const bool first = name.starts_with("conv1.");
  if (!name.starts_with(network.list)) {
    // The first convolution is at the outer end of an encoder, the inner end of a decoder.
    const bool at_start = first || (network.up && name.starts_with("middle."));
    return at_start ? 0 : kVaeLevelCount - 1;
  }
  name.remove_prefix(network.list.size());
  int index = 0;
  std::from_chars(name.data(), name.data() + name.size(), index);
  return std::min(index / network.modules_per_level, kVaeLevelCount - 1);
}

double Flops(const VaeCostNetwork& network, int level_index, std::string_view name,
             const Weight& weight) {
  const Level& level = network.levels[level_index];
  const Level& next = network.levels[std::min(level_index + 1, kVaeLevelCount - 1)];
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

bool Contains(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

bool IsConvolution(std::string_view name, const Shape& shape) {
  return name.ends_with(".weight") && shape.rank() >= 4;
}

double PackedBytes(const VaeCostNetwork& network, std::string_view name, const Shape& shape) {
  const double in = static_cast<double>(shape[1]), out = static_cast<double>(shape[0]);
  const double taps = static_cast<double>(shape.item_count()) / in;
  if (taps == 1) return 0;  // used as it is
  const double bytes = kF32Bytes * in * taps * std::ceil(out / kLanes) * kLanes;
  // An enlarging one has four kernels of 2x2 instead of one of 3x3, made of sums.
  return network.up && Contains(name, ".resample.") ? bytes * 16 / 9 : bytes;
}

// Whether packed weights stay from call to call, because they are small or used for little.
bool PackedStays(const VaeCostNetwork& network, int level_index, std::string_view name,
                 double packed_bytes) {
  if (packed_bytes <= double{op::Conv3d::kKeptPackedBytesMax}) return true;
  const bool resized = Contains(name, ".resample.") || (!network.up && Contains(name, ".time_"));
  const int runs_at = std::min(level_index + (resized ? 1 : 0), kVaeLevelCount - 1);
  return network.levels[runs_at].positions < op::Conv3d::kRepackPositionsMin;
}

// What a convolution remembers.
double HistoryBytes(const VaeCostNetwork& network, int level_index, std::string_view name,
                    const Shape& shape) {
  if (shape.rank() != 5 || shape.item_count() == shape[1]) return 0;
  const double in = static_cast<double>(shape[1]), out = static_cast<double>(shape[0]);
  double positions = network.levels[level_index].positions;
  double frames = network.levels[level_index].frame_count;
  if (Contains(name, ".head.")) return kVaeHistoryFrames * out * positions * kF32Bytes;
  if (Contains(name, ".time_conv.")) {
    if (!network.up) positions = network.levels[level_index + 1].positions;
    if (network.up) frames -= 1;  // the first frame of a clip does not go through
  }
  const bool compact =
      Contains(name, ".residual.") && shape[1] % Info(DType::kQ8Affine).block_values == 0;
  const double value = compact ? network.history_bytes : kF32Bytes;
  return std::min(kVaeHistoryFrames, frames) * in * positions * value;
}

void NoteChannels(Level& level, std::string_view name, const Shape& shape) {
  const double in = static_cast<double>(shape[1]), out = static_cast<double>(shape[0]);
  if (Contains(name, ".residual.")) {
    level.in = std::max(level.in, in);
    level.out = std::max(level.out, out);
  }
  if (Contains(name, ".head.")) level.head = out;
  if (Contains(name, ".resample.")) level.resized = out;
  if (Contains(name, ".time_conv.")) level.in_time = true;
}

// Of one residual block: x, the input of a convolution (if its place in the history is not free
// yet) and its result.
double BlockBytes(const VaeCostNetwork& network, const Level& level) {
  const double widest = std::max(level.in, level.out);
  const double input = level.frame_count > kVaeHistoryFrames ? network.history_bytes * widest : 0;
  const double block = kF32Bytes * level.in + input + kF32Bytes * level.out;
  // The last layer: its input, three parts of each output, the output, and new sums beside the old.
  const double sums = level.frame_count > 1 ? 6 : 4;
  const double head = level.head > 0 ? kF32Bytes * (level.out + sums * level.head) : 0;
  return level.positions * std::max(block, head);
}

// Tiles of this many threads: an input box of three frames of 18x18 positions and 256 sums, of as
// many channels as are taken together (ops/cpu/conv_plan.cc).
double OpScratchBytes(const VaeCostNetwork& network) {
  constexpr double kThreads = 4;
  double widest = 0;
  for (const Level& level : network.levels) widest = std::max({widest, level.in, level.out});
  return kThreads * kF32Bytes *
         (3 * 18 * 18 * std::min(widest, 128.0) + 256 * std::min(widest, 256.0));
}

double DecoderWorkingBytes(const VaeCostNetwork& network, double pictures_bytes) {
  double most = 0, waiting = 0;
  for (const Level& level : network.levels) {
    const double frame = level.positions * kF32Bytes;
    const double input = network.skips && level.resized > 0 ? frame * level.in : 0;
    // In the middle, before the first level: x, its norm, q, k and v.
    const double attention = &level == network.levels ? 5 * frame * level.out : 0;
    const double block = std::max(BlockBytes(network, level), attention);
    most = std::max(most, waiting + input + block + level.packed_bytes);
    // What a pair is made from, one frame of it, that enlarged and, in 2.2, what is added: as many
    // frames as a pair has.
    const double skip = network.skips ? (level.in_time ? 2 : 1) : 0;
    const double small = frame * level.out * (level.has_pairs() ? 2 : 1);
    const double enlarged = 4 * frame * level.resized * (1 + skip);
    most = std::max(most, waiting + input + small + enlarged + level.packed_bytes);
    if (level.has_pairs()) waiting += input + frame * level.out;
  }
  return most + pictures_bytes;
}

double EncoderWorkingBytes(const VaeCostNetwork& network) {
  double most = 0;
  for (const Level& level : network.levels) {
    const double frame = level.positions * kF32Bytes;
    // 2.2 folds pairs of frames for what skips the level.
    const double fold = network.skips ? frame * level.in * (level.in_time ? 5 : 2.5) : 0;
    const double waiting = network.skips && level.in_time ? frame * level.in : 0;
    const double skip = network.skips ? frame * level.out / 4 : 0;
    const double block = BlockBytes(network, level) + level.packed_bytes;
    most = std::max({most, fold, waiting + skip + block});
  }
  return most;
}

Cost Count(VaeCostNetwork& network, const TensorSet& weights, double pictures_bytes) {
  Cost cost;
  double kept_bytes = 0;
  for (const std::string& name : weights.Names()) {
    const std::optional<int> index = LevelOf(network, name);
    if (!index) continue;
    const Weight& weight = *weights.Find(name);
    cost.weight_bytes += weight.bytes();
    const Shape& shape = weight.view.shape();
    if (!IsConvolution(name, shape)) continue;
    cost.flops += Flops(network, *index, name, weight);
    kept_bytes += HistoryBytes(network, *index, name, shape);
    const double packed_bytes = PackedBytes(network, name, shape);
    Level& level = network.levels[*index];
    if (PackedStays(network, *index, name, packed_bytes)) {
      kept_bytes += packed_bytes;
    } else {
      level.packed_bytes = std::max(level.packed_bytes, packed_bytes);
    }
    NoteChannels(level, name, shape);
  }
  const double working_bytes = network.up ? DecoderWorkingBytes(network, pictures_bytes)
                                          : EncoderWorkingBytes(network) + pictures_bytes;
  cost.scratch_bytes =
      static_cast<uint64_t>(kMargin * (kept_bytes + working_bytes + OpScratchBytes(network)));
  return cost;
}

constexpr double kPictureBytes = 3 * kF32Bytes;  // of a pixel

Cost DecoderCost(const TensorSet& weights, const LatentSize& latent, int modules_per_level,
                 double fold, const DecoderOptions& options) {
  VaeCostNetwork network{
      .prefix = "decoder.",
      .list = "upsamples.",
      .modules_per_level = modules_per_level,
      .up = true,
      .skips = fold > 1,
      .history_bytes = BytesOfValue(options.compact_history ? DType::kQ8Affine : DType::kF32)};
  double frames = latent.frame_count;
  double positions = static_cast<double>(latent.frame_value_count());
  for (int level = 0; level < kVaeLevelCount; ++level) {
    network.levels[level].frame_count = frames;
    network.levels[level].positions = positions;
    if (level < 2) frames = 2 * frames - 1;
    if (level + 1 < kVaeLevelCount) positions *= 4;
  }
  // A single one is made when all but it is done.
  const double pictures = latent.frame_count > 1 ? double{kTimeStride} : 0;
  return Count(network, weights, pictures * positions * fold * fold * kPictureBytes);
}

Cost EncoderCost(const TensorSet& weights, const ClipSize& clip, uint32_t fold,
                 int modules_per_level) {
  VaeCostNetwork network{.prefix = "encoder.",
                         .list = "downsamples.",
                         .modules_per_level = modules_per_level,
                         .up = false,
                         .skips = fold > 1};
  double frames = clip.frame_count;
  double positions = static_cast<double>(clip.width_px / fold) * (clip.height_px / fold);
  const double pixels = positions * fold * fold;
  for (int level = 0; level < kVaeLevelCount; ++level) {
    network.levels[level].frame_count = frames;
    network.levels[level].positions = positions;
    if (level == 1 || level == 2) frames = 1 + std::floor((frames - 1) / 2);
    positions /= 4;
  }
  return Count(network, weights, pixels * kPictureBytes);
}

}  // namespace

Cost Vae21DecoderCost(const TensorSet& weights, const LatentSize& latent,
                      const DecoderOptions& options) {
  return DecoderCost(weights, latent, 4, 1, options);
}
Cost Vae22DecoderCost(const TensorSet& weights, const LatentSize& latent,
                      const DecoderOptions& options) {
  return DecoderCost(weights, latent, 1, 2, options);
}
Cost Vae21EncoderCost(const TensorSet& weights, const ClipSize& clip) {
  return EncoderCost(weights, clip, 1, 3);
}
Cost Vae22EncoderCost(const TensorSet& weights, const ClipSize& clip) {
  return EncoderCost(weights, clip, 2, 1);
}

}  // namespace aozora::wan
