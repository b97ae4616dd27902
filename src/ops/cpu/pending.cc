// SPDX-License-Identifier: Apache-2.0
// Kernels that are not written yet: the device goes to the next backend for them.
#include "base/check.h"
#include "ops/cpu/kernels.h"

namespace aozora::ops::cpu {

// channel_norm.cc
op::Support Supports(const op::ChannelNorm&) { return op::Support::No("not yet"); }
void Run(op::RunContext&, const op::ChannelNorm&) { CHECK(false); }

// permute.cc
op::Support Supports(const op::Permute&) { return op::Support::No("not yet"); }
void Run(op::RunContext&, const op::Permute&) { CHECK(false); }

// mean_last.cc
op::Support Supports(const op::MeanLast&) { return op::Support::No("not yet"); }
void Run(op::RunContext&, const op::MeanLast&) { CHECK(false); }

}  // namespace aozora::ops::cpu
