// SPDX-License-Identifier: Apache-2.0
// A sampler walks a latent from noise to picture: it says which timestep the model shall look at,
// takes the velocity that the model predicts there, and moves the latent one level down.
//
//   while (!sampler->done()) {
//     const StepInput input = sampler->Next();
//     ... velocity = model(x, input.timestep) ...
//     sampler->Advance(velocity, x);
//   }
//
// Latents are small (some million values), so this is plain arithmetic on host memory. Coefficients
// are worked out in double from the schedule's levels. Each new value of an element is summed in
// double and rounded once to float, the type in which latents and histories are kept; the
// references round after every operation (most in float, the trigonometric few-step one in double),
// and the closest that a program can be to all of them is to be close to the exact result.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "diffusion/saved_state.h"
#include "diffusion/schedule.h"
#include "diffusion/step_noise.h"

namespace aozora {

enum class SamplerKind {
  kUniPc,     // "unipc": second order, predictor and corrector; the default for undistilled models
  kEuler,     // "euler"
  kDpmPlus,   // "dpm++": DPM-Solver++, two steps, midpoint
  kDmd,       // "dmd":  re-noising, timesteps as listed (1000, 757, 522)
  kLcm,       // "lcm":  re-noising, evenly spread list, shifted (1000, 750, 500, 250 for four)
  kTrigFlow,  // "rcm":  re-noising, levels from trigonometric angles
};
std::string_view Name(SamplerKind kind);
Result<SamplerKind> ParseSamplerKind(std::string_view name);  // the error lists what exists

// The schedule that belongs to a kind when nobody asks for another one. Re-noising kinds belong to
// distilled models, which know certain numbers of steps only.
Result<Schedule> MakeDefaultSchedule(SamplerKind kind, int step_count, double shift);

struct StepInput {
  int step_index;  // from 0
  float timestep;  // what the model is told
  double sigma;    // the noise level that x has
};

// Made for one schedule and one size of latent. One thread at a time.
class Sampler {
 public:
  virtual ~Sampler() = default;
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  SamplerKind kind() const { return kind_; }
  const Schedule& schedule() const { return schedule_; }
  int step_count() const { return schedule_.step_count(); }
  int step_index() const { return step_index_; }  // steps done
  bool done() const { return step_index_ == step_count(); }

  StepInput Next() const;  // not when done

  // The step that Next() described: `velocity` is the model's answer for `x`; x becomes the latent
  // of the next level. Both have value_count values and do not overlap. Between steps the caller
  // may overwrite parts of x that are known (the first frame of image to video).
  void Advance(std::span<const float> velocity, std::span<float> x);

  // Everything but x itself. After Load into a sampler made alike, the run goes on with the same
  // bits.
  SavedState Save() const;
  Status Load(const SavedState& state);  // changes nothing when it fails

 protected:
  // `history_names`: buffers of value_count floats, zeros at first, that are saved with the rest.
  Sampler(SamplerKind kind, Schedule schedule, size_t value_count,
          std::initializer_list<std::string_view> history_names);
  virtual void Step(std::span<const float> velocity, std::span<float> x) = 0;
  size_t value_count() const { return value_count_; }
  double sigma(int step) const { return schedule_.sigmas[static_cast<size_t>(step)]; }
  std::span<float> history(size_t index) { return histories_[index].values; }

 private:
  SamplerKind kind_;
  Schedule schedule_;
  size_t value_count_;
  int step_index_ = 0;
  std::vector<SavedState::Buffer> histories_;
};

// `noise` is for the re-noising kinds, which must have it; the others never look at it.
std::unique_ptr<Sampler> MakeSampler(SamplerKind kind, Schedule schedule, size_t value_count,
                                     std::unique_ptr<StepNoise> noise);

}  // namespace aozora
