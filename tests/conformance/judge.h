// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "case.h"
#include "op/backend.h"

namespace aozora::conformance {

struct Verdict {
  bool declined = false;
  std::string message;  // why it declined, or what is wrong; empty if all is well
  bool ok() const { return !declined && message.empty(); }
};

// How much is looked at. Values: the answers, of one thread. All: what is below.
enum class Depth { kValues, kAll };

// Runs a case on a backend with 1, 2 and 3 threads, with the weight as it is, as the backend packs
// it, and as a stranger packed it, and looks at: the values, against the reference; the bytes,
// against those of one thread; the memory around the values; and scratch memory left behind.
Verdict Judge(op::Backend& backend, const Case& source, Depth depth = Depth::kAll);

}  // namespace aozora::conformance
