// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/conv_kernel.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/conv_kernel.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/conv_tile_inl.h"
#include "ops/cpu/math_inl.h"
#include "ops/cpu/q8_affine_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

ConvLanes Machine() { return {kConvLanes, kConvVectorsMax}; }

// One tile of a job, in outputs of a phase: the far tiles of a picture are smaller than the rest.
struct Place {
  int64_t t, y, x;
  const ConvGroup* group;
};

Place PlaceOf(const ConvPlan& plan, int64_t task) {
  Place place;
  const auto group_count = static_cast<int64_t>(plan.groups.size());
  place.group = &plan.groups[task % group_count];
  task /= group_count;
  place.x = task % plan.tile_count.x * plan.tile.x;
  task /= plan.tile_count.x;
  place.y = task % plan.tile_count.y * plan.tile.y;
  place.t = task / plan.tile_count.y * plan.tile.t;
  return place;
}

// What the input is stored as: values, or blocks of them.
template <class T>
constexpr int64_t kValuesOf = 1;
template <>
constexpr int64_t kValuesOf<Q8Block> = kQ8Values;

HWY_INLINE void CopyValues(const float* from, int64_t count, float* to) {
  std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}
HWY_INLINE void CopyValues(const Q8Block* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; i += kQ8Values) DecodeQ8Block(*from++, to + i);
}

// Copies `channel_count` channels of one line of the input, zeros where there is none.
template <class T>
void CopyLine(const T* line, int64_t in_channels, int64_t in_width, int64_t begin_x,
              int64_t pixel_count, int64_t channel_count, int64_t stride, float* out) {
  const int64_t before = std::clamp<int64_t>(-begin_x, 0, pixel_count);
  const int64_t end =
      line == nullptr ? before : std::clamp<int64_t>(in_width - begin_x, before, pixel_count);
  std::fill(out, out + before * stride, 0.0f);
  if (end > before) {
    const T* from = line + (begin_x + before) * in_channels / kValuesOf<T>;
    float* to = out + before * stride;
    if (channel_count == in_channels && stride == in_channels) {
      CopyValues(from, (end - before) * stride, to);
    } else {
      for (int64_t x = before; x < end; ++x, from += in_channels / kValuesOf<T>, to += stride) {
        CopyValues(from, channel_count, to);
        std::fill(to + channel_count, to + stride, 0.0f);
      }
    }
  }
  std::fill(out + end * stride, out + pixel_count * stride, 0.0f);
}

// Where frame t of the clip lies, the earlier ones counted; nothing if there is none.
struct StoredFrame {
  const void* data = nullptr;
  DType dtype = DType::kF32;
};
StoredFrame FrameAt(const op::Conv3d& op, int64_t t) {
  const auto earlier_count = static_cast<int64_t>(op.earlier.size());
  if (t < 0 || t >= earlier_count + op.x.dim(0)) return {};
  const bool earlier = t < earlier_count;
  const ConstView from = earlier ? op.earlier[static_cast<size_t>(t)] : op.x;
  const int64_t begin = earlier ? 0 : (t - earlier_count) * from.item_stride();
  const auto offset = *BytesOf(from.dtype(), static_cast<uint64_t>(begin));
  return {static_cast<const std::byte*>(from.data()) + offset, from.dtype()};
}

// Lines [begin_y, begin_y + in_box.y) of a frame, one chunk of channels of them.
template <class T>
void CopyFrame(const ConvPlan& plan, const Shape& shape, const T* frame, int64_t begin_y,
               int64_t begin_x, int64_t chunk, float* out) {
  const int64_t stride = plan.layout.ChunkStride(chunk);
  for (int64_t y = begin_y; y < begin_y + plan.in_box.y; ++y) {
    const bool inside = frame != nullptr && y >= 0 && y < shape[1];
    const int64_t begin = y * shape[2] * shape[3] + plan.layout.ChunkBegin(chunk);
    const T* line = inside ? frame + begin / kValuesOf<T> : nullptr;
    CopyLine(line, shape[3], shape[2], begin_x, plan.in_box.x, plan.layout.ChunkSize(chunk), stride,
             out);
    out += plan.in_box.x * stride;
  }
}

