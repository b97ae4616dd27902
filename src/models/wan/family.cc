// SPDX-License-Identifier: Apache-2.0
#include "models/wan/family.h"

#include "models/wan/wan_model.h"

namespace aozora::wan {

bool WanFamily::Recognises(const Checkpoint& checkpoint) const { return HasDenoiser(checkpoint); }

Result<std::unique_ptr<Model>> WanFamily::Open(Checkpoint checkpoint,
                                               std::span<const LoraChoice> loras) const {
  // On the heap, so that the parts can point at files that stay where they are.
  return WanModel::Open(std::make_unique<const Checkpoint>(std::move(checkpoint)), loras);
}

}  // namespace aozora::wan
