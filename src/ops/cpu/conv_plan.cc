// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/conv_plan.h"

#include <algorithm>

#include "base/check.h"

namespace aozora::ops::cpu {
namespace {

// Sizes that were best on machines with 0.5 to 2 MiB of second-level cache; none is critical.
constexpr int64_t kTilePixels = 256;
constexpr int64_t kTileWidth = 16;
constexpr int64_t kTileFrames = 4;  // of kernels with several taps in time
constexpr int64_t kChunkChannels = 128;
constexpr int64_t kChunkMultiple = 32;  // so that chunks are whole blocks of a stored input
constexpr int64_t kGroupWidth = 256;
constexpr int64_t kTaskCountMin = 24;  // small pictures: smaller groups, so that all threads work
// Values of k in a pass. kOutputs: with 2 narrow vectors the weights still fit a first-level cache;
// with 3 or 4 wide ones they come from the second, which keeps up. kInputs: sums of lanes are dear.
constexpr int64_t kPassLength = 384;
constexpr int64_t kPassLengthInputs = 4096;
constexpr int64_t kInputLanesBlock = 4;  // output channels of a register tile of kInputs

int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t RoundUpTo(int64_t a, int64_t b) { return DivideUp(a, b) * b; }
int64_t FloorHalf(int64_t a) { return a >= 0 ? a / 2 : -((1 - a) / 2); }

// Near-equal parts are better than full ones and a small rest.
int64_t EvenPart(int64_t count, int64_t part_max) {
  return DivideUp(count, DivideUp(count, std::max<int64_t>(part_max, 1)));
}

struct KernelSize {
  int64_t t, y, x;
};
KernelSize SizeOf(const Shape& w) {
  if (w.rank() == 4) return {1, w[2], w[3]};
  return {w[2], w[3], w[4]};
}

// Whether input channels rather than output channels should lie in the lanes: where those fill them
// better, the work for summing the lanes included.
bool InputLanesPay(int64_t in_count, int64_t out_count, int64_t lanes) {
  constexpr double kCostOfSumming = 1.15;
  const auto filled = [&](int64_t n) {
    return static_cast<double>(n) / static_cast<double>(RoundUpTo(n, lanes));
  };
  return lanes > 1 && filled(in_count) > filled(out_count) * kCostOfSumming;
}

ConvLayout MakeLayout(const ConvLanes& machine, int64_t in_count, int64_t out_count) {
  ConvLayout layout;
  layout.machine = machine;
  layout.in_count = in_count;
  layout.out_count = out_count;
  const int64_t chunk_count = DivideUp(in_count, kChunkChannels);
  layout.chunk_channels = RoundUpTo(DivideUp(in_count, chunk_count), kChunkMultiple);
  layout.chunk_count = DivideUp(in_count, layout.chunk_channels);
  if (InputLanesPay(in_count, out_count, machine.lanes)) {
    layout.lane_axis = ConvLaneAxis::kInputs;
    const int64_t part = EvenPart(out_count, kInputLanesBlock);
    for (int64_t channel = 0; channel < out_count; channel += part) {
      const int64_t count = std::min(part, out_count - channel);
      layout.blocks.push_back({channel, count, count});
    }
    layout.width = out_count;
    return layout;
  }
  const int64_t vector_count = DivideUp(out_count, machine.lanes);
  const int64_t part = EvenPart(vector_count, machine.vectors_max);
  for (int64_t vector = 0; vector < vector_count; vector += part) {
    const int64_t count = std::min(part, vector_count - vector);
    layout.blocks.push_back({vector * machine.lanes, count, count * machine.lanes});
  }
  layout.width = vector_count * machine.lanes;
  return layout;
}

// Large pictures have tiles that are about square, so that they share few inputs with the next.
ConvBox ChooseTile(const ConvPlan& plan, int64_t kernel_frames) {
  const int64_t frames = plan.time.out_count();
  const int64_t pixels = kTilePixels / plan.phase_count();
  ConvBox tile;
  tile.x = EvenPart(plan.width.out_count(), kTileWidth);
  tile.t = kernel_frames > 1 ? EvenPart(frames, kTileFrames) : 1;
  tile.y = EvenPart(plan.height.out_count(), pixels / (tile.t * tile.x));
  if (tile.y == plan.height.out_count()) {  // small pictures: more frames
    tile.t = EvenPart(frames, std::max(tile.t, pixels / (tile.x * tile.y)));
  }
  return tile;
}

std::vector<ConvGroup> MakeGroups(const ConvLayout& layout, int64_t tile_count) {
  std::vector<ConvGroup> groups;
  const int64_t groups_min = DivideUp(kTaskCountMin, tile_count);
  const int64_t part =
      EvenPart(layout.width, std::min(kGroupWidth, DivideUp(layout.width, groups_min)));
  const auto block_count = static_cast<int64_t>(layout.blocks.size());
  for (int64_t block = 0; block < block_count;) {
    ConvGroup group{block, block, layout.blocks[block].channel, 0, 0};
    while (block < block_count &&
           (group.width == 0 || group.width + layout.blocks[block].width <= part)) {
      group.width += layout.blocks[block++].width;
    }
    group.block_end = block;
    group.channel_end = block < block_count ? layout.blocks[block].channel : layout.out_count;
    groups.push_back(group);
  }
  return groups;
}

// Whether any output sees a frame through each tap in time. All taps, if no output sees anything:
// sums need one pass at least.
std::vector<bool> TapsInUse(const ConvAxis& time) {
  const ConvPhase& phase = time.phases[0];
  std::vector<bool> in_use(static_cast<size_t>(phase.tap_count), false);
  bool any = false;
  for (int64_t out = 0; out < phase.out_count; ++out) {
    for (int64_t tap = 0; tap < phase.tap_count; ++tap) {
      const int64_t frame = phase.first + out * time.step + tap;
      if (frame < 0 || frame >= time.in_count) continue;
      in_use[static_cast<size_t>(tap)] = any = true;
    }
  }
  if (!any) in_use.assign(in_use.size(), true);
  return in_use;
}

// Cuts k of one phase and chunk into passes. Each tap in time and height is a run over the taps of
// a line, which lie side by side in the input box. Where passes begin does not depend on which taps
// are in use, so that neither does the order of additions.
std::vector<ConvPass> MakePasses(const ConvPlan& plan, const ConvPhase& y, const ConvPhase& x,
                                 int64_t channels) {
  const bool inputs = plan.layout.lane_axis == ConvLaneAxis::kInputs;
  const int64_t lanes = plan.layout.machine.lanes;
  const int64_t length_max = inputs ? kPassLengthInputs : kPassLength;
  const int64_t line = x.tap_count * channels;
  const int64_t part = RoundUpTo(EvenPart(line, length_max), inputs ? lanes : 1);
  const std::vector<bool> in_use = TapsInUse(plan.time);
  std::vector<ConvPass> passes;
  int64_t at = 0;          // in k
  int64_t pass_begin = 0;  // of the pass, taps that are not in use included
  bool starts = true;      // a new pass
  for (int64_t tap_t = 0; tap_t < plan.time.phases[0].tap_count; ++tap_t) {
    for (int64_t tap_y = 0; tap_y < y.tap_count; ++tap_y) {
      const int64_t from_y = tap_t * plan.in_box.y + y.first - plan.height.first() + tap_y;
      const int64_t pixel = from_y * plan.in_box.x + x.first - plan.width.first();
      for (int64_t k = 0; k < line; k += part) {
        const ConvRun run{pixel * channels + k, std::min(part, line - k)};
        if (at + run.length - pass_begin > length_max) {
          pass_begin = at;
          starts = true;
        }
        if (in_use[static_cast<size_t>(tap_t)]) {
          if (starts) passes.push_back({{}, at, 0});
          passes.back().runs.push_back(run);
          passes.back().length += run.length;
          starts = false;
        } else {
          starts = true;  // what a pass multiplies by lies together
        }
        at += run.length;
      }
    }
  }
  return passes;
}

}  // namespace

int64_t ConvAxis::out_count() const {
  int64_t count = 0;
  for (const ConvPhase& phase : phases) count = std::max(count, phase.out_count);
  return count;
}

int64_t ConvAxis::first() const {
  int64_t first = phases[0].first;
  for (const ConvPhase& phase : phases) first = std::min(first, phase.first);
  return first;
}

int64_t ConvAxis::Extent(int64_t count) const {
  int64_t end = phases[0].first;
  for (const ConvPhase& phase : phases) end = std::max(end, phase.first + phase.tap_count);
  return (count - 1) * step + end - first();
}

ConvAxis MakeConvAxis(const op::Conv3d::Axis& axis, int64_t in_count, int64_t out_count,
                      int64_t kernel_size, int64_t upsample) {
  ConvAxis result;
  result.in_count = in_count;
  const int64_t stride = axis.stride;
  const bool even_and_odd = upsample == 2 && stride % 2 == 1;
  const int64_t phase_count = even_and_odd ? 2 : 1;
  result.step = upsample == 1 ? stride : stride * phase_count / 2;
  for (int64_t phase = 0; phase < phase_count; ++phase) {
    const auto source = [&](int64_t k) {
      const int64_t at = phase * stride + k - int64_t{axis.pad_front};
      return upsample == 1 ? at : FloorHalf(at);
    };
    ConvPhase made;
    made.first = source(0);
    made.tap_count = source(kernel_size - 1) - made.first + 1;
    made.out_count = DivideUp(std::max<int64_t>(out_count - phase, 0), phase_count);
    for (int64_t k = 0; k < kernel_size; ++k) made.tap_of_kernel.push_back(source(k) - made.first);
    result.phases.push_back(std::move(made));
  }
  return result;
}

int64_t ConvLayout::ChunkSize(int64_t chunk) const {
  return std::min(chunk_channels, in_count - ChunkBegin(chunk));
}

int64_t ConvLayout::ChunkStride(int64_t chunk) const {
  const int64_t size = ChunkSize(chunk);
  return lane_axis == ConvLaneAxis::kInputs ? RoundUpTo(size, machine.lanes) : size;
}

int64_t ConvLayout::Offset(int64_t phase, int64_t chunk, int64_t block) const {
  const int64_t last = chunk_count - 1;
  const int64_t stride_sum = ChunkBegin(last) + ChunkStride(last);
  int64_t offset = 0;
  for (int64_t i = 0; i < phase; ++i) offset += phase_taps[i] * stride_sum * width;
  offset += phase_taps[phase] * ChunkBegin(chunk) * width;
  for (int64_t i = 0; i < block; ++i) {
    offset += phase_taps[phase] * ChunkStride(chunk) * blocks[i].width;
  }
  return offset;
}

int64_t ConvPlan::in_box_floats() const {
  int64_t stride = 0;
  for (int64_t chunk = 0; chunk < layout.chunk_count; ++chunk) {
    stride = std::max(stride, layout.ChunkStride(chunk));
  }
  return RoundUpTo(in_box.count() * stride, kLineFloats);
}

int64_t ConvPlan::sums_floats() const {
  int64_t width_max = 0;
  for (const ConvGroup& group : groups) width_max = std::max(width_max, group.width);
  return RoundUpTo(phase_count() * tile.count() * width_max, kLineFloats);
}

ConvPlan MakeConvPlan(const op::Conv3d& op, const ConvLanes& machine) {
  const KernelSize kernel = SizeOf(op.weight->view.shape());
  ConvPlan plan;
  const int64_t frame_count = static_cast<int64_t>(op.earlier.size()) + op.x.dim(0);
  plan.time = MakeConvAxis(op.time, frame_count, op.y.dim(0), kernel.t, 1);
  plan.height = MakeConvAxis(op.height, op.x.dim(1), op.y.dim(1), kernel.y, op.upsample);
  plan.width = MakeConvAxis(op.width, op.x.dim(2), op.y.dim(2), kernel.x, op.upsample);
  ConvLayout& layout = plan.layout;
  layout = MakeLayout(machine, op.x.dim(3), op.y.dim(3));
  for (const ConvPhase& y : plan.height.phases) {
    for (const ConvPhase& x : plan.width.phases) {
      layout.phase_taps.push_back(kernel.t * y.tap_count * x.tap_count);
    }
  }
  const int64_t last_chunk = layout.chunk_count - 1;
  for (int64_t taps : layout.phase_taps) {
    layout.value_count +=
        taps * (layout.ChunkBegin(last_chunk) + layout.ChunkStride(last_chunk)) * layout.width;
  }
  plan.tile = ChooseTile(plan, kernel.t);
  plan.tile_count = {DivideUp(plan.time.out_count(), plan.tile.t),
                     DivideUp(plan.height.out_count(), plan.tile.y),
                     DivideUp(plan.width.out_count(), plan.tile.x)};
  plan.in_box = {plan.time.Extent(plan.tile.t), plan.height.Extent(plan.tile.y),
                 plan.width.Extent(plan.tile.x)};
  plan.groups = MakeGroups(layout, plan.tile_count.count());
  for (const ConvPhase& y : plan.height.phases) {
    for (const ConvPhase& x : plan.width.phases) {
      plan.passes.push_back(MakePasses(plan, y, x, layout.ChunkStride(0)));
      plan.passes.push_back(MakePasses(plan, y, x, layout.ChunkStride(last_chunk)));
    }
  }
  return plan;
}

}  // namespace aozora::ops::cpu
