// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/gather.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>

#include "base/units.h"
#include "ops/cpu/decode_inl.h"
#include "ops/cpu/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

constexpr int64_t kTaskValues = 16384;

void RunGather(op::RunContext& context, const op::Gather& op) {
  const int64_t row_count = op.y.dim(0);
  const int64_t count = op.y.dim(1);
  const int64_t batch = std::max<int64_t>(1, kTaskValues / count);
  context.pool.ParallelFor(DivideUp(row_count, batch), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * batch;
    for (int64_t m = begin; m < std::min(row_count, begin + batch); ++m) {
      DecodeRow(*op.table, op.ids[static_cast<size_t>(m)], 0, count,
                op.y.f32() + m * op.y.item_stride());
    }
  });
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunGather);

op::Support Supports(const op::Gather&) { return op::Support::Yes(); }

void Run(op::RunContext& context, const op::Gather& op) {
  if (op.y.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunGather)(context, op);
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
