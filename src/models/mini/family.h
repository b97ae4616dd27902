// SPDX-License-Identifier: Apache-2.0
// The small model that comes with the program: a latent of a few slots that say what is where, a
// diffusion transformer that denoises them from text, and coordinate networks that paint them at
// any size (models/mini/painter.h). Told by "family" in its config.json.
#pragma once

#include "model/model.h"

namespace aozora::mini {

class MiniFamily : public Family {
 public:
  std::string_view name() const override { return "mini"; }
  bool Recognises(const Checkpoint& checkpoint) const override;
  // Parts given by themselves and LoRAs are refused: they are made for other models.
  Result<std::unique_ptr<Model>> Open(Checkpoint checkpoint,
                                      std::span<const LoraChoice> loras) const override;
};

}  // namespace aozora::mini
