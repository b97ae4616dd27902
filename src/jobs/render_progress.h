// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace aozora {

// How far a render is.
struct RenderProgress {
  int64_t percent = 0;  // of all the work; one that has gone back is not shown
  std::string stage = {};
  int64_t step = 0;  // done, of step_count; 0 of 0 in stages that have none
  int64_t step_count = 0;
  friend bool operator==(const RenderProgress&, const RenderProgress&) = default;
};

}  // namespace aozora
