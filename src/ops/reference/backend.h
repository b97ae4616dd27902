// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "op/backend.h"

namespace aozora::ops {

// Every op, scalar, in double precision inside, obviously right and never optimised: what all other
// backends are judged by (tests/conformance). Declines nothing.
std::unique_ptr<op::Backend> MakeReferenceBackend();

}  // namespace aozora::ops
