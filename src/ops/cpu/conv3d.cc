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

// Values [begin, begin + count) of an output channel's weights. `out` has room for those and for
// what else lies in their first and last quantised block.
const float* DecodePart(const Weight& weight, int64_t channel, int64_t begin, int64_t count,
                        float* out) {
  const DType dtype = weight.view.dtype();
  const int64_t block = Info(dtype).block_values;
  const int64_t first = begin / block * block;
  const int64_t last = (begin + count + block - 1) / block * block;
  const int64_t item_count = weight.view.shape().item_count();
  const auto offset = BytesOf(dtype, static_cast<uint64_t>(channel * item_count + first));
  DecodeToF32(dtype, static_cast<const std::byte*>(weight.view.data()) + *offset, last - first,
              out);
  for (int64_t i = 0; i < last - first; ++i) out[i] *= weight.scale;
  return out + (begin - first);
}

// Packs one chunk of input channels of a block. `rows` are the weights of each of its output
// channels, [input channel of the chunk, kt, ky, kx].
void PackPanel(const ConvPlan& plan, int64_t block_index, int64_t chunk,
               const std::vector<const float*>& rows, float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t width = layout.blocks[block_index].width;
  const int64_t stride = layout.ChunkStride(chunk), lanes = layout.machine.lanes;
  const bool inputs = layout.lane_axis == ConvLaneAxis::kInputs;
  const int64_t kernel_t = plan.time.phases[0].tap_count;
  const auto channel_count = static_cast<int64_t>(rows.size());
  int64_t phase = 0;
  for (const ConvPhase& y : plan.height.phases) {
    for (const ConvPhase& x : plan.width.phases) {
      float* panel = out + layout.Offset(phase, chunk, block_index);
      std::fill_n(panel, layout.phase_taps[phase++] * stride * width, 0.0f);
      int64_t from = 0;
      for (int64_t in = 0; in < layout.ChunkSize(chunk); ++in) {
        for (int64_t kt = 0; kt < kernel_t; ++kt) {
          for (int64_t tap_y : y.tap_of_kernel) {
            for (int64_t tap_x : x.tap_of_kernel) {
              const int64_t k = ((kt * y.tap_count + tap_y) * x.tap_count + tap_x) * stride + in;
              float* to = panel + (inputs ? k / lanes * lanes * width + k % lanes : k * width);
              for (int64_t channel = 0; channel < channel_count; ++channel) {
                to[channel * (inputs ? lanes : 1)] += rows[channel][from];
              }
              ++from;
            }
          }
        }
      }
    }
  }
}

void PackWeights(op::RunContext& context, const Weight& weight, const ConvPlan& plan, float* out) {
  const ConvLayout& layout = plan.layout;
  const int64_t taps = weight.view.shape().item_count() / layout.in_count;
  const int64_t row_floats =
      layout.chunk_channels * taps + 2 * Info(weight.view.dtype()).block_values;
  int64_t width_max = 0;
  for (const ConvBlock& block : layout.blocks) width_max = std::max(width_max, block.width);
  const Scratch scratch(context.memory,
                        static_cast<size_t>(row_floats * width_max) * context.pool.thread_count());
  const uint64_t task_count = layout.blocks.size() * static_cast<uint64_t>(layout.chunk_count);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t worker) {
    const auto index = static_cast<int64_t>(task) / layout.chunk_count;
    const auto chunk = static_cast<int64_t>(task) % layout.chunk_count;
    const ConvBlock& block = layout.blocks[index];
    const int64_t end = std::min(block.channel + block.width, layout.out_count);
    float* part = scratch.data() + worker * row_floats * width_max;
    std::vector<const float*> rows;
    for (int64_t channel = block.channel; channel < end; ++channel, part += row_floats) {
      rows.push_back(DecodePart(weight, channel, layout.ChunkBegin(chunk) * taps,
                                layout.ChunkSize(chunk) * taps, part));
    }
    PackPanel(plan, index, chunk, rows, out);
  });
}

