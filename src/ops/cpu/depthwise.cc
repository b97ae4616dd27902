// SPDX-License-Identifier: Apache-2.0
// Convolutions of each channel by itself. There is nothing to multiply as matrices: lanes are
// channels, and each value loaded is used in one multiply-add. Some lines of some channels are
// copied with their borders of zeros first, so that the inner loop knows no borders.
#include <algorithm>
#include <cstring>

#include "ops/cpu/kernels.h"
#include "ops/cpu/scratch.h"
#include "tensor/decode.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/depthwise.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/math_inl.h"

#ifndef AOZORA_OPS_CPU_DEPTHWISE_JOB_
#define AOZORA_OPS_CPU_DEPTHWISE_JOB_
namespace aozora::ops::cpu {

constexpr int64_t kDepthwiseLanes = 16;     // channels are padded to this; vectors divide it
constexpr int64_t kDepthwiseChannels = 64;  // of a task
constexpr int64_t kDepthwiseLines = 8;      // of a task
constexpr int64_t kDepthwisePixels = 8;     // sums in registers: enough to hide their latency

struct DepthwiseJob {
  const op::Conv3d& op;
  const float* weights;  // [block][ky][kx][block's channels]
  int64_t kernel_y, kernel_x;
  int64_t stored_width;  // of a line with its borders
  int64_t block_count, line_tasks;

  int64_t task_count() const { return op.y.dim(0) * line_tasks * block_count; }
  int64_t scratch_floats() const {
    return (kDepthwiseLines + kernel_y - 1) * stored_width * kDepthwiseChannels;
  }
};

}  // namespace aozora::ops::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<float, kDepthwiseLanes>;
using Vec = hn::Vec<Tag>;
constexpr int64_t kLanes = hn::MaxLanes(Tag());

struct Block {
  int64_t begin, count, stride;  // channels; stride is count padded to whole vectors
};

// `line_count` lines of a block's channels from line `begin_y` on, zeros outside the picture.
void CopyLines(const DepthwiseJob& job, const float* frame, const Block& block, int64_t begin_y,
               int64_t line_count, float* out) {
  const op::Conv3d& op = job.op;
  const int64_t width = op.x.dim(2), channels = op.x.dim(3);
  std::fill(out, out + line_count * job.stored_width * block.stride, 0.0f);
  for (int64_t line = 0; line < line_count; ++line) {
    const int64_t y = begin_y + line;
    if (y < 0 || y >= op.x.dim(1)) continue;
    const float* from = frame + y * width * channels + block.begin;
    float* to = out + (line * job.stored_width + op.width.pad_front) * block.stride;
    for (int64_t x = 0; x < width; ++x, from += channels, to += block.stride) {
      std::memcpy(to, from, static_cast<size_t>(block.count) * sizeof(float));
    }
  }
}

// kDepthwisePixels neighbours of one vector of channels.
HWY_INLINE void SumPixels(const DepthwiseJob& job, const float* in, const float* weights,
                          int64_t stride, float* out) {
  const Tag d;
  Vec sums[kDepthwisePixels];
  for (Vec& sum : sums) sum = hn::Zero(d);
  for (int64_t ky = 0; ky < job.kernel_y; ++ky) {
    const float* line = in + ky * job.stored_width * stride;
    for (int64_t kx = 0; kx < job.kernel_x; ++kx, line += stride, weights += stride) {
      const Vec w = hn::Load(d, weights);
      for (int64_t pixel = 0; pixel < kDepthwisePixels; ++pixel) {
        sums[pixel] = hn::MulAdd(hn::Load(d, line + pixel * stride), w, sums[pixel]);
      }
    }
  }
  for (int64_t pixel = 0; pixel < kDepthwisePixels; ++pixel) {
    hn::Store(sums[pixel], d, out + pixel * kLanes);
  }
}

// y = act(sum + bias + residual) for up to a vector of channels.
void Finish(const op::Conv3d& op, const float* sums, int64_t channel, int64_t count,
            const float* residual, float* y) {
  const Tag d;
  HWY_ALIGN float rest[2][kLanes] = {};
  const size_t bytes = static_cast<size_t>(count) * sizeof(float);
  Vec v = hn::Load(d, sums);
  if (op.bias) {
    std::memcpy(rest[0], op.bias.f32() + channel, bytes);
    v = hn::Add(v, hn::Load(d, rest[0]));
  }
  if (residual != nullptr) {
    std::memcpy(rest[1], residual, bytes);
    v = hn::Add(v, hn::Load(d, rest[1]));
  }
  hn::Store(Activate(d, op.activation, v), d, rest[0]);
  std::memcpy(y, rest[0], bytes);
}

