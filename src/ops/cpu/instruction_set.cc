// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/instruction_set.h"

#include <fmt/ranges.h>
#include <hwy/targets.h>

#include "base/ascii.h"

namespace aozora::ops {
namespace {

// Those of the processor that were compiled as well, best first: Highway gives the better target
// the lower bit.
std::vector<int64_t> Targets() {
  const int64_t supported = hwy::SupportedTargets();
  // Asking makes Highway 1.0 choose again, among those that were disabled as well.
  hwy::GetChosenTarget().Update(supported);
  std::vector<int64_t> targets;
  for (int64_t left = supported & HWY_TARGETS; left != 0; left &= left - 1) {
    targets.push_back(left & -left);
  }
  return targets;
}

}  // namespace

std::vector<std::string> InstructionSets() {
  std::vector<std::string> names;
  for (const int64_t target : Targets()) names.emplace_back(hwy::TargetName(target));
  return names;
}

Status LimitInstructionSet(std::string_view name) {
  for (const int64_t target : Targets()) {
    if (EqualsNoCase(name, hwy::TargetName(target))) {
      hwy::DisableTargets(target - 1);  // the better ones
      return Ok();
    }
  }
  return Error::Invalid("no instruction set {} here: there are {}", name,
                        fmt::join(InstructionSets(), ", "));
}

}  // namespace aozora::ops
