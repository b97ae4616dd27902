// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/cpu/kernels.h"
#include "tensor/decode.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/channel_norm.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/math_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
constexpr int64_t kLanes = hn::MaxLanes(Tag());

// The first `count` < L values at p, then zeros.
HWY_INLINE Vec LoadRest(const float* p, int64_t count) {
  HWY_ALIGN float lanes[kLanes] = {};
  std::memcpy(lanes, p, static_cast<size_t>(count) * sizeof(float));
  return hn::Load(Tag(), lanes);
}

// Four chains of additions, because one would wait for itself.
float SumOfSquares(const float* x, int64_t count) {
  const Tag d;
  Vec sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  int64_t c = 0;
  for (; c + 4 * kLanes <= count; c += 4 * kLanes) {
    const Vec v0 = hn::LoadU(d, x + c), v1 = hn::LoadU(d, x + c + kLanes);
    const Vec v2 = hn::LoadU(d, x + c + 2 * kLanes), v3 = hn::LoadU(d, x + c + 3 * kLanes);
    sum0 = hn::MulAdd(v0, v0, sum0);
    sum1 = hn::MulAdd(v1, v1, sum1);
    sum2 = hn::MulAdd(v2, v2, sum2);
    sum3 = hn::MulAdd(v3, v3, sum3);
  }
  for (; c + kLanes <= count; c += kLanes) {
    const Vec v = hn::LoadU(d, x + c);
    sum0 = hn::MulAdd(v, v, sum0);
  }
  if (c < count) {
    const Vec v = LoadRest(x + c, count - c);
    sum1 = hn::MulAdd(v, v, sum1);
  }
  const Vec sum = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

HWY_INLINE void StoreWhole(Vec v, float* to) { hn::StoreU(v, Tag(), to); }
HWY_INLINE void StoreWhole(Vec v, hwy::float16_t* to) {
  if constexpr (kHasF16) {
    const hn::Rebind<hwy::float16_t, Tag> d16;
    hn::StoreU(hn::DemoteTo(d16, v), d16, to);
  } else {
    HWY_ALIGN float lanes[kLanes];
    hn::Store(v, Tag(), lanes);
    for (int64_t i = 0; i < kLanes; ++i) {
      const uint16_t bits = F32ToF16(lanes[i]);
      std::memcpy(to + i, &bits, sizeof(bits));
    }
  }
}

template <class T>  // float or hwy::float16_t
void NormalizeRow(const op::ChannelNorm& op, const float* x, int64_t channel_count, T* y) {
  const Tag d;
  const float norm = std::sqrt(SumOfSquares(x, channel_count));
  const float divisor = norm < op.eps ? op.eps : norm;  // a NaN stays
  const Vec factor = hn::Set(d, std::sqrt(static_cast<float>(channel_count)) / divisor);
  const float* weight = op.weight.f32();
  int64_t c = 0;
  for (; c + kLanes <= channel_count; c += kLanes) {
    const Vec v = hn::Mul(hn::Mul(hn::LoadU(d, x + c), factor), hn::LoadU(d, weight + c));
    StoreWhole(Activate(d, op.activation, v), y + c);
  }
  if (c == channel_count) return;
  const int64_t rest = channel_count - c;
  const Vec v = hn::Mul(hn::Mul(LoadRest(x + c, rest), factor), LoadRest(weight + c, rest));
  HWY_ALIGN T lanes[kLanes];
  StoreWhole(Activate(d, op.activation, v), lanes);
  std::memcpy(y + c, lanes, static_cast<size_t>(rest) * sizeof(T));
}

// Rows of x, and of y from value `y_begin` on.
void NormalizeRows(const op::ChannelNorm& op, const float* x, int64_t row_count,
                   int64_t channel_count, int64_t y_begin) {
  const bool half = op.y.dtype() == DType::kF16;
  for (int64_t row = 0; row < row_count; ++row) {
    const float* from = x + row * channel_count;
    const int64_t to = y_begin + row * channel_count;
    if (half) {
      NormalizeRow(op, from, channel_count, static_cast<hwy::float16_t*>(op.y.data()) + to);
    } else {
      NormalizeRow(op, from, channel_count, op.y.f32() + to);
    }
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(NormalizeRows);

op::Support Supports(const op::ChannelNorm&) { return op::Support::Yes(); }

// A task is some positions of one item of axis 0.
void Run(op::RunContext& context, const op::ChannelNorm& op) {
  if (op.x.count() == 0) return;
  const int rank = op.x.shape().rank();
  const int64_t channel_count = op.x.dim(rank - 1);
  const int64_t item_count = rank == 1 ? 1 : op.x.dim(0);
  const int64_t row_count = op.x.count() / channel_count / item_count;
  const int64_t task_rows = std::clamp<int64_t>(kTaskFloats / channel_count, 1, row_count);
  const int64_t item_tasks = (row_count + task_rows - 1) / task_rows;
  const auto task_count = static_cast<uint64_t>(item_count * item_tasks);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t item = static_cast<int64_t>(task) / item_tasks;
    const int64_t row = static_cast<int64_t>(task) % item_tasks * task_rows;
    HWY_DYNAMIC_DISPATCH(NormalizeRows)
    (op, op.x.f32() + item * op.x.item_stride() + row * channel_count,
     std::min(task_rows, row_count - row), channel_count,
     item * op.y.item_stride() + row * channel_count);
  });
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
