// SPDX-License-Identifier: Apache-2.0
// From a request to numbers: every setting decided, what it will take known, before anything
// starts.
#pragma once

#include <string>
#include <vector>

#include "pipeline/machine.h"
#include "pipeline/request.h"

namespace aozora {

inline constexpr uint32_t kSidePxMin = 16;
inline constexpr uint32_t kSidePxMax = 4096;
inline constexpr uint32_t kFrameCountMax = 4096;
inline constexpr double kClipFrameRateMax = 120;
inline constexpr double kGuidanceMax = 100;

// Everything that decides the picture. Equal settings on one kind of machine: equal bytes.
struct Settings {
  std::string prompt;           // cleaned
  std::string negative_prompt;  // cleaned; unused where guidance is 1
  ClipSize clip;                // of the model, before any scaling
  double frame_rate = 0;
  uint64_t seed = 0;
  NormalKind noise = NormalKind::kPhilox;
  SamplerKind sampler = SamplerKind::kUniPc;
  int step_count = 0;
  double shift = 0;
  std::vector<double> timesteps;  // a fixed list of a few-step recipe, or empty
  std::vector<float> guidance;    // one for each denoiser
  double boundary = 0;
  DecoderKind decoder = DecoderKind::kFull;
  float cache_threshold = 0;
  bool has_image = false;
};

// A stretch of the clip that the denoiser makes at once. All but the first begin with the last
// picture of the one before, which is not delivered again.
struct Segment {
  uint32_t frame_count = 0;     // made
  uint32_t frames_skipped = 0;  // at its start, not delivered
  uint32_t frames_delivered = 0;
};

struct StageCost {
  std::string name;    // "text", "image", "denoise", "decode"
  double seconds = 0;  // estimate
  uint64_t memory_bytes = 0;
  Cost cost;
};

struct Plan {
  Settings settings;
  std::vector<Segment> segments;
  std::vector<int32_t> ids;           // of the prompt
  std::vector<int32_t> negative_ids;  // empty where there is no guidance
  std::vector<StageCost> stages;
  double seconds = 0;  // estimate for all
  uint64_t memory_bytes_peak = 0;
  std::vector<std::string> notes;  // what a person should know: "made in 3 pieces of 5 s" ...
};

// Decides all settings, and refuses what the model cannot do or the machine cannot hold, saying
// what would work. The machine's memory is compared with the largest stage.
Result<Plan> MakePlan(const Model& model, const GenerateRequest& request, const Machine& machine);

// The noise levels that the settings stand for. MakePlan has checked that they exist.
Result<Schedule> ScheduleOf(const Settings& settings);

// The settings as JSON with sorted keys: for checkpoints, sidecars and people.
std::string SettingsJson(const Settings& settings);

}  // namespace aozora
