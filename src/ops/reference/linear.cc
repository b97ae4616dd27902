// SPDX-License-Identifier: Apache-2.0
#include "ops/reference/kernels.h"

namespace aozora::ops::reference {

// A task is an output feature, so that each row of the weight is decoded once.
void Run(op::RunContext& context, const op::Linear& op) {
  const int64_t row_count = op.x.dim(0);
  const int64_t k_count = op.x.dim(1);
  const int64_t n_count = op.y.dim(1);
  context.pool.ParallelFor(static_cast<uint64_t>(n_count), [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const auto n = static_cast<int64_t>(task);
    const std::vector<float> weight = DecodeItems(*op.weight, n, 1);
    for (int64_t m = 0; m < row_count; ++m) {
      if (context.cancel.cancelled()) return;
      const float* x = Item(op.x, m);
      double sum = 0;
      for (int64_t k = 0; k < k_count; ++k) sum += double{x[k]} * weight[k];
      if (op.bias) sum += op.bias.f32()[n];
      double y = Activate(op.activation, sum);
      if (op.gate) y *= ModulationRow(op.gate, op.gate_row, m)[n];
      if (op.residual) y += Item(op.residual, m)[n];
      Item(op.y, m)[n] = static_cast<float>(y);
    }
  });
}

}  // namespace aozora::ops::reference