void RunLine(const DepthwiseJob& job, const Block& block, const float* lines, const float* weights,
             int64_t t, int64_t y) {
  const op::Conv3d& op = job.op;
  const int64_t out_width = op.y.dim(2), channels = op.y.dim(3);
  HWY_ALIGN float sums[kDepthwisePixels * kLanes];
  for (int64_t x = 0; x < out_width; x += kDepthwisePixels) {
    const int64_t count = std::min(kDepthwisePixels, out_width - x);
    for (int64_t c = 0; c < block.count; c += kLanes) {
      SumPixels(job, lines + x * block.stride + c, weights + c, block.stride, sums);
      const int64_t channel = block.begin + c;
      for (int64_t pixel = 0; pixel < count; ++pixel) {
        const int64_t offset = (y * out_width + x + pixel) * channels + channel;
        Finish(op, sums + pixel * kLanes, channel, std::min(kLanes, block.count - c),
               op.residual ? op.residual.f32() + t * op.residual.item_stride() + offset : nullptr,
               op.y.f32() + t * op.y.item_stride() + offset);
      }
    }
  }
}

void RunDepthwiseTask(const DepthwiseJob& job, int64_t task, float* scratch) {
  const op::Conv3d& op = job.op;
  const int64_t channels = op.x.dim(3);
  Block block{task % job.block_count * kDepthwiseChannels, 0, 0};
  block.count = std::min(kDepthwiseChannels, channels - block.begin);
  block.stride = (block.count + kDepthwiseLanes - 1) / kDepthwiseLanes * kDepthwiseLanes;
  const float* weights = job.weights + job.kernel_y * job.kernel_x * block.begin;
  task /= job.block_count;
  const int64_t y = task % job.line_tasks * kDepthwiseLines, t = task / job.line_tasks;
  const int64_t line_count = std::min(kDepthwiseLines, op.y.dim(1) - y);
  CopyLines(job, op.x.f32() + t * op.x.item_stride(), block, y - op.height.pad_front,
            line_count + job.kernel_y - 1, scratch);
  for (int64_t line = 0; line < line_count; ++line) {
    RunLine(job, block, scratch + line * job.stored_width * block.stride, weights, t, y + line);
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunDepthwiseTask);

namespace {

int64_t RoundUpTo(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

// [C, 1, (1,) ky, kx] -> [block][ky][kx][channels of the block, padded]
void PackDepthwise(const Weight& weight, int64_t tap_count, float* out) {
  const int64_t channels = weight.view.dim(0);
  std::vector<float> values(static_cast<size_t>(weight.view.count()));
  DecodeToF32(weight.view.dtype(), weight.view.data(), weight.view.count(), values.data());
  for (int64_t begin = 0; begin < channels; begin += kDepthwiseChannels) {
    const int64_t count = std::min(kDepthwiseChannels, channels - begin);
    const int64_t stride = RoundUpTo(count, kDepthwiseLanes);
    for (int64_t tap = 0; tap < tap_count; ++tap, out += stride) {
      std::fill(out, out + stride, 0.0f);
      for (int64_t c = 0; c < count; ++c) {
        out[c] = values[static_cast<size_t>((begin + c) * tap_count + tap)] * weight.scale;
      }
    }
  }
}

}  // namespace

op::Support SupportsDepthwise(const op::Conv3d& op) {
  const Shape& w = op.weight->view.shape();
  if (w.rank() == 5 && w[2] != 1) return op::Support::No("conv3d: depthwise in time");
  if (op.time.pad_front != 0 || op.time.pad_back != 0 || !op.earlier.empty()) {
    return op::Support::No("conv3d: depthwise with further frames");
  }
  if (op.time.stride != 1 || op.height.stride != 1 || op.width.stride != 1 || op.upsample != 1) {
    return op::Support::No("conv3d: depthwise with a stride or enlargement");
  }
  return op::Support::Yes();
}

void RunDepthwise(op::RunContext& context, const op::Conv3d& op) {
  const Shape& w = op.weight->view.shape();
  DepthwiseJob job{op, nullptr, w[w.rank() - 2], w[w.rank() - 1], 0, 0, 0};
  const int64_t channels = op.x.dim(3), tap_count = job.kernel_y * job.kernel_x;
  job.stored_width = RoundUpTo(op.y.dim(2), kDepthwisePixels) + job.kernel_x - 1;
  job.block_count = (channels + kDepthwiseChannels - 1) / kDepthwiseChannels;
  job.line_tasks = (op.y.dim(1) + kDepthwiseLines - 1) / kDepthwiseLines;
  const Scratch weights(context.memory,
                        static_cast<size_t>(tap_count * RoundUpTo(channels, kDepthwiseLanes)));
  PackDepthwise(*op.weight, tap_count, weights.data());
  job.weights = weights.data();
  const auto task_floats = static_cast<size_t>(RoundUpTo(job.scratch_floats(), kDepthwiseLanes));
  const Scratch scratch(context.memory, task_floats * context.pool.thread_count());
  context.pool.ParallelFor(
      static_cast<uint64_t>(job.task_count()), [&](uint64_t task, uint32_t worker) {
        if (context.cancel.cancelled()) return;
        HWY_DYNAMIC_DISPATCH(RunDepthwiseTask)
        (job, static_cast<int64_t>(task), scratch.data() + worker * task_floats);
      });
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
