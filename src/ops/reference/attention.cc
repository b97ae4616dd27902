// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/reference/kernels.h"

namespace aozora::ops::reference {

// A task is one query of one head.
void Run(op::RunContext& context, const op::Attention& op) {
  const int64_t query_count = op.q.dim(0);
  const int64_t key_count = op.k.dim(0);
  const int64_t head_count = op.q.dim(1);
  const int64_t size = op.q.dim(2);
  const auto task_count = static_cast<uint64_t>(query_count * head_count);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t head = static_cast<int64_t>(task) % head_count;
    const int64_t m = static_cast<int64_t>(task) / head_count;
    const float* q = Item(op.q, m) + head * size;

    std::vector<double> weights(static_cast<size_t>(key_count));
    double max = -std::numeric_limits<double>::infinity();
    for (int64_t n = 0; n < key_count; ++n) {
      const float* k = Item(op.k, n) + head * size;
      double logit = 0;
      for (int64_t d = 0; d < size; ++d) logit += double{q[d]} * k[d];
      logit *= op.scale;
      if (op.bias) logit += Item(op.bias, head)[m * key_count + n];
      if (n == key_count - 1) logit += std::log(static_cast<double>(op.last_key_count));
      weights[n] = logit;
      max = std::max(max, logit);
    }
    double total = 0;
    for (double& weight : weights) total += weight = std::exp(weight - max);

    std::vector<double> sums(static_cast<size_t>(size));
    for (int64_t n = 0; n < key_count; ++n) {
      const float* v = Item(op.v, n) + head * size;
      for (int64_t d = 0; d < size; ++d) sums[d] += weights[n] * v[d];
    }
    float* out = Item(op.out, m) + head * size;
    for (int64_t d = 0; d < size; ++d) out[d] = static_cast<float>(sums[d] / total);
  });
}

}  // namespace aozora::ops::reference
