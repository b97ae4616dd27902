// SPDX-License-Identifier: Apache-2.0
// The Wan family: Wan 2.1 T2V, Wan 2.2 TI2V-5B, T2V-A14B and I2V-A14B, and what was distilled from
// them (github.com/Wan-Video/Wan2.1, Wan2.2).
#pragma once

#include "model/model.h"

namespace aozora::wan {

class WanFamily : public Family {
 public:
  std::string_view name() const override { return "Wan"; }
  bool Recognises(const Checkpoint& checkpoint) const override;
  // Also says what kinds of Wan models are recognised and cannot be run yet: I2V 2.1, FLF2V, VACE,
  // Animate ...
  Result<std::unique_ptr<Model>> Open(Checkpoint checkpoint,
                                      std::span<const LoraChoice> loras) const override;
};

}  // namespace aozora::wan
