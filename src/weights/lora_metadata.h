// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"

namespace aozora {

// What the configuration that peft and diffusers put into a file's metadata
// ("lora_adapter_metadata", a JSON text) says about the scale of all of its pairs.
struct LoraScaling {
  std::optional<float> alpha;    // for modules without a number of their own
  bool rank_stabilized = false;  // alpha / sqrt(rank) instead of alpha / rank
};

// Settings that would change the result and cannot be followed (DoRA, patterns of ranks or alphas)
// are errors: merging without them would be silently wrong.
Result<LoraScaling> ReadLoraScaling(const std::map<std::string, std::string>& metadata);

}  // namespace aozora
