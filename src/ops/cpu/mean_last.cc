// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ops/cpu/kernels.h"

namespace aozora::ops::cpu {
namespace {

// Eight chains of additions, because one would wait for itself.
float Mean(const float* x, int64_t count) {
  constexpr int kChains = 8;
  double sums[kChains] = {};
  int64_t i = 0;
  for (; i + kChains <= count; i += kChains) {
    for (int chain = 0; chain < kChains; ++chain) sums[chain] += x[i + chain];
  }
  double sum = 0;
  for (; i < count; ++i) sum += x[i];
  for (double part : sums) sum += part;
  return static_cast<float>(sum / static_cast<double>(count));
}

}  // namespace

op::Support Supports(const op::MeanLast&) { return op::Support::Yes(); }

// A task is some of the means.
void Run(op::RunContext& context, const op::MeanLast& op) {
  const int64_t mean_count = op.y.count();
  if (mean_count == 0) return;
  const int64_t count = op.x.dim(op.x.shape().rank() - 1);
  const int64_t task_means =
      std::clamp<int64_t>(kTaskFloats / std::max<int64_t>(count, 1), 1, mean_count);
  const auto task_count = static_cast<uint64_t>((mean_count + task_means - 1) / task_means);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    if (context.cancel.cancelled()) return;
    const int64_t begin = static_cast<int64_t>(task) * task_means;
    const int64_t end = std::min(begin + task_means, mean_count);
    for (int64_t i = begin; i < end; ++i) op.y.f32()[i] = Mean(op.x.f32() + i * count, count);
  });
}

}  // namespace aozora::ops::cpu
