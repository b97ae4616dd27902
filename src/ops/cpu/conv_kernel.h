// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/cancel.h"
#include "op/op.h"
#include "ops/cpu/conv_plan.h"

namespace aozora::ops::cpu {

// The register tiles of the instruction set in use.
ConvLanes ConvMachine();

struct ConvJob {
  const op::Conv3d& op;
  const ConvPlan& plan;
  const float* weights;  // packed as plan.layout says, aligned to 64 bytes
  const CancelToken& cancel;

  int64_t scratch_floats() const { return plan.in_box_floats() + plan.sums_floats(); }
};

// Computes the outputs of one task, task < plan.task_count(). `scratch` holds job.scratch_floats(),
// aligned to 64 bytes.
void RunConvTask(const ConvJob& job, int64_t task, float* scratch);

}  // namespace aozora::ops::cpu
