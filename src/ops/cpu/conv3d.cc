// SPDX-License-Identifier: Apache-2.0
// Convolutions as matrix products that read the input where it lies (conv_plan.h). On the shapes of
// video decoders this reaches a larger share of the machine's peak than oneDNN 2.6, which is not
// used here for that reason.
#include <tuple>
#include <vector>

#include "base/check.h"
#include "ops/cpu/conv_kernel.h"
#include "ops/cpu/conv_pack.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/scratch.h"

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

bool IsKept(const op::Conv3d& op, const ConvPlan& plan) {
  const int64_t bytes = plan.layout.value_count * static_cast<int64_t>(sizeof(float));
  return bytes <= op::Conv3d::kKeptPackedBytesMax ||
         op.y.count() / op.y.dim(3) < op::Conv3d::kRepackPositionsMin;
}

std::unique_ptr<Scratch> Pack(op::RunContext& context, const Weight& weight, const ConvPlan& plan) {
  auto packed =
      std::make_unique<Scratch>(context.memory, static_cast<size_t>(plan.layout.value_count));
  PackConvWeights(context, weight, plan, packed->data());
  return packed;
}

// How a weight lies can only be known when it is used: whether the picture is enlarged, and how it
// is padded, decide which taps there are. So packing waits for the first run; a weight is used in
// one way by any network, but the others would work as well.
class PackedConv : public op::Packed {
 public:
  const float* Get(op::RunContext& context, const op::Conv3d& op, const ConvPlan& plan) const {
    PackKey key = KeyOf(op, plan);
    for (const Form& form : forms_) {
      if (form.key == key) return form.values->data();
    }
    forms_.push_back({std::move(key), Pack(context, *op.weight, plan)});
    op.weight->Release();
    return forms_.back().values->data();
  }

 private:
  struct Form {
    PackKey key;
    std::unique_ptr<Scratch> values;
  };
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
  std::unique_ptr<Scratch> once;
  if (packed == nullptr || !IsKept(op, plan)) once = Pack(context, *op.weight, plan);
  const float* weights = once != nullptr ? once->data() : packed->Get(context, op, plan);
  const ConvJob job{op, plan, weights, context.cancel};
  const auto task_floats = static_cast<size_t>(job.scratch_floats());
  const Scratch scratch(context.memory, task_floats * context.pool.thread_count());
  const auto task_count = static_cast<uint64_t>(plan.task_count());
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t worker) {
    if (context.cancel.cancelled()) return;
    RunConvTask(job, static_cast<int64_t>(task), scratch.data() + worker * task_floats);
  });
}

std::unique_ptr<op::Packed> PackConv3d(op::RunContext&, const Weight&) {
  return std::make_unique<PackedConv>();
}

}  // namespace aozora::ops::cpu
