// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/cancel.h"
#include "op/op.h"
#include "ops/cpu/conv_plan.h"

namespace aozora::ops::cpu {

// The register tiles of the instruction set in use.
ConvLanes ConvMachine();

// Packed weights, as f32, or as f16 or bf16 where that loses nothing; aligned to 64 bytes.
struct ConvValues {
  const void* data;
  DType dtype;
};

// A convolution whose weights are packed as plan.layout says.
struct ConvJob {
  const op::Conv3d& op;
  const ConvPlan& plan;
  ConvValues weights;
  const CancelToken& cancel;

  int64_t scratch_floats() const {
    const int64_t decoded = weights.dtype == DType::kF32 ? 0 : plan.pass_weights_floats();
    return plan.in_box_floats() + plan.sums_floats() + decoded;
  }
};

// Computes the outputs of one task, task < plan.task_count(). `scratch` holds job.scratch_floats(),
// aligned to 64 bytes.
void RunConvTask(const ConvJob& job, int64_t task, float* scratch);

}  // namespace aozora::ops::cpu
