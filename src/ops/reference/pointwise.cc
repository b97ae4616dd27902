// SPDX-License-Identifier: Apache-2.0
// The ops that look at each value once: permute, elementwise, mean_last, gather.
#include <algorithm>

#include "ops/reference/kernels.h"

namespace aozora::ops::reference {

// A task is an item of axis 0 of the result.
void Run(op::RunContext& context, const op::Permute& op) {
  const int rank = op.x.shape().rank();
  if (op.y.count() == 0) return;
  if (rank == 0) {
    *op.y.f32() = *op.x.f32();
    return;
  }
  // How far apart two neighbours along axis j of y lie in x; an axis of size 1 is repeated.
  int64_t strides[Shape::kRankMax] = {};
  for (int axis = 0; axis < rank; ++axis) {
    int64_t stride = 1;
    for (int behind = op.order[axis] + 1; behind < rank; ++behind) stride *= op.x.dim(behind);
    strides[axis] = op.x.dim(op.order[axis]) == 1 ? 0 : stride;
  }
  const int64_t item_count = op.y.shape().item_count();
  context.pool.ParallelFor(static_cast<uint64_t>(op.y.dim(0)), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * item_count;
    for (int64_t i = begin; i < begin + item_count; ++i) {
      int64_t rest = i, from = 0;
      for (int axis = rank - 1; axis >= 0; --axis) {
        from += rest % op.y.dim(axis) * strides[axis];
        rest /= op.y.dim(axis);
      }
      op.y.f32()[i] = op.x.f32()[from];
    }
  });
}

// A task is an item of axis 0.
void Run(op::RunContext& context, const op::Elementwise& op) {
  const int rank = op.y.shape().rank();
  if (op.y.count() == 0) return;
  const int64_t item_count = op.y.shape().item_count();
  // Whether x1 is one row for all: for rank 1 the row is the whole of x0, so this is the same.
  const bool repeated = op.x1 && op.x1.shape() != op.x0.shape();
  const auto task_count = static_cast<uint64_t>(rank == 0 ? 1 : op.y.dim(0));
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const auto item = static_cast<int64_t>(task);
    const float* x0 = Item(op.x0, item);
    const float* x1 = !op.x1 ? nullptr : repeated ? op.x1.f32() : Item(op.x1, item);
    float* y = Item(op.y, item);
    for (int64_t i = 0; i < item_count; ++i) {
      double value = double{op.a} * x0[i];
      const double other = x1 == nullptr ? 0 : x1[repeated ? i % op.x1.dim(0) : i];
      if (op.multiply) {
        value = Activate(op.activation, value) * other;
      } else {
        if (x1 != nullptr) value += op.b * other;
        value = Activate(op.activation, value);
      }
      if (value < op.low) value = op.low;  // a NaN stays
      if (value > op.high) value = op.high;
      y[i] = static_cast<float>(value);
    }
  });
}

// A task is one mean.
void Run(op::RunContext& context, const op::MeanLast& op) {
  const int64_t count = op.x.dim(op.x.shape().rank() - 1);
  context.pool.ParallelFor(static_cast<uint64_t>(op.y.count()), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const float* x = op.x.f32() + static_cast<int64_t>(task) * count;
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) sum += x[i];
    op.y.f32()[task] = static_cast<float>(sum / static_cast<double>(count));
  });
}

// A task is one id.
void Run(op::RunContext& context, const op::Gather& op) {
  context.pool.ParallelFor(op.ids.size(), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const std::vector<float> row = DecodeItems(*op.table, op.ids[task], 1);
    std::copy(row.begin(), row.end(), Item(op.y, static_cast<int64_t>(task)));
  });
}

}  // namespace aozora::ops::reference
