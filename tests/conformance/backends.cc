// SPDX-License-Identifier: Apache-2.0
#include "backends.h"

#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"

namespace aozora::conformance {

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> candidates = {
      {"cpu", ops::MakeCpuBackend},
      {"reference", ops::MakeReferenceBackend},
  };
  return candidates;
}

}  // namespace aozora::conformance
