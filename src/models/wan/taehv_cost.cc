// SPDX-License-Identifier: Apache-2.0
// What the tiny decoder will take, from the names and shapes of its layers (taehv.py's lists).
// Device memory is what the blocks remember, the packed weights, and the frames at work: most
// inside a block or while the size changes, and those that wait for their turn at the levels
// before.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/wan/decoders.h"
#include "models/wan/taehv_layers.h"

namespace aozora::wan {
namespace {

constexpr double kTaehvF32Bytes = 4;
constexpr double kTaehvLanes = 16;  // to which packing pads output channels
constexpr double kOpScratch = 1e6;  // tiles of the threads, weights of products laid out

// The two lists of layers: where level 1 begins, how many entries a level has, and which entry
// first makes more frames. The plain decoder makes them before it enlarges the picture, "super"
// after.
struct ListPlan {
  int level_1;
  int length;
  int first_grow;
  bool is_super;

  int LevelOf(int index) const {
    return index < level_1 ? 0 : std::min(1 + (index - level_1) / length, kTaehvLevelCount);
  }
  bool IsGrow(int index) const {
    return index >= first_grow && (index - first_grow) % length == 0 &&
           (index - first_grow) / length < kTaehvLevelCount;
  }
};
constexpr ListPlan kPlain = {8, 6, 7, false};
constexpr ListPlan kSuper = {7, 7, 7, true};

// One tensor of the decoder's convolutions.
struct CostLayer {
  int index;
  std::string_view rest;  // of the name, behind the index
  double out, in, taps;
};

CostLayer LayerOf(std::string_view name, const Shape& shape) {
  name.remove_prefix(std::string_view("decoder.").size());
  CostLayer layer{};
  const auto end = std::from_chars(name.data(), name.data() + name.size(), layer.index).ptr;
  layer.rest = name.substr(static_cast<size_t>(end - name.data()));
  layer.out = static_cast<double>(shape[0]);
  layer.in = static_cast<double>(shape[1]);
  layer.taps = static_cast<double>(shape[2] * shape[3]);
  return layer;
}

class Counter {
 public:
  Counter(const TensorSet& weights, const LatentSize& latent, const ListPlan& plan) : plan_(plan) {
    double frames = latent.frame_count, waiting = 0;
    double positions = static_cast<double>(latent.frame_value_count());
    for (int level = 0; level <= kTaehvLevelCount; ++level, positions *= 4) {
      frames_[level] = frames;
      positions_[level] = positions;
      waiting_[level] = waiting;
      const int index = plan.first_grow + level * plan.length;
      const Weight* grow = weights.Find(fmt::format("decoder.{}.conv.weight", index));
      if (level == kTaehvLevelCount || grow == nullptr || grow->view.count() == 0) continue;
      const double in = static_cast<double>(grow->view.dim(1));
      const double stride = static_cast<double>(grow->view.dim(0)) / in;
      frames *= stride;
      waiting += (stride - 1) * in * positions * (plan.is_super ? 4 : 1) * kTaehvF32Bytes;
    }
    // The first three pictures are not wanted, and what only they need is not computed.
    frames_[kTaehvLevelCount] -= kTimeStride - 1;
  }

  void Add(const CostLayer& layer, Cost& cost) {
    const int level = plan_.LevelOf(layer.index);
    const bool grow = plan_.IsGrow(layer.index);
    const double frames = frames_[grow && plan_.is_super ? level - 1 : level];
    cost.flops += 2 * layer.out * layer.in * layer.taps * positions_[level] * frames;
    const double plane = positions_[level] * kTaehvF32Bytes;
    const bool enlarges = !plan_.is_super && layer.index >= plan_.level_1 &&
                          (layer.index - plan_.level_1) % plan_.length == 0;
    if (layer.taps > 1 && (layer.in > 1 || !plan_.is_super)) {
      const double padded = std::ceil(layer.out / kTaehvLanes) * kTaehvLanes;
      kept_bytes_ += kTaehvF32Bytes * padded * layer.in * layer.taps * (enlarges ? 16.0 / 9 : 1);
    }
    // A block takes a frame and the one before, side by side; the latter is remembered.
    const bool first_of_block = layer.rest == ".conv.0.weight";
    const double joined = plan_.is_super ? layer.out : layer.in;
    if (first_of_block) kept_bytes_ += joined / 2 * plane;
    double working = (layer.in / (enlarges ? 4 : 1) + layer.out) * plane;
    if (first_of_block) working = joined * (plan_.is_super ? 3 : 1) * plane;
    if (!first_of_block && layer.rest == ".weight" && plan_.is_super && level < kTaehvLevelCount) {
      working = std::max(working, 2 * layer.out * plane);  // shuffled into positions
    }
    working_bytes_ = std::max(working_bytes_, waiting_[level] + working);
    if (layer.rest == ".weight") last_out_ = layer.index >= last_index_ ? layer.out : last_out_;
    last_index_ = std::max(last_index_, layer.index);
  }

  double ScratchBytes() const {
    const double pictures = std::min(double{kTimeStride}, frames_[kTaehvLevelCount]);
    return kept_bytes_ + working_bytes_ +
           pictures * last_out_ * positions_[kTaehvLevelCount] * kTaehvF32Bytes + kOpScratch;
  }

 private:
  const ListPlan& plan_;
  double frames_[kTaehvLevelCount + 1] = {}, positions_[kTaehvLevelCount + 1] = {};
  double waiting_[kTaehvLevelCount + 1] = {};  // bytes, at the levels before
  double kept_bytes_ = 0, working_bytes_ = 0;
  double last_out_ = 0;  // channels of pictures
  int last_index_ = 0;
};

}  // namespace

Cost TinyDecoderCost(const TensorSet& weights, const LatentSize& latent) {
  Counter counter(weights, latent, weights.Has("decoder.0.weight") ? kSuper : kPlain);
  Cost cost;
  for (const std::string& name : weights.Names()) {
    if (!name.starts_with("decoder.")) continue;
    const Weight& weight = *weights.Find(name);
    cost.weight_bytes += weight.bytes();
    if (!name.ends_with(".weight") || weight.view.shape().rank() != 4) continue;
    counter.Add(LayerOf(name, weight.view.shape()), cost);
  }
  cost.scratch_bytes = static_cast<uint64_t>(counter.ScratchBytes());
  return cost;
}

}  // namespace aozora::wan
