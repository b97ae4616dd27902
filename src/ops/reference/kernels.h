// SPDX-License-Identifier: Apache-2.0
// One function an op. Each value of a result is computed in double by one task, in the order in
// which the formula in op/op.h reads, so the result does not depend on the number of threads.
// Tasks look at the cancel token before each row and leave the rest undone.
#pragma once

#include <vector>

#include "op/backend.h"

namespace aozora::ops::reference {

void Run(op::RunContext& context, const op::Linear& op);
void Run(op::RunContext& context, const op::Attention& op);
void Run(op::RunContext& context, const op::LayerNorm& op);
void Run(op::RunContext& context, const op::RmsNorm& op);
void Run(op::RunContext& context, const op::ChannelNorm& op);
void Run(op::RunContext& context, const op::Conv3d& op);
void Run(op::RunContext& context, const op::Permute& op);
void Run(op::RunContext& context, const op::Elementwise& op);
void Run(op::RunContext& context, const op::MeanLast& op);
void Run(op::RunContext& context, const op::Gather& op);

// A NaN stays a NaN.
double Activate(op::Activation activation, double x);

// The items [begin, begin + count) of axis 0 as f32 values, the per-tensor scale applied. Blocks
// lie along the last axis, so that an item is a whole number of them.
std::vector<float> DecodeItems(const Weight& weight, int64_t begin, int64_t count);

// Row m of a matrix (or item m of anything).
inline const float* Item(ConstView view, int64_t m) { return view.f32() + m * view.item_stride(); }
inline float* Item(View view, int64_t m) { return view.f32() + m * view.item_stride(); }

// The row of a modulation table that applies to item m.
inline const float* ModulationRow(ConstView table, op::RowIndex rows, int64_t m) {
  return Item(table, rows.empty() ? 0 : rows[static_cast<size_t>(m)]);
}

}  // namespace aozora::ops::reference
