// SPDX-License-Identifier: Apache-2.0
// Skips whole model forwards where neighbouring steps would answer nearly the same (EasyCache, Zhou
// et al. 2025, arXiv 2507.02860; H-EmbodVis/EasyCache, easycache_forward). No table, no
// calibration.
//
// The model is seen as a map from latent to velocity. Between two computed steps,
// k = mean|change of output| / mean|change of input| is measured. Before a later step its relative
// change is predicted as k mean|x - x of the step before| / mean|last computed output|, and these
// are added up since the last computed step; while the sum stays below a threshold the model is not
// asked and the answer is x + (last computed output - its input). The first and the last steps are
// always computed. The conditional answer decides for both; each has a difference of its own.
//
//   if (cache.ShouldReuse(step_index, x)) {
//     cache.Reuse(EasyCache::kConditional, x, velocity);  // and kUnconditional, if guided
//   } else {
//     ... model ...
//     cache.Record(EasyCache::kConditional, x, velocity);  // and kUnconditional, if guided
//   }
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "diffusion/saved_state.h"

namespace aozora {

struct EasyCacheOptions {
  // The reference's: 0.05, with 0.1 for about twice and 0.2 for about three times the speed.
  float threshold = 0.05f;
  int first_steps = 10;  // always computed
  int last_steps = 1;    // always computed
};

// Made for one run; every step is announced with ShouldReuse, in order. One thread at a time.
// Holds four times the latent, five with guidance.
class EasyCache {
 public:
  enum Branch { kConditional, kUnconditional };

  EasyCache(EasyCacheOptions options, int step_count, size_t value_count);

  // Called once for each step with what the model would be fed. False: ask the model and Record.
  bool ShouldReuse(int step_index, std::span<const float> x);
  // velocity = x + what the model added when it was last asked. Only after ShouldReuse was true,
  // and for a branch that was recorded.
  void Reuse(Branch branch, std::span<const float> x, std::span<float> velocity) const;
  // The model's answer for x: at each computed step, for each branch that is in use.
  void Record(Branch branch, std::span<const float> x, std::span<const float> velocity);

  // Forgets the measurements: another expert takes over, whose answers are not those of the last.
  void Forget();
  int reused_step_count() const { return reused_step_count_; }

  SavedState Save() const;
  Status Load(const SavedState& state);  // changes nothing when it fails

 private:
  float PredictedChange(std::span<const float> x) const;

  EasyCacheOptions options_;
  int step_count_;
  size_t value_count_;

  int next_step_ = 0;
  int reused_step_count_ = 0;
  float rate_ = 0;                               // k; 0 while unknown
  float output_size_ = 0;                        // mean|last computed output|; 0 while unknown
  float change_ = 0;                             // predicted since the last computed step
  std::vector<float> seen_;                      // x of the step before, computed or not
  std::vector<float> input_;                     // x of the last computed step
  std::vector<float> output_;                    // and the answer to it
  std::vector<float> unconditional_difference_;  // answer - x; empty while not recorded
};

}  // namespace aozora
