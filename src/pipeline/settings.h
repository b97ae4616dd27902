// SPDX-License-Identifier: Apache-2.0
// Everything that decides a picture, decided. Equal settings on one kind of machine: equal bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "diffusion/sampler.h"
#include "model/geometry.h"
#include "model/model.h"

namespace aozora {

inline constexpr uint32_t kSidePxMin = 16;
inline constexpr uint32_t kSidePxMax = 4096;
inline constexpr uint32_t kFrameCountMax = 4096;
inline constexpr double kClipFrameRateMax = 120;
inline constexpr double kGuidanceMax = 100;
inline constexpr size_t kScenesMax = 32;

// What becomes of the clip that a run starts from (pipeline/clip_latent.h).
enum class SourceUse : uint8_t {
  kNone,
  kRemix,      // its latent, partly noised, is where the steps begin
  kExtension,  // the clip goes on where it ended
  kBridge,     // it goes on to where a clip begins: another one, or itself
};
std::string_view Name(SourceUse use);  // "none", "remix", "extension", "bridge"

// From a picture on, other words.
struct SceneStart {
  uint32_t first_frame = 0;
  std::string prompt;  // cleaned
};

struct Settings {
  std::string prompt;                      // cleaned
  std::string negative_prompt;             // cleaned; unused where guidance is 1
  std::vector<SceneStart> further_scenes;  // in order, each behind the one before
  ClipSize clip;  // of the model, before any scaling; with what is there already
  double frame_rate = 0;
  uint64_t seed = 0;
  NormalKind noise = NormalKind::kPhilox;
  SamplerKind sampler = SamplerKind::kUniPc;
  int step_count = 0;  // of the whole schedule
  int first_step = 0;  // of it; above 0 for a remix that is to stay near its source
  double shift = 0;
  std::vector<double> timesteps;  // a fixed list of a few-step recipe, or empty
  std::vector<float> guidance;    // one for each denoiser
  double boundary = 0;
  DecoderKind decoder = DecoderKind::kFull;
  float cache_threshold = 0;
  bool has_image = false;
  SourceUse source_use = SourceUse::kNone;
  std::string source_hash;          // of what it starts from, or empty
  uint32_t source_frame_count = 0;  // of an extension or a bridge: pictures that are there already
  std::string target_hash;          // of what a bridge leads to, or empty
  uint32_t target_frame_count = 0;  // of a bridge: pictures behind it
};

// The noise levels that the settings stand for, those before first_step left out. A plan's settings
// always have one.
Result<Schedule> ScheduleOf(const Settings& settings);

// The settings as JSON with sorted keys: for checkpoints, sidecars and people.
std::string SettingsJson(const Settings& settings);

// The way back. The text may be anybody's: types and ranges are checked, and the error names the
// key. What comes out need not suit any model.
Result<Settings> ParseSettings(std::string_view json);

}  // namespace aozora
