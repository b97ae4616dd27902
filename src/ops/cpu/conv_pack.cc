// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/conv_pack.h"

#include <algorithm>
#include <vector>

#include "ops/cpu/scratch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/conv_pack.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/decode_inl.h"

// Once for all instruction sets.
#ifndef AOZORA_OPS_CPU_CONV_PACK_TYPES_
#define AOZORA_OPS_CPU_CONV_PACK_TYPES_
namespace aozora::ops::cpu {

// The weights of one chunk of input channels for the output channels of a block, as f32:
// [channel, input channel of the chunk, kt, ky, kx], channels `stride` apart.
struct ConvRows {
  const float* data;
  int64_t stride;
  int64_t channel_count;
};

}  // namespace aozora::ops::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using PackTag = hn::CappedTag<float, 16>;

// to[channel] += the value at `from` of each channel.
HWY_INLINE void AddColumn(const float* from, const ConvRows& rows, float* to) {
  const PackTag d;
  const hn::RebindToSigned<PackTag> di;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto indices = hn::Mul(hn::Iota(di, 0), hn::Set(di, static_cast<int32_t>(rows.stride)));
  int64_t channel = 0;
  for (; channel + lanes <= rows.channel_count; channel += lanes) {
    const auto values = hn::GatherIndex(d, from + channel * rows.stride, indices);
    hn::Store(hn::Add(hn::Load(d, to + channel), values), d, to + channel);
  }
  for (; channel < rows.channel_count; ++channel) to[channel] += from[channel * rows.stride];
}

// To which tap of a phase each value of a kernel belongs, in the order of the kernel.
std::vector<int64_t> TapsOf(int64_t kernel_t, const ConvPhase& y, const ConvPhase& x) {
  std::vector<int64_t> taps;
  for (int64_t t = 0; t < kernel_t; ++t) {
    for (const int64_t tap_y : y.tap_of_kernel) {
      for (const int64_t tap_x : x.tap_of_kernel) {
        taps.push_back((t * y.tap_count + tap_y) * x.tap_count + tap_x);
      }
    }
  }
  return taps;
}

// Packs one chunk of input channels of a block.
void PackPanel(const ConvPlan& plan, int64_t block_index, int64_t chunk, const ConvRows& rows,
               float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t width = layout.blocks[block_index].width;
  const int64_t stride = layout.ChunkStride(chunk), lanes = layout.machine.lanes;
  int64_t phase = 0;
  for (const ConvPhase& y : plan.height.phases) {
    for (const ConvPhase& x : plan.width.phases) {
      const std::vector<int64_t> taps = TapsOf(plan.time.phases[0].tap_count, y, x);
      float* panel = out + layout.Offset(phase, chunk, block_index);
      std::fill_n(panel, layout.phase_taps[phase++] * stride * width, 0.0f);
      const float* from = rows.data;
      for (int64_t in = 0; in < layout.ChunkSize(chunk); ++in) {
        for (const int64_t tap : taps) {
          const int64_t k = tap * stride + in;
          if (layout.lane_axis == ConvLaneAxis::kOutputs) {
            AddColumn(from, rows, panel + k * width);
          } else {
            float* to = panel + k / lanes * lanes * width + k % lanes;
            for (int64_t channel = 0; channel < rows.channel_count; ++channel) {
              to[channel * lanes] += from[channel * rows.stride];
            }
          }
          ++from;
        }
      }
    }
  }
}

// Values [begin, begin + count) of each of a block's output channels. `out` has room for those and,
// for each channel, what else lies in their first and last quantised block.
ConvRows DecodeRows(const Weight& weight, const ConvBlock& block, int64_t begin, int64_t count,
                    int64_t stride, float* out) {
  const int64_t values = Info(weight.view.dtype()).block_values;
  const int64_t first = begin / values * values;
  const int64_t last = (begin + count + values - 1) / values * values;
  const int64_t end = std::min(block.channel + block.width, weight.view.dim(0));
  for (int64_t channel = block.channel; channel < end; ++channel) {
    DecodeRow(weight, channel, first, last - first, out + (channel - block.channel) * stride);
  }
  return {out + (begin - first), stride, end - block.channel};
}

void PackChunk(const ConvPlan& plan, const Weight& weight, int64_t block_index, int64_t chunk,
               int64_t row_stride, float* decoded, float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t taps = weight.view.shape().item_count() / layout.in_count;
  const ConvRows rows =
      DecodeRows(weight, layout.blocks[block_index], layout.ChunkBegin(chunk) * taps,
                 layout.ChunkSize(chunk) * taps, row_stride, decoded);
  PackPanel(plan, block_index, chunk, rows, out);
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(PackChunk);

void PackConvWeights(op::RunContext& context, const Weight& weight, const ConvPlan& plan,
                     float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t taps = weight.view.shape().item_count() / layout.in_count;
  const int64_t row_stride =
      layout.chunk_channels * taps + 2 * Info(weight.view.dtype()).block_values;
  int64_t width_max = 0;
  for (const ConvBlock& block : layout.blocks) width_max = std::max(width_max, block.width);
  const int64_t decoded_floats = row_stride * width_max;
  const Scratch decoded(context.memory,
                        static_cast<size_t>(decoded_floats) * context.pool.thread_count());
  const auto task_count = static_cast<int64_t>(layout.blocks.size()) * layout.chunk_count;
  context.pool.ParallelFor(static_cast<uint64_t>(task_count), [&](uint64_t task, uint32_t worker) {
    const auto block = static_cast<int64_t>(task) / layout.chunk_count;
    const auto chunk = static_cast<int64_t>(task) % layout.chunk_count;
    HWY_DYNAMIC_DISPATCH(PackChunk)
    (plan, weight, block, chunk, row_stride, decoded.data() + worker * decoded_floats, out);
  });
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
