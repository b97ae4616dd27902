// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/cancel.h"
#include "op/op.h"
#include "ops/cpu/conv_plan.h"

namespace aozora::ops::cpu {

// The register tiles of the instruction set in use.
ConvLanes ConvMachine();

// A convolution whose weights are packed as plan.layout says.
struct ConvJob {
  const op::Conv3d& op;
  const ConvPlan& plan;
  const float* weights;  // aligned to 64 bytes
  const CancelToken& cancel;
};

// Computes the outputs of one task, task < plan.task_count(). `scratch` holds plan.in_box_floats()
// + plan.sums_floats(), aligned to 64 bytes.
void RunConvTask(const ConvJob& job, int64_t task, float* scratch);

}  // namespace aozora::ops::cpu