// The input box of a tile, one chunk of channels of it, as [t, y, x, stride].
void CopyBox(const ConvJob& job, const Place& place, int64_t chunk, float* out) {
  const ConvPlan& plan = job.plan;
  const Shape& shape = job.op.x.shape();
  const int64_t begin_t = place.t * plan.time.step + plan.time.first();
  const int64_t begin_y = place.y * plan.height.step + plan.height.first();
  const int64_t begin_x = place.x * plan.width.step + plan.width.first();
  const int64_t frame_floats = plan.in_box.y * plan.in_box.x * plan.layout.ChunkStride(chunk);
  for (int64_t t = begin_t; t < begin_t + plan.in_box.t; ++t, out += frame_floats) {
    const StoredFrame frame = FrameAt(job.op, t);
    if (frame.dtype == DType::kQ8Affine) {
      CopyFrame(plan, shape, static_cast<const Q8Block*>(frame.data), begin_y, begin_x, chunk, out);
    } else {
      CopyFrame(plan, shape, static_cast<const float*>(frame.data), begin_y, begin_x, chunk, out);
    }
  }
}

// How many outputs of a phase a tile has, at the far borders of the picture too.
ConvBox CountsOf(const ConvPlan& plan, const Place& place, const ConvPhase& y, const ConvPhase& x) {
  return {std::clamp<int64_t>(plan.time.phases[0].out_count - place.t, 0, plan.tile.t),
          std::clamp<int64_t>(y.out_count - place.y, 0, plan.tile.y),
          std::clamp<int64_t>(x.out_count - place.x, 0, plan.tile.x)};
}

// Asks for weights that the next pass will read, so that they come while this one computes: those
// of large convolutions come from far away, and serve one tile only.
HWY_INLINE void PrefetchLines(const float* begin, const float* end) {
#if HWY_COMPILER_GCC || HWY_COMPILER_CLANG
  for (; begin < end; begin += kLineFloats) __builtin_prefetch(begin, 0, 2);
#endif
}

// The weights of the next pass, which lie behind those of this one.
struct UpcomingWeights {
  const float* data;
  int64_t count;
};

// Adds one pass to the sums of all pixels of a phase: the weights stay where they are, pixels go
// by.
void RunPass(const ConvPlan& plan, const ConvBox& counts, int64_t in_stride,
             const UpcomingWeights& upcoming, const ConvTileTable& table, ConvTileArgs args) {
  const float* in = args.in;
  float* sums = args.sums;
  const int64_t part_count = (counts.x + table.pixels_max - 1) / table.pixels_max;
  const int64_t line = plan.in_box.x * in_stride;
  args.pixel_stride = plan.width.step * in_stride;
  const float* next = upcoming.data;
  const float* const next_end = next + upcoming.count;
  const int64_t call_count = std::max<int64_t>(counts.t * counts.y * part_count, 1);
  const int64_t share = (upcoming.count / call_count / kLineFloats + 1) * kLineFloats;
  for (int64_t t = 0; t < counts.t; ++t) {
    for (int64_t y = 0; y < counts.y; ++y) {
      args.in = in + (t * plan.time.step * plan.in_box.y + y * plan.height.step) * line;
      args.sums = sums + (t * plan.tile.y + y) * plan.tile.x * args.sums_stride;
      for (int64_t part = 0; part < part_count; ++part) {
        const int64_t begin = counts.x * part / part_count;
        const int64_t count = counts.x * (part + 1) / part_count - begin;
        PrefetchLines(next, std::min(next + share, next_end));
        next += share;
        table.tiles[count - 1](args);
        args.in += count * args.pixel_stride;
        args.sums += count * args.sums_stride;
      }
    }
  }
}

// Sums of one phase over one chunk of channels.
void RunPhase(const ConvJob& job, const Place& place, int64_t phase, int64_t chunk, const float* in,
              float* sums) {
  const ConvPlan& plan = job.plan;
  const ConvLayout& layout = plan.layout;
  const auto width_phases = static_cast<int64_t>(plan.width.phases.size());
  const ConvBox counts = CountsOf(plan, place, plan.height.phases[phase / width_phases],
                                  plan.width.phases[phase % width_phases]);
  const bool is_last = chunk == layout.chunk_count - 1;
  for (int64_t index = place.group->block_begin; index < place.group->block_end; ++index) {
    const ConvBlock& block = layout.blocks[index];
    const auto count = static_cast<int>(block.vector_count);
    const ConvTileTable table =
        layout.lane_axis == ConvLaneAxis::kInputs ? ConvInputTiles(count) : ConvOutputTiles(count);
    ConvTileArgs args;
    args.in = in;
    const int64_t block_begin = layout.Offset(phase, chunk, index);
    args.sums = sums + block.channel - place.group->channel_begin;
    args.sums_stride = place.group->width;
    args.add = chunk > 0;
    for (const ConvPass& pass : plan.passes[phase * 2 + (is_last ? 1 : 0)]) {
      args.pass = &pass;
      const int64_t offset = block_begin + pass.begin * block.width;
      const int64_t weight_count = pass.length * block.width;
      args.weights = job.weights + offset;
      RunPass(plan, counts, layout.ChunkStride(chunk), {args.weights + weight_count, weight_count},
              table, args);
      args.add = true;
    }
  }
}

