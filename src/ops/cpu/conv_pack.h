// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "op/backend.h"
#include "ops/cpu/conv_plan.h"

namespace aozora::ops::cpu {

// Writes all of a convolution's weights to `out`, plan.layout.value_count floats, as plan.layout
// says. About as fast as the memory that they come from.
void PackConvWeights(op::RunContext& context, const Weight& weight, const ConvPlan& plan,
                     float* out);

}  // namespace aozora::ops::cpu
