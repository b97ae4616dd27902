// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "op/backend.h"

namespace aozora::conformance {

struct Candidate {
  std::string name;
  std::unique_ptr<op::Backend> (*make)();
};

// Every backend of this build: the one place to add a new one. The reference is among them, since
// strides, outputs on top of operands, threads and cancelling are nobody's gift.
const std::vector<Candidate>& Candidates();

}  // namespace aozora::conformance
