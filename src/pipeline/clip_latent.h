// SPDX-License-Identifier: Apache-2.0
// What a finished run leaves for the next one: its latents and the settings that made them, so that
// a clip can be remixed or go on where it ended, without looking at its pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/geometry.h"
#include "pipeline/settings.h"

namespace aozora {

struct ClipLatent {
  static constexpr size_t kPiecesMax = 4096;
  static constexpr uint64_t kFileBytesMax = 4_GiB;
  static constexpr uint32_t kLatentSideMax = 4096;  // channels, frames, height and width

  // What a decoder is given at once, [C, F, h, w], and which of its pictures the clip has.
  struct Piece {
    LatentSize size;
    std::vector<float> values;
    uint32_t frames_skipped = 0;
    uint32_t frames_delivered = 0;

    // With so many of them, and the latent frames that these need.
    Piece Start(const LatentGeometry& geometry, uint32_t delivered) const;
  };

  Settings settings;
  std::string model;  // fingerprint of the one that made it
  std::vector<Piece> pieces;

  // The clip's first pictures alone, 1 to all of them (CHECK), exactly as they are: decoders look
  // at no latent frame that is still to come.
  ClipLatent Start(const LatentGeometry& geometry, uint32_t frame_count) const;

  // SHA-256 over all that decides what a run makes of it.
  std::string Hash() const;

  // One safetensors file, which appears whole or not at all.
  Status Save(const std::filesystem::path& path) const;
  // The file is anybody's: sizes, counts and settings are checked before anything is taken from it,
  // and values must be finite. Pictures that pieces deliver add up to the clip's.
  static Result<ClipLatent> Load(const std::filesystem::path& path);
};

}  // namespace aozora
