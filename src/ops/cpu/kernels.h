// SPDX-License-Identifier: Apache-2.0
// One file an op; backend.cc lists them. An op's Supports says what its kernel takes; Run is called
// only with what Supports accepted.
#pragma once

#include <memory>

#include "op/backend.h"

namespace aozora::ops::cpu {

// What one task of an op that only moves and adds takes: tens of microseconds.
inline constexpr int64_t kTaskFloats = 64 * 1024;

op::Support Supports(const op::Linear& op);
op::Support Supports(const op::Attention& op);
op::Support Supports(const op::LayerNorm& op);
op::Support Supports(const op::RmsNorm& op);
op::Support Supports(const op::ChannelNorm& op);
op::Support Supports(const op::Conv3d& op);
op::Support Supports(const op::Permute& op);
op::Support Supports(const op::Elementwise& op);
op::Support Supports(const op::MeanLast& op);
op::Support Supports(const op::Gather& op);

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

// Convolutions of each channel by itself (depthwise.cc), which the two of Conv3d above hand on.
op::Support SupportsDepthwise(const op::Conv3d& op);
void RunDepthwise(op::RunContext& context, const op::Conv3d& op);

// Packing of a weight of rank 2 (Linear) and of rank 4 or 5 (Conv3d); null if it would not pay.
std::unique_ptr<op::Packed> PackLinear(op::RunContext& context, const Weight& weight);
std::unique_ptr<op::Packed> PackConv3d(op::RunContext& context, const Weight& weight);

}  // namespace aozora::ops::cpu
