// SPDX-License-Identifier: Apache-2.0
#include "models/mini/family.h"

#include "models/mini/mini_model.h"

namespace aozora::mini {

bool MiniFamily::Recognises(const Checkpoint& checkpoint) const {
  return FindConfig(checkpoint) != nullptr;
}

Result<std::unique_ptr<Model>> MiniFamily::Open(Checkpoint checkpoint,
                                                std::span<const LoraChoice> loras) const {
  if (!loras.empty()) {
    return Error::Unsupported("{} takes no LoRA: leave {} out", checkpoint.root.string(),
                              loras[0].path.string());
  }
  if (checkpoint.named_count > 0) {
    return Error::Unsupported(
        "{} is not for {}: name that folder alone, which has all the parts of its model",
        checkpoint.files[0].path.string(), checkpoint.root.string());
  }
  return MiniModel::Open(std::make_unique<const Checkpoint>(std::move(checkpoint)));
}

}  // namespace aozora::mini
