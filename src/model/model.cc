// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

namespace aozora {

Result<std::unique_ptr<Model>> OpenModel(std::span<const Family* const> families,
                                         const CheckpointPaths& paths,
                                         std::span<const LoraChoice> loras) {
  Checkpoint checkpoint = TRY(OpenCheckpoint(paths));
  std::string known;
  for (const Family* family : families) {
    if (family->Recognises(checkpoint)) return family->Open(std::move(checkpoint), loras);
    known += (known.empty() ? "" : ", ") + std::string(family->name());
  }
  return Error::Unsupported(
      "{} holds no denoiser of a kind that is known here ({}): nothing in its tensors' names says "
      "so",
      paths.model.string(), known);
}

}  // namespace aozora
