// SPDX-License-Identifier: Apache-2.0
// What config.json of a small model says besides its tensors. All keys but "family", "version" and
// "latent" may be left out.
//
//   {"family": "aozora-mini", "version": 2, "name": "mini",
//    "prediction": "clean",
//    "latent": {"channels": 18, "height": 2, "width": 8, "time_stride": 48},
//    "denoiser": {"head_width": 32, "text_token_count": 64, "position_channels": 8},
//    "trained_frame_count": 241, "continued_latent_count": 2, "side_px_min": 64,
//    "preset": {"name": "8 steps", "sampler": "euler", "steps": 8, "shift": 3, "guidance": 3,
//               "frame_rate": 24, "width": 1920, "height": 1080, "frames": 240,
//               "negative_prompt": "", "distilled": false}}
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/capabilities.h"

namespace aozora::mini {

// What the denoiser's output is.
enum class Prediction : uint8_t {
  kClean,     // the latent without its noise
  kVelocity,  // noise - clean
};

struct MiniConfig {
  static constexpr uint32_t kPatch = 2;  // latent cells a token, both ways: of the denoiser's kind

  std::string name = "mini";
  Prediction prediction = Prediction::kClean;
  LatentGeometry latent;  // with a fixed grid
  int64_t head_width = 32;
  int64_t text_token_count = 64;  // rows that cross-attention sees, padding included
  // Channels behind those of the latent, in and out, as models/mini/positions.h has them: all of
  // them or none. A program that does not know of them must not open such a model, hence version 2.
  int64_t position_channels = 0;
  uint32_t trained_frame_count = 241;
  uint32_t continued_latent_count = 0;  // as in Capabilities
  uint32_t side_px_min = 64;
  Preset preset;
};

// Whether a text is the configuration of a model of this family.
bool IsMiniConfig(std::string_view json);

// The file is anybody's: types and ranges are checked, and the error names the key. Keys that are
// not known are left alone. kUnsupported for a version that is newer than this program.
Result<MiniConfig> ReadMiniConfig(std::string_view json);

}  // namespace aozora::mini
