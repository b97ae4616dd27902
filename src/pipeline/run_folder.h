// SPDX-License-Identifier: Apache-2.0
// What survives a crash: latents and sampler state on disk, so that a killed run goes on where it
// was and ends with the same bytes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "diffusion/saved_state.h"

namespace aozora {

// The state between two steps of one segment, or after its last.
struct StepState {
  uint32_t segment_index = 0;
  std::vector<float> latent;
  SavedState sampler;
  std::optional<SavedState> cache;
};

// A folder with one file for each segment. Written atomically; a half-written file cannot exist.
// The folder belongs to one run: `identity` (settings, model, program) is kept in every file, and a
// folder of another run is refused rather than continued. One process at a time.
class RunFolder {
 public:
  // Makes the folder if there is none.
  static Result<RunFolder> Open(std::filesystem::path folder, std::string identity);

  // The saved state of a segment, or nothing. kInvalid if it is of another run.
  Result<std::optional<StepState>> Load(uint32_t segment_index) const;
  Status Save(const StepState& state) const;
  // Removes the states, and the folder if nothing else is in it: the run is complete.
  Status Clear() const;

  const std::filesystem::path& path() const { return folder_; }

 private:
  RunFolder(std::filesystem::path folder, std::string identity)
      : folder_(std::move(folder)), identity_(std::move(identity)) {}
  std::filesystem::path FileOf(uint32_t segment_index) const;

  std::filesystem::path folder_;
  std::string identity_;
};

}  // namespace aozora
