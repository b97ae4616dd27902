// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "op/op.h"
#include "operands.h"

namespace aozora::conformance {

// The op of a case on operands that it makes in `operands`, which must outlive it.
op::Op BuildOp(Operands& operands);

View OutputOf(const op::Op& op);
const Weight* WeightOf(const op::Op& op);  // of linear and conv3d, else null
void SetPacked(op::Op& op, const op::Packed* packed);

// The values of a view, dense, as f32.
std::vector<float> ValuesOf(ConstView view);

}  // namespace aozora::conformance
