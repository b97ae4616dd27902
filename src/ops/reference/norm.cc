// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/reference/kernels.h"
#include "tensor/decode.h"

namespace aozora::ops::reference {

// A task is a row, in all of these.
void Run(op::RunContext& context, const op::LayerNorm& op) {
  const int64_t channel_count = op.x.dim(1);
  context.pool.ParallelFor(static_cast<uint64_t>(op.x.dim(0)), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const auto m = static_cast<int64_t>(task);
    const float* x = Item(op.x, m);
    float* y = Item(op.y, m);
    double mean = 0;
    for (int64_t c = 0; c < channel_count; ++c) mean += x[c];
    mean /= static_cast<double>(channel_count);
    double variance = 0;
    for (int64_t c = 0; c < channel_count; ++c) variance += (x[c] - mean) * (x[c] - mean);
    variance /= static_cast<double>(channel_count);
    for (int64_t c = 0; c < channel_count; ++c) {
      double value = (x[c] - mean) / std::sqrt(variance + op.eps);
      if (op.weight) value *= op.weight.f32()[c];
      if (op.bias) value += op.bias.f32()[c];
      if (op.scale) value *= 1 + double{ModulationRow(op.scale, op.row, m)[c]};
      if (op.shift) value += ModulationRow(op.shift, op.row, m)[c];
      y[c] = static_cast<float>(value);
    }
  });
}

void Run(op::RunContext& context, const op::RmsNorm& op) {
  const int64_t channel_count = op.x.dim(1);
  context.pool.ParallelFor(static_cast<uint64_t>(op.x.dim(0)), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const auto m = static_cast<int64_t>(task);
    const float* x = Item(op.x, m);
    float* y = Item(op.y, m);
    double squares = 0;
    for (int64_t c = 0; c < channel_count; ++c) squares += double{x[c]} * x[c];
    const double rms = std::sqrt(squares / static_cast<double>(channel_count) + op.eps);
    std::vector<double> row(static_cast<size_t>(channel_count));
    for (int64_t c = 0; c < channel_count; ++c) row[c] = x[c] / rms * op.weight.f32()[c];
    if (op.rotation) {
      const int64_t pair_count = op.rotation.dim(1);
      const float* rotation = Item(op.rotation, m);
      for (int64_t c = 0; c < channel_count; c += 2) {
        const int64_t pair = c / 2 % pair_count;
        const double cos = rotation[2 * pair], sin = rotation[2 * pair + 1];
        const double real = row[c], imaginary = row[c + 1];
        row[c] = real * cos - imaginary * sin;
        row[c + 1] = real * sin + imaginary * cos;
      }
    }
    for (int64_t c = 0; c < channel_count; ++c) y[c] = static_cast<float>(row[c]);
  });
}

void Run(op::RunContext& context, const op::ChannelNorm& op) {
  const int rank = op.x.shape().rank();
  // A single position is a row too. (As() keeps the stride of axis 0 only where axis 0 stays.)
  const ConstView x = rank == 1 ? op.x.As(Shape{1, op.x.dim(0)}) : op.x;
  const View y = rank == 1 ? op.y.As(Shape{1, op.x.dim(0)}) : op.y;
  const int64_t channel_count = op.x.dim(rank - 1);
  if (op.x.count() == 0) return;
  const int64_t position_count = x.shape().item_count() / channel_count;
  const auto task_count = static_cast<uint64_t>(x.dim(0) * position_count);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t item = static_cast<int64_t>(task) / position_count;
    const int64_t position = static_cast<int64_t>(task) % position_count;
    const float* from = Item(x, item) + position * channel_count;
    double squares = 0;
    for (int64_t c = 0; c < channel_count; ++c) squares += double{from[c]} * from[c];
    const double norm = std::sqrt(squares);
    const double divisor = norm < op.eps ? op.eps : norm;  // a NaN stays
    const double root = std::sqrt(static_cast<double>(channel_count));
    std::vector<float> row(static_cast<size_t>(channel_count));
    for (int64_t c = 0; c < channel_count; ++c) {
      const double value = from[c] / divisor * root * op.weight.f32()[c];
      row[c] = static_cast<float>(Activate(op.activation, value));
    }
    if (y.dtype() == DType::kF32) {
      std::copy(row.begin(), row.end(), Item(y, item) + position * channel_count);
    } else {
      const int64_t begin = item * y.item_stride() + position * channel_count;
      const auto offset = *BytesOf(y.dtype(), static_cast<uint64_t>(begin));
      EncodeQ8Affine(row.data(), channel_count, static_cast<std::byte*>(y.data()) + offset);
    }
  });
}

}  // namespace aozora::ops::reference
