// SPDX-License-Identifier: Apache-2.0
// LayerNorm with modulation and RmsNorm with rotation: a row is read from memory once and stays in
// the first-level cache for the passes over it.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/norm.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <cmath>

#include "ops/cpu/gemm_inl.h"
#include "ops/cpu/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

// Values in one task: large enough that handing it out costs nothing, small enough to share.
constexpr int64_t kTaskValues = 32768;

HWY_INLINE FloatVec LoadUpTo(const float* p, int64_t left) {
  return left >= static_cast<int64_t>(kLanes) ? hn::LoadU(FloatTag(), p)
                                              : LoadPart(p, static_cast<size_t>(left));
}
HWY_INLINE void StoreUpTo(FloatVec v, float* p, int64_t left) {
  if (left >= static_cast<int64_t>(kLanes)) {
    hn::StoreU(v, FloatTag(), p);
  } else {
    StorePart(v, p, static_cast<size_t>(left));
  }
}

// Sum over a row of (x - center)^power, power 1 or 2, in four strands per lane.
template <int kPower>
HWY_INLINE float SumOf(const float* x, int64_t count, float center) {
  const FloatTag d;
  constexpr int64_t kStep = kLanes;
  const FloatVec c = hn::Set(d, center);
  FloatVec sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  const auto add = [&](FloatVec& sum, FloatVec v) HWY_ATTR {
    const FloatVec difference = hn::Sub(v, c);
    sum = kPower == 2 ? hn::MulAdd(difference, difference, sum) : hn::Add(sum, difference);
  };
  int64_t i = 0;
  for (; i + 4 * kStep <= count; i += 4 * kStep) {
    AOZORA_UNROLL
    for (int strand = 0; strand < 4; ++strand) {
      add(sums[strand], hn::LoadU(d, x + i + strand * kStep));
    }
  }
  for (; i + kStep <= count; i += kStep) add(sums[0], hn::LoadU(d, x + i));
  const FloatVec total = hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
  float sum = hn::GetLane(hn::SumOfLanes(d, total));
  for (; i < count; ++i) sum += kPower == 2 ? (x[i] - center) * (x[i] - center) : x[i] - center;
  return sum;
}

struct LayerNormRow {
  const float* x;
  const float* weight;  // each null if absent
  const float* bias;
  const float* scale;
  const float* shift;
  float* y;
};

HWY_NOINLINE void NormalizeRow(const LayerNormRow& row, int64_t count, float eps) {
  const FloatTag d;
  const float n = static_cast<float>(count);
  // Sums of differences from the first value lose nothing when the mean is large.
  const float mean = row.x[0] + SumOf<1>(row.x, count, row.x[0]) / n;
  const float inverse = 1 / std::sqrt(SumOf<2>(row.x, count, mean) / n + eps);
  const FloatVec center = hn::Set(d, mean);
  const FloatVec factor = hn::Set(d, inverse);
  const FloatVec one = hn::Set(d, 1.0f);
  for (int64_t i = 0; i < count; i += static_cast<int64_t>(kLanes)) {
    const int64_t left = count - i;
    FloatVec v = hn::Mul(hn::Sub(LoadUpTo(row.x + i, left), center), factor);
    if (row.weight != nullptr) v = hn::Mul(v, LoadUpTo(row.weight + i, left));
    if (row.bias != nullptr) v = hn::Add(v, LoadUpTo(row.bias + i, left));
    // 1 + scale first: without fused multiply-add, v + v * scale would cancel near scale = -1.
    if (row.scale != nullptr) v = hn::Mul(v, hn::Add(one, LoadUpTo(row.scale + i, left)));
    if (row.shift != nullptr) v = hn::Add(v, LoadUpTo(row.shift + i, left));
    StoreUpTo(v, row.y + i, left);
  }
}