// Weights of fewer bytes stay f32: they cost little memory, and decoding them costs time.
constexpr int64_t kHalfBytesMin = int64_t{1} << 20;
constexpr int64_t kHalfPieceValues = int64_t{1} << 14;

// Whether 16 bits hold all values: as a rule those of checkpoints that are stored so.
template <class Encode, class Decode>
bool Fits(const float* values, int64_t count, const Encode& encode, const Decode& decode) {
  return std::all_of(values, values + count, [&](float value) {
    const float stored = decode(encode(value));
    return std::memcmp(&stored, &value, sizeof(value)) == 0;
  });
}

// Packed weights that own their memory.
struct ConvStorage {
  std::unique_ptr<Scratch> memory;
  DType dtype;
  ConvValues values() const { return {memory->data(), dtype}; }
};

// In half the memory, if nothing is lost.
ConvStorage Compact(op::RunContext& context, std::unique_ptr<Scratch> packed, int64_t count) {
  const float* values = packed->data();
  const auto bytes = count * static_cast<int64_t>(sizeof(float));
  const bool bf16 = bytes >= kHalfBytesMin && Fits(values, count, F32ToBF16, BF16ToF32);
  const bool f16 = !bf16 && bytes >= kHalfBytesMin && Fits(values, count, F32ToF16, F16ToF32);
  if (!bf16 && !f16) return {std::move(packed), DType::kF32};
  auto half = std::make_unique<Scratch>(context.memory, static_cast<size_t>(count + 1) / 2);
  auto* out = reinterpret_cast<uint16_t*>(half->data());
  const int64_t piece_count = (count + kHalfPieceValues - 1) / kHalfPieceValues;
  context.pool.ParallelFor(static_cast<uint64_t>(piece_count), [&](uint64_t piece, uint32_t) {
    const int64_t begin = static_cast<int64_t>(piece) * kHalfPieceValues;
    const int64_t end = std::min(count, begin + kHalfPieceValues);
    std::transform(values + begin, values + end, out + begin, bf16 ? F32ToBF16 : F32ToF16);
  });
  return {std::move(half), bf16 ? DType::kBF16 : DType::kF16};
}

// How a weight lies can only be known when it is used: whether the picture is enlarged, and how it
// is padded, decide which taps there are. So packing waits for the first run; a weight is used in
// one way by any network, but the others would work as well.
class PackedConv : public op::Packed {
 public:
  explicit PackedConv(op::Memory& memory) : memory_(memory) {}

  ConvValues Get(op::RunContext& context, const op::Conv3d& op, const ConvPlan& plan) const {
    PackKey key = KeyOf(op, plan);
    for (const Form& form : forms_) {
      if (form.key == key) return form.storage.values();
    }
    const int64_t count = plan.layout.value_count;
    auto packed = std::make_unique<Scratch>(memory_, static_cast<size_t>(count));
    PackWeights(context, *op.weight, plan, packed->data());
    op.weight->Release();
    forms_.push_back({std::move(key), Compact(context, std::move(packed), count)});
    return forms_.back().storage.values();
  }

 private:
  struct Form {
    PackKey key;
    ConvStorage storage;
  };
  op::Memory& memory_;
  mutable std::vector<Form> forms_;  // a backend is used by one thread at a time
};

}  // namespace

op::Support Supports(const op::Conv3d& op) {
  const Weight& weight = *op.weight;
  if (weight.view.count() == 0) return op::Support::No("conv3d: no weights");
  if (op.depthwise) return SupportsDepthwise(op);
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
  if (op.depthwise) return RunDepthwise(context, op);
  const ConvPlan plan = MakeConvPlan(op, ConvMachine());
  const auto* packed = dynamic_cast<const PackedConv*>(op.packed);
  const PackedConv once(context.memory);
  const ConvJob job{op, plan, (packed != nullptr ? packed : &once)->Get(context, op, plan),
                    context.cancel};
  const auto task_floats = static_cast<size_t>(job.scratch_floats());
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
