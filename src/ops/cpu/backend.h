// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "op/backend.h"

namespace aozora::ops {

// The fast one: oneDNN for matrix products and convolutions, Highway for the rest; picks the widest
// instruction set at run time. f32 arithmetic throughout.
std::unique_ptr<op::Backend> MakeCpuBackend();

}  // namespace aozora::ops
