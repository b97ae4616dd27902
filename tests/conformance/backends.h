// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "op/backend.h"

namespace aozora::conformance {

struct Candidate {
  std::string name;
  std::function<std::unique_ptr<op::Backend>()> make;
  bool lesser = false;  // a backend of the list, on a machine with fewer instructions than this one
};

// Every backend of this build: the one place to add a new one. The reference is among them, since
// strides, outputs on top of operands, threads and cancelling are nobody's gift.
const std::vector<Candidate>& Candidates();

}  // namespace aozora::conformance
