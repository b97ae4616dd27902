// SPDX-License-Identifier: Apache-2.0
// Convolutions as matrix products that read the input where it lies (conv_plan.h). On the shapes of
// video decoders this reaches a larger share of the machine's peak than oneDNN 2.6, which is not
// used here for that reason.
#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "base/check.h"
#include "ops/cpu/conv_kernel.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/scratch.h"
#include "tensor/decode.h"

namespace aozora::ops::cpu {
namespace {

// Scratch of a thread, in floats; only kernels or strides far beyond those of any network need
// more.
constexpr int64_t kInBoxFloatsMax = int64_t{64} << 20;

// What the packed form of a weight depends on besides the weight. The taps of an enlarging
// convolution are sums of several; which ones depends on strides and padding.
using PackKey = std::tuple<int64_t, uint32_t, std::vector<int64_t>>;

PackKey KeyOf(const op::Conv3d& op, const ConvPlan& plan) {
  std::vector<int64_t> taps;
  for (const ConvAxis* axis : {&plan.height, &plan.width}) {
    for (const ConvPhase& phase : axis->phases) {
      taps.insert(taps.end(), phase.tap_of_kernel.begin(), phase.tap_of_kernel.end());
    }
  }
  return {plan.layout.machine.lanes, op.upsample, std::move(taps)};
}

// Where weights of (tap, input channel) of a block go.
struct BlockPlace {
  const ConvLayout& layout;
  const ConvBlock& block;
  float* begin;  // of the block in a phase and chunk
  int64_t chunk_stride;

  float* Find(int64_t tap, int64_t in_channel, int64_t channel) const {
    if (layout.lane_axis == ConvLaneAxis::kOutputs) {
      return begin + (tap * chunk_stride + in_channel) * block.width + channel;
    }
    const int64_t lanes = layout.machine.lanes;
    const int64_t k = tap * chunk_stride + in_channel;
    return begin + (k / lanes * block.width + channel) * lanes + k % lanes;
  }
};

// Packs output channel `channel` of a block. `values` are its weights, [Cin, kt, ky, kx].
void PackChannel(const ConvPlan& plan, int64_t block_index, int64_t channel, const float* values,
                 float* out) {
  const ConvLayout& layout = plan.layout;
  const ConvBlock& block = layout.blocks[block_index];
  const auto kernel_t = plan.time.phases[0].tap_count;
  const auto kernel_y = static_cast<int64_t>(plan.height.phases[0].tap_of_kernel.size());
  const auto kernel_x = static_cast<int64_t>(plan.width.phases[0].tap_of_kernel.size());
  int64_t phase = 0;
  for (const ConvPhase& y : plan.height.phases) {
    for (const ConvPhase& x : plan.width.phases) {
      for (int64_t in = 0; in < layout.in_count; ++in) {
        const int64_t chunk = in / layout.chunk_channels;
        const BlockPlace place{layout, block, out + layout.Offset(phase, chunk, block_index),
                               layout.ChunkStride(chunk)};
        const float* from = values + in * kernel_t * kernel_y * kernel_x;
        for (int64_t kt = 0; kt < kernel_t; ++kt) {
          for (int64_t ky = 0; ky < kernel_y; ++ky) {
            const int64_t line = (kt * y.tap_count + y.tap_of_kernel[ky]) * x.tap_count;
            for (int64_t kx = 0; kx < kernel_x; ++kx) {
              *place.Find(line + x.tap_of_kernel[kx], in - layout.ChunkBegin(chunk), channel) +=
                  *from++;
            }
          }
        }
      }
      ++phase;
    }
  }
}

void PackWeights(op::RunContext& context, const Weight& weight, const ConvPlan& plan, float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t item_count = weight.view.shape().item_count();
  const Scratch rows(context.memory, static_cast<size_t>(item_count) * context.pool.thread_count());
  std::memset(out, 0, static_cast<size_t>(layout.value_count) * sizeof(float));
  context.pool.ParallelFor(layout.blocks.size(), [&](uint64_t task, uint32_t worker) {
    const auto index = static_cast<int64_t>(task);
    const int64_t begin = layout.blocks[index].channel;
    const int64_t end =
        task + 1 < layout.blocks.size() ? layout.blocks[index + 1].channel : layout.out_count;
    float* values = rows.data() + worker * item_count;
    for (int64_t channel = begin; channel < end; ++channel) {
      const auto offset = BytesOf(weight.view.dtype(), static_cast<uint64_t>(channel * item_count));
      DecodeToF32(weight.view.dtype(), static_cast<const std::byte*>(weight.view.data()) + *offset,
                  item_count, values);
      for (int64_t i = 0; i < item_count; ++i) values[i] *= weight.scale;
      PackChannel(plan, index, channel - begin, values, out);
    }
  });
}

// How a weight lies can only be known when it is used: whether the picture is enlarged, and how it
// is padded, decide which taps there are. So packing waits for the first run; a weight is used in
// one way by any network, but the others would work as well.
class PackedConv : public op::Packed {
 public:
  explicit PackedConv(op::Memory& memory) : memory_(memory) {}

  const float* Get(op::RunContext& context, const op::Conv3d& op, const ConvPlan& plan) const {
    PackKey key = KeyOf(op, plan);
    for (const Form& form : forms_) {
      if (form.key == key) return form.values->data();
    }
    auto values = std::make_unique<Scratch>(memory_, static_cast<size_t>(plan.layout.value_count));
    PackWeights(context, *op.weight, plan, values->data());
    op.weight->Release();
    forms_.push_back({std::move(key), std::move(values)});
    return forms_.back().values->data();
  }

 private:
  struct Form {
    PackKey key;
    std::unique_ptr<Scratch> values;
  };
  op::Memory& memory_;
  mutable std::vector<Form> forms_;  // a backend is used by one thread at a time
};

}  // namespace

op::Support Supports(const op::Conv3d& op) {
  const Weight& weight = *op.weight;
  if (weight.view.count() == 0) return op::Support::No("conv3d: no weights");
  if (!weight.view.dense()) return op::Support::No("conv3d: weights that are not dense");
  const auto item = static_cast<uint64_t>(weight.view.shape().item_count());
  if (!BytesOf(weight.view.dtype(), item)) {
    return op::Support::No("conv3d: quantised across output channels");
  }
  if (op.y.count() > 0 && MakeConvPlan(op, ConvMachine()).in_box_floats() > kInBoxFloatsMax) {
    return op::Support::No("conv3d: kernel or stride too large");
  }
  return op::Support::Yes();
}

void Run(op::RunContext& context, const op::Conv3d& op) {
  if (op.y.count() == 0) return;
  const ConvPlan plan = MakeConvPlan(op, ConvMachine());
  const auto* packed = dynamic_cast<const PackedConv*>(op.packed);
  const PackedConv once(context.memory);
  const ConvJob job{op, plan, (packed != nullptr ? packed : &once)->Get(context, op, plan),
                    context.cancel};
  const auto task_floats = static_cast<size_t>(plan.in_box_floats() + plan.sums_floats());
  const Scratch scratch(context.memory, task_floats * context.pool.thread_count());
  const auto task_count = static_cast<uint64_t>(plan.task_count());
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t worker) {
    if (context.cancel.cancelled()) return;
    RunConvTask(job, static_cast<int64_t>(task), scratch.data() + worker * task_floats);
  });
}

std::unique_ptr<op::Packed> PackConv3d(op::RunContext& context, const Weight&) {
  return std::make_unique<PackedConv>(context.memory);
}

}  // namespace aozora::ops::cpu
