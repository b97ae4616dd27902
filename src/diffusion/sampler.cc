// SPDX-License-Identifier: Apache-2.0
#include "diffusion/sampler.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "diffusion/multistep.h"
#include "diffusion/single_step.h"

namespace aozora {
namespace {

constexpr std::array<std::pair<SamplerKind, std::string_view>, 6> kNames = {{
    {SamplerKind::kUniPc, "unipc"},
    {SamplerKind::kEuler, "euler"},
    {SamplerKind::kDpmPlus, "dpm++"},
    {SamplerKind::kDmd, "dmd"},
    {SamplerKind::kLcm, "lcm"},
    {SamplerKind::kTrigFlow, "rcm"},
}};

// Saved along with the state, so that a run cannot be resumed with other settings by mistake.
constexpr std::string_view kSigmasName = "sigmas";

std::vector<float> AsFloats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

Result<Schedule> DmdSchedule(int step_count, double shift) {
  constexpr std::array<int, 3> kList = {1000, 757, 522};  // FastVideo docs/distillation/dmd.md
  if (step_count < 1 || step_count > static_cast<int>(kList.size())) {
    return Error::Invalid("{} steps with sampler \"dmd\": it has 1 to {}", step_count,
                          kList.size());
  }
  const std::span<const int> list = std::span(kList).first(static_cast<size_t>(step_count));
  return MakeFewStepSchedule(FewStepTimes::kAsListed, list, shift);
}

Result<Schedule> LcmSchedule(int step_count, double shift) {
  constexpr int kStepsMaxLcm = 50;  // beyond, the list of integers is no longer even
  if (step_count < 1 || step_count > kStepsMaxLcm) {
    return Error::Invalid("{} steps with sampler \"lcm\": it has 1 to {}", step_count,
                          kStepsMaxLcm);
  }
  std::vector<int> list;
  for (int i = 0; i < step_count; ++i) list.push_back(1000 * (step_count - i) / step_count);
  return MakeFewStepSchedule(FewStepTimes::kWarped, list, shift);
}

}  // namespace

std::string_view Name(SamplerKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  CHECK(false);
}

Result<SamplerKind> ParseSamplerKind(std::string_view name) {
  std::string all;
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
    all += all.empty() ? "" : ", ";
    all += known;
  }
  return Error::Invalid("there is no sampler \"{}\": choose one of {}", name, all);
}

Result<Schedule> MakeDefaultSchedule(SamplerKind kind, int step_count, double shift) {
  switch (kind) {
    case SamplerKind::kUniPc:
      return MakeSchedule(SigmaTable::kUniPcTruncated, step_count, shift);
    case SamplerKind::kEuler:
      return MakeSchedule(SigmaTable::kLinear, step_count, shift);
    case SamplerKind::kDpmPlus:
      return MakeSchedule(SigmaTable::kLinearTruncated, step_count, shift);
    case SamplerKind::kDmd:
      return DmdSchedule(step_count, shift);
    case SamplerKind::kLcm:
      return LcmSchedule(step_count, shift);
    case SamplerKind::kTrigFlow:
      return MakeTrigFlowSchedule(step_count);
  }
  CHECK(false);
}

Sampler::Sampler(SamplerKind kind, Schedule schedule, size_t value_count,
                 std::initializer_list<std::string_view> history_names)
    : kind_(kind), schedule_(std::move(schedule)), value_count_(value_count) {
  CHECK_LE(1, schedule_.step_count());
  CHECK_EQ(schedule_.sigmas.size(), schedule_.timesteps.size() + 1);
  CHECK_EQ(schedule_.sigmas.back(), 0.0);
  for (int step = 0; step < step_count(); ++step) CHECK_LT(sigma(step + 1), sigma(step));
  CHECK_LE(sigma(0), 1.0);
  for (const std::string_view name : history_names) {
    histories_.push_back({std::string(name), std::vector<float>(value_count)});
  }
}

StepInput Sampler::Next() const {
  CHECK(!done());
  return {step_index_, schedule_.timesteps[static_cast<size_t>(step_index_)], sigma(step_index_)};
}

void Sampler::Advance(std::span<const float> velocity, std::span<float> x) {
  CHECK(!done());
  CHECK_EQ(velocity.size(), value_count_);
  CHECK_EQ(x.size(), value_count_);
  Step(velocity, x);
  ++step_index_;
}

SavedState Sampler::Save() const {
  SavedState state{std::string(Name(kind_)), step_index_, {}};
  state.buffers.push_back({std::string(kSigmasName), AsFloats(schedule_.sigmas)});
  state.buffers.insert(state.buffers.end(), histories_.begin(), histories_.end());
  return state;
}

Status Sampler::Load(const SavedState& state) {
  if (state.kind != Name(kind_)) {
    return Error::Invalid("the saved run used sampler \"{}\", this one uses \"{}\"", state.kind,
                          Name(kind_));
  }
  if (state.step_index < 0 || state.step_index > step_count()) {
    return Error::Corrupt("saved {} state: step {} of {}", state.kind, state.step_index,
                          step_count());
  }
  const std::vector<float> sigmas = AsFloats(schedule_.sigmas);
  const std::span<const float> saved_sigmas = TRY(state.Find(kSigmasName, sigmas.size()));
  for (size_t i = 0; i < sigmas.size(); ++i) {
    if (saved_sigmas[i] == sigmas[i]) continue;
    return Error::Invalid(
        "the saved run visits other noise levels: resume it with its own settings");
  }
  std::vector<SavedState::Buffer> histories;
  for (const SavedState::Buffer& history : histories_) {
    const std::span<const float> values = TRY(state.Find(history.name, value_count_));
    histories.push_back({history.name, {values.begin(), values.end()}});
  }
  histories_ = std::move(histories);
  step_index_ = state.step_index;
  return Ok();
}

std::unique_ptr<Sampler> MakeSampler(SamplerKind kind, Schedule schedule, size_t value_count,
                                     std::unique_ptr<StepNoise> noise) {
  switch (kind) {
    case SamplerKind::kUniPc:
      return std::make_unique<UniPcSampler>(std::move(schedule), value_count);
    case SamplerKind::kEuler:
      return std::make_unique<EulerSampler>(std::move(schedule), value_count);
    case SamplerKind::kDpmPlus:
      return std::make_unique<DpmPlusSampler>(std::move(schedule), value_count);
    case SamplerKind::kDmd:
    case SamplerKind::kLcm:
    case SamplerKind::kTrigFlow:
      return std::make_unique<RenoiseSampler>(kind, std::move(schedule), value_count,
                                              std::move(noise));
  }
  CHECK(false);
}

}  // namespace aozora
