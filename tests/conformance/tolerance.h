// SPDX-License-Identifier: Apache-2.0
// How far a backend that computes in f32 may be from the reference, value by value.
//
// Rounding a sum of n terms t_i in f32, in any order, moves it by at most lambda sqrt(n) u sum
// |t_i| with a probability of 1 - 2 exp(-lambda^2 / 2) (Higham and Mary, A New Approach to
// Probabilistic Rounding Error Analysis, SIAM J. Sci. Comput. 41(5), 2019, theorem 2.4), where u =
// 2^-24 is half an ulp of one. With lambda = 6 that is 3e-8 a value, and the numbers are the same
// in each run. What stands for sum |t_i| is computed, not guessed: it is the same op on the
// absolute values.
#pragma once

#include <vector>

#include "op/backend.h"
#include "op/op.h"

namespace aozora::conformance {

// For each value of the op's output, given what the reference says; the op is plain (dense, outputs
// apart). Where the tolerance is not finite, the value depends on an operand that is not.
std::vector<double> Tolerance(op::RunContext& context, const op::Op& op,
                              const std::vector<float>& expected);

}  // namespace aozora::conformance
