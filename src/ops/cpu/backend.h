// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "op/backend.h"

namespace aozora::ops {

// The fast one: kernels written once with Highway, for whichever instruction set the processor has;
// products and convolutions in f32 with everything that follows them fused. (oneDNN 2.6 was
// measured beside them: figures in linear.cc; its convolutions need the frames in one block.)
std::unique_ptr<op::Backend> MakeCpuBackend();

}  // namespace aozora::ops
