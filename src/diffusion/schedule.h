// SPDX-License-Identifier: Apache-2.0
// Which noise levels a sampler visits, and what the model is told about each.
//
// Flow matching: at noise level sigma in [0, 1] the latent is x = (1 - sigma) x0 + sigma noise, and
// the model predicts the velocity v = noise - x0, hence x0 = x - sigma v. The model is given the
// timestep, sigma on a scale of 0 to 1000, which some references truncate to an integer. A "shift"
// moves the levels towards noise: sigma' = shift sigma / (1 + (shift - 1) sigma).
//
// Every table has a reference whose rounding it repeats (float where that is float, double where
// that is double), because a truncated timestep that is off by one is a different picture.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

// More levels than the models were trained with make no sense.
inline constexpr int kStepsMax = 1000;
inline constexpr double kShiftMin = 0.01;
inline constexpr double kShiftMax = 100;

struct Schedule {
  std::vector<double> sigmas;    // step_count() + 1 values, falling, the last is 0
  std::vector<float> timesteps;  // step_count() values, in [0, 1000]
  double start_scale = 1;        // the latent to start from is start_scale * normal noise

  int step_count() const { return static_cast<int>(timesteps.size()); }
};

// N levels evenly spread before the shift, then 0.
enum class SigmaTable {
  // linspace(float(0.999), 0, N+1) without its end, in double; timesteps truncated, sigmas not.
  // (fm_solvers_unipc.py of the Apache-2.0 flow-matching port of UniPC, set_timesteps.)
  kUniPcTruncated,
  // linspace(1, 0.001, N+1) without its end, in double; a first level of 1 is lowered by 1e-6;
  // timesteps truncated. (diffusers scheduling_unipc_multistep.py with use_flow_sigmas.)
  kUniPcDiffusers,
  // linspace(1, 0, N+1) without its end, in double; timesteps truncated. (fm_solvers.py of the same
  // port, get_sampling_sigmas.)
  kLinearTruncated,
  // The same levels in float; timesteps keep their fraction. What most Euler implementations do.
  // (diffusers scheduling_flow_match_euler_discrete.py given these levels.)
  kLinear,
  // linspace(1, shifted(0.001), N), shifted: the low end is shifted twice. What the same class of
  // diffusers does when it is given only N.
  kLinearLowEndShiftedTwice,
};
std::string_view Name(SigmaTable table);

Result<Schedule> MakeSchedule(SigmaTable table, int step_count, double shift);

// Distilled models know a few levels only, given as timesteps of the unshifted scale, falling, each
// in [1, 1000].
enum class FewStepTimes {
  // The model is given the timesteps as listed; sigma is that of the nearest of the 1000 shifted
  // training levels. (FastVideo fastvideo/models/utils.py, pred_noise_to_pred_video.)
  kAsListed,
  // The list names entries of the shifted table: timestep and sigma are both shifted. (FastVideo's
  // "warp_denoising_step"; LightX2V's step distillation scheduler.)
  kWarped,
};
Result<Schedule> MakeFewStepSchedule(FewStepTimes times, std::span<const int> list, double shift);

// One to four steps at TrigFlow angles atan(80), 1.5, 1.4, 1.0, in rectified-flow terms
// sin / (sin + cos). The start is noise scaled by the first level, 80/81.
// (NVlabs/rcm rcm/inference; its last line of the table "for better visual quality".)
inline constexpr int kTrigFlowStepsMax = 4;
Result<Schedule> MakeTrigFlowSchedule(int step_count);

}  // namespace aozora
