// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/elementwise.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "ops/cpu/gemm_inl.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/math_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

constexpr int64_t kTaskValues = 16384;

template <op::Activation kActivation>
HWY_INLINE FloatVec Combined(const op::Elementwise& op, FloatVec x0, FloatVec x1) {
  const FloatTag d;
  FloatVec v = hn::Mul(hn::Set(d, op.a), x0);
  if (op.multiply) {
    v = hn::Mul(Activate(d, kActivation, v), x1);
  } else {
    v = Activate(d, kActivation, hn::MulAdd(hn::Set(d, op.b), x1, v));
  }
  const FloatVec low = hn::Set(d, op.low);
  const FloatVec high = hn::Set(d, op.high);
  v = hn::IfThenElse(hn::Lt(v, low), low, v);  // unlike min and max, keeps NaN
  return hn::IfThenElse(hn::Gt(v, high), high, v);
}

// `count` values side by side; x1 is null if absent.
template <op::Activation kActivation>
HWY_NOINLINE void CombineRow(const op::Elementwise& op, const float* x0, const float* x1,
                             int64_t count, float* y) {
  const FloatTag d;
  constexpr int64_t kStep = kLanes;
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) {
    const FloatVec second = x1 != nullptr ? hn::LoadU(d, x1 + i) : hn::Zero(d);
    hn::StoreU(Combined<kActivation>(op, hn::LoadU(d, x0 + i), second), d, y + i);
  }
  if (i < count) {
    const size_t part = static_cast<size_t>(count - i);
    const FloatVec second = x1 != nullptr ? LoadPart(x1 + i, part) : hn::Zero(d);
    StorePart(Combined<kActivation>(op, LoadPart(x0 + i, part), second), y + i, part);
  }
}

using RowFunction = void (*)(const op::Elementwise&, const float*, const float*, int64_t, float*);

inline RowFunction RowFunctionOf(op::Activation activation) {
  switch (activation) {
    case op::Activation::kNone:
      return &CombineRow<op::Activation::kNone>;
    case op::Activation::kSilu:
      return &CombineRow<op::Activation::kSilu>;
    case op::Activation::kGeluTanh:
      return &CombineRow<op::Activation::kGeluTanh>;
    case op::Activation::kRelu:
      return &CombineRow<op::Activation::kRelu>;
    case op::Activation::kTanh:
      return &CombineRow<op::Activation::kTanh>;
  }
  return nullptr;
}

// The shape as rows: `length` values side by side, `per_item` rows in each item of axis 0.
struct Rows {
  int64_t count, length, per_item;
  bool repeats_x1;
};

inline Rows RowsOf(const op::Elementwise& op) {
  const Shape& shape = op.x0.shape();
  const int64_t count = shape.count();
  if (op.x1 && op.x1.shape() != shape) {
    const int64_t length = shape[shape.rank() - 1];
    return {count / length, length, shape.item_count() / length, true};
  }
  if (shape.rank() == 0) return {1, 1, 1, false};
  return {shape[0], shape.item_count(), 1, false};
}

void RunDense(op::RunContext& context, const op::Elementwise& op, RowFunction run) {
  const int64_t count = op.y.count();
  context.pool.ParallelFor(DivideUp(count, kTaskValues), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t at = static_cast<int64_t>(task) * kTaskValues;
    run(op, op.x0.f32() + at, op.x1 ? op.x1.f32() + at : nullptr, std::min(kTaskValues, count - at),
        op.y.f32() + at);
  });
}

void RunElementwise(op::RunContext& context, const op::Elementwise& op) {
  const RowFunction run = RowFunctionOf(op.activation);
  const Rows rows = RowsOf(op);
  if (!rows.repeats_x1 && op.x0.dense() && op.y.dense() && (!op.x1 || op.x1.dense())) {
    RunDense(context, op, run);
    return;
  }
  const int64_t batch = std::max<int64_t>(1, kTaskValues / rows.length);
  context.pool.ParallelFor(DivideUp(rows.count, batch), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * batch;
    for (int64_t row = begin; row < std::min(rows.count, begin + batch); ++row) {
      const int64_t item = row / rows.per_item;
      const int64_t offset = row % rows.per_item * rows.length;
      const float* x1 = nullptr;
      if (op.x1) x1 = op.x1.f32() + (rows.repeats_x1 ? 0 : item * op.x1.item_stride() + offset);
      run(op, op.x0.f32() + item * op.x0.item_stride() + offset, x1, rows.length,
          op.y.f32() + item * op.y.item_stride() + offset);
    }
  });
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunElementwise);

op::Support Supports(const op::Elementwise&) { return op::Support::Yes(); }

void Run(op::RunContext& context, const op::Elementwise& op) {
  if (op.y.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunElementwise)(context, op);
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