// y = act(sums + bias + residual) for the channels of a group at one pixel.
void FinishPixel(const op::Conv3d& op, const float* sums, const float* bias, const float* residual,
                 int64_t count, float* y) {
  const ConvTag d;
  const auto finish = [&](ConvVec v, ConvVec b, ConvVec r) HWY_ATTR {
    if (bias != nullptr) v = hn::Add(v, b);
    if (residual != nullptr) v = hn::Add(v, r);
    return Activate(d, op.activation, v);
  };
  const ConvVec zero = hn::Zero(d);
  int64_t c = 0;
  for (; c + kConvLanes <= count; c += kConvLanes) {
    hn::StoreU(finish(hn::LoadU(d, sums + c), bias != nullptr ? hn::LoadU(d, bias + c) : zero,
                      residual != nullptr ? hn::LoadU(d, residual + c) : zero),
               d, y + c);
  }
  if (c == count) return;
  const size_t bytes = static_cast<size_t>(count - c) * sizeof(float);
  HWY_ALIGN float rest[3][kConvLanes] = {};
  std::memcpy(rest[0], sums + c, bytes);
  if (bias != nullptr) std::memcpy(rest[1], bias + c, bytes);
  if (residual != nullptr) std::memcpy(rest[2], residual + c, bytes);
  hn::Store(finish(hn::Load(d, rest[0]), hn::Load(d, rest[1]), hn::Load(d, rest[2])), d, rest[0]);
  std::memcpy(y + c, rest[0], bytes);
}

void FinishPhase(const ConvJob& job, const Place& place, int64_t phase, const float* sums) {
  const op::Conv3d& op = job.op;
  const ConvPlan& plan = job.plan;
  const ConvGroup& group = *place.group;
  const auto y_phases = static_cast<int64_t>(plan.height.phases.size());
  const auto x_phases = static_cast<int64_t>(plan.width.phases.size());
  const int64_t phase_y = phase / x_phases, phase_x = phase % x_phases;
  const ConvBox counts =
      CountsOf(plan, place, plan.height.phases[phase_y], plan.width.phases[phase_x]);
  const float* bias = op.bias ? op.bias.f32() + group.channel_begin : nullptr;
  const int64_t channel_count = group.channel_end - group.channel_begin;
  for (int64_t t = 0; t < counts.t; ++t) {
    for (int64_t y = 0; y < counts.y; ++y) {
      const int64_t out_y = (place.y + y) * y_phases + phase_y;
      const float* from = sums + (t * plan.tile.y + y) * plan.tile.x * group.width;
      for (int64_t x = 0; x < counts.x; ++x, from += group.width) {
        const int64_t out_x = (place.x + x) * x_phases + phase_x;
        const int64_t offset = (out_y * op.y.dim(2) + out_x) * op.y.dim(3) + group.channel_begin;
        const int64_t out_t = place.t + t;
        const float* residual =
            op.residual ? op.residual.f32() + out_t * op.residual.item_stride() + offset : nullptr;
        FinishPixel(op, from, bias, residual, channel_count,
                    op.y.f32() + out_t * op.y.item_stride() + offset);
      }
    }
  }
}

void RunTask(const ConvJob& job, int64_t task, float* scratch) {
  const ConvPlan& plan = job.plan;
  const Place place = PlaceOf(plan, task);
  float* box = scratch;
  float* sums = box + plan.in_box_floats();
  const int64_t phase_floats = plan.tile.count() * place.group->width;
  for (int64_t chunk = 0; chunk < plan.layout.chunk_count; ++chunk) {
    if (job.cancel.cancelled()) return;
    CopyBox(job, place, chunk, box);
    for (int64_t phase = 0; phase < plan.phase_count(); ++phase) {
      RunPhase(job, place, phase, chunk, box, sums + phase * phase_floats);
    }
  }
  for (int64_t phase = 0; phase < plan.phase_count(); ++phase) {
    FinishPhase(job, place, phase, sums + phase * phase_floats);
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(Machine);
HWY_EXPORT(RunTask);

ConvLanes ConvMachine() { return HWY_DYNAMIC_DISPATCH(Machine)(); }

void RunConvTask(const ConvJob& job, int64_t task, float* scratch) {
  HWY_DYNAMIC_DISPATCH(RunTask)(job, task, scratch);
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