void RunLayerNorm(op::RunContext& context, const op::LayerNorm& op) {
  const int64_t row_count = op.x.dim(0);
  const int64_t count = op.x.dim(1);
  const int64_t batch = std::max<int64_t>(1, kTaskValues / count);
  context.pool.ParallelFor(DivideUp(row_count, batch), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * batch;
    for (int64_t m = begin; m < std::min(row_count, begin + batch); ++m) {
      const int64_t r = op.row.empty() ? 0 : op.row[static_cast<size_t>(m)];
      const auto row_of = [&](ConstView table) {
        return table ? table.f32() + r * table.item_stride() : nullptr;
      };
      NormalizeRow({op.x.f32() + m * op.x.item_stride(), op.weight ? op.weight.f32() : nullptr,
                    op.bias ? op.bias.f32() : nullptr, row_of(op.scale), row_of(op.shift),
                    op.y.f32() + m * op.y.item_stride()},
                   count, op.eps);
    }
  });
}

// y = x * factor * weight for one head, each pair turned by its (cos, sin).
HWY_INLINE void RotateHead(const float* x, const float* weight, const float* rotation, float factor,
                           int64_t count, float* y) {
  int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const FloatTag d;
  const FloatVec by = hn::Set(d, factor);
  for (; i + static_cast<int64_t>(kLanes) <= count; i += static_cast<int64_t>(kLanes)) {
    const FloatVec v = hn::Mul(hn::Mul(hn::LoadU(d, x + i), by), hn::LoadU(d, weight + i));
    const FloatVec r = hn::LoadU(d, rotation + i);
    const FloatVec cosines = hn::DupEven(r);
    const FloatVec sines = hn::DupOdd(r);
    const FloatVec turned = hn::Mul(hn::Shuffle2301(v), sines);  // (b sin, a sin)
    const FloatVec straight = hn::Mul(v, cosines);               // (a cos, b cos)
    hn::StoreU(hn::OddEven(hn::Add(straight, turned), hn::Sub(straight, turned)), d, y + i);
  }
#endif
  for (; i + 1 < count; i += 2) {
    const float a = x[i] * factor * weight[i];
    const float b = x[i + 1] * factor * weight[i + 1];
    y[i] = a * rotation[i] - b * rotation[i + 1];
    y[i + 1] = a * rotation[i + 1] + b * rotation[i];
  }
}

HWY_NOINLINE void RmsRow(const float* x, const float* weight, const float* rotation, float eps,
                         int64_t count, int64_t head_count, float* y) {
  const float mean = SumOf<2>(x, count, 0) / static_cast<float>(count);
  const float factor = 1 / std::sqrt(mean + eps);
  if (rotation != nullptr) {
    const int64_t depth = count / head_count;
    for (int64_t i = 0; i < count; i += depth) {
      RotateHead(x + i, weight + i, rotation, factor, depth, y + i);
    }
    return;
  }
  const FloatVec by = hn::Set(FloatTag(), factor);
  for (int64_t i = 0; i < count; i += static_cast<int64_t>(kLanes)) {
    const FloatVec v = hn::Mul(LoadUpTo(x + i, count - i), by);
    StoreUpTo(hn::Mul(v, LoadUpTo(weight + i, count - i)), y + i, count - i);
  }
}

void RunRmsNorm(op::RunContext& context, const op::RmsNorm& op) {
  const int64_t row_count = op.x.dim(0);
  const int64_t count = op.x.dim(1);
  const int64_t head_count = op.rotation ? count / (2 * op.rotation.dim(1)) : 1;
  const int64_t batch = std::max<int64_t>(1, kTaskValues / count);
  context.pool.ParallelFor(DivideUp(row_count, batch), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * batch;
    for (int64_t m = begin; m < std::min(row_count, begin + batch); ++m) {
      RmsRow(op.x.f32() + m * op.x.item_stride(), op.weight.f32(),
             op.rotation ? op.rotation.f32() + m * op.rotation.item_stride() : nullptr, op.eps,
             count, head_count, op.y.f32() + m * op.y.item_stride());
    }
  });
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunLayerNorm);
HWY_EXPORT(RunRmsNorm);

op::Support Supports(const op::LayerNorm&) { return op::Support::Yes(); }
op::Support Supports(const op::RmsNorm&) { return op::Support::Yes(); }

void Run(op::RunContext& context, const op::LayerNorm& op) {
  if (op.y.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunLayerNorm)(context, op);
}

void Run(op::RunContext& context, const op::RmsNorm& op) {
  if (op.y.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunRmsNorm)(context, op);
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
