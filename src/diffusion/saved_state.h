// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

// What a sampler or a cache must remember to go on as if nothing had happened: plain float buffers
// with names, for whoever writes checkpoints. Read back from a file it is foreign and is checked.
struct SavedState {
  struct Buffer {
    std::string name;
    std::vector<float> values;
  };

  std::string kind;    // what saved it: "unipc", "easycache" ...
  int step_index = 0;  // the next step to be done
  std::vector<Buffer> buffers;

  // The buffer of that name, which must have `count` values.
  Result<std::span<const float>> Find(std::string_view name, size_t count) const;
};

}  // namespace aozora
