// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/cpu/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/channel_norm.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/math_inl.h"
#include "ops/cpu/q8_affine_inl.h"

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

// The normalised channels [begin, begin + count) of a row: whole vectors, then the rest.
HWY_INLINE void NormalizePart(const op::ChannelNorm& op, const float* x, Vec factor, int64_t begin,
                              int64_t count, float* y) {
  const Tag d;
  const float* weight = op.weight.f32() + begin;
  x += begin;
  int64_t c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const Vec v = hn::Mul(hn::Mul(hn::LoadU(d, x + c), factor), hn::LoadU(d, weight + c));
    hn::StoreU(Activate(d, op.activation, v), d, y + c);
  }
  if (c == count) return;
  const int64_t rest = count - c;
  const Vec v = hn::Mul(hn::Mul(LoadRest(x + c, rest), factor), LoadRest(weight + c, rest));
  HWY_ALIGN float lanes[kLanes];
  hn::Store(Activate(d, op.activation, v), d, lanes);
  std::memcpy(y + c, lanes, static_cast<size_t>(rest) * sizeof(float));
}

// Rows of x, and of y from value `y_begin` on.
void NormalizeRows(const op::ChannelNorm& op, const float* x, int64_t row_count,
                   int64_t channel_count, int64_t y_begin) {
  const bool compact = op.y.dtype() == DType::kQ8Affine;
  for (int64_t row = 0; row < row_count; ++row, x += channel_count, y_begin += channel_count) {
    const float norm = std::sqrt(SumOfSquares(x, channel_count));
    const float divisor = norm < op.eps ? op.eps : norm;  // a NaN stays
    const Vec factor = hn::Set(Tag(), std::sqrt(static_cast<float>(channel_count)) / divisor);
    if (!compact) {
      NormalizePart(op, x, factor, 0, channel_count, op.y.f32() + y_begin);
      continue;
    }
    auto* blocks = static_cast<Q8Block*>(op.y.data()) + y_begin / kQ8Values;
    for (int64_t c = 0; c < channel_count; c += kQ8Values) {
      HWY_ALIGN float values[kQ8Values];
      NormalizePart(op, x, factor, c, kQ8Values, values);
      EncodeQ8Block(values, blocks++);
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
