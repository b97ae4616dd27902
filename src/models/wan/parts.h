// SPDX-License-Identifier: Apache-2.0
// Which file of a checkpoint is which network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/checkpoint.h"
#include "model/model.h"
#include "models/wan/names.h"

namespace aozora::wan {

struct Part {
  NetworkLayout layout;
  const TensorFile* file = nullptr;  // of the checkpoint, which outlives this
  TensorSet weights;                 // canonical names
};

struct Parts {
  std::vector<Part> denoisers;  // one, or the expert for much noise and then the one for little
  std::optional<Part> text_encoder;
  std::optional<Part> vae;
  std::optional<Part> tiny_vae;
};

// Whether some file holds a denoiser of this family.
bool HasDenoiser(const Checkpoint& checkpoint);

// Finds the networks. Of several files for one part, those given by themselves win, then those with
// the family's name in theirs; if that leaves a choice, the error names the candidates. The
// decoders are those for the denoiser's latents. Parts other than the denoiser may be missing.
Result<Parts> FindParts(const Checkpoint& checkpoint);

// A network that is of this family and cannot be run, by the tensors that it has and others have
// not; empty if there is nothing of that kind.
std::string UnsupportedKind(const TensorSet& denoiser);

// The two experts of an A14B model, by the names that their files and LoRAs have: high_noise_model,
// transformer_2, "..._high_noise_...", "...-LowNoise-...".
enum class Half : uint8_t { kNone, kHigh, kLow };
Half HalfOf(const std::filesystem::path& path);

PartInfo Describe(std::string_view part, const Part& what, std::string sizes);

}  // namespace aozora::wan
