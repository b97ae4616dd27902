// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora::ops {

// The instruction sets for which the kernels were compiled and which this processor has, best
// first, as `Peak::instruction_set` writes them: "AVX3" (AVX-512), "AVX2" ...
std::vector<std::string> InstructionSets();

// From now on the kernels of the whole process use `name` (upper or lower case) or what lies below
// it; some processors are faster without their widest set, and figures of narrower ones can be had
// on a wider one. Before the first op: what was packed for one set does not fit another. An unknown
// name is an error that lists those there are.
Status LimitInstructionSet(std::string_view name);

}  // namespace aozora::ops
