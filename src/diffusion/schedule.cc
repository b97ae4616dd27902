// SPDX-License-Identifier: Apache-2.0
#include "diffusion/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace aozora {
namespace {

constexpr int kTrainSteps = 1000;

// numpy.linspace(first, last, count), end included, with its rounding.
std::vector<double> Linspace(double first, double last, int count) {
  std::vector<double> values(static_cast<size_t>(count), first);
  if (count < 2) return values;
  const double step = (last - first) / (count - 1);
  for (int i = 1; i < count; ++i) values[static_cast<size_t>(i)] = i * step + first;
  values.back() = last;
  return values;
}

// The order of operations is that of all references. At small shifts rounding carries a sigma of 1
// just above 1, where there is no such noise level.
template <class Float>
Float Shifted(Float sigma, double shift) {
  const Float shifted =
      static_cast<Float>(shift) * sigma / (Float{1} + static_cast<Float>(shift - 1) * sigma);
  return std::min(shifted, Float{1});
}

// Level `index` of the table that models are trained on, 1 first and 0.001 last, in float.
float TrainSigma(int index, double shift) {
  return Shifted(static_cast<float>(kTrainSteps - index) / float{kTrainSteps}, shift);
}

Status CheckStepCount(int step_count, int most) {
  if (step_count >= 1 && step_count <= most) return Ok();
  return Error::Invalid("{} steps: choose 1 to {}", step_count, most);
}

Status CheckShift(double shift) {
  if (shift >= kShiftMin && shift <= kShiftMax) return Ok();  // false for NaN too
  return Error::Invalid("shift {}: choose {} to {}", shift, kShiftMin, kShiftMax);
}

// Levels in double, timesteps truncated from the double, sigmas then rounded to float.
Schedule Truncated(std::span<const double> levels, double shift, double taken_from_one) {
  constexpr double kNearOne = 1e-6;
  Schedule schedule;
  for (const double level : levels) {
    double sigma = Shifted(level, shift);
    if (std::fabs(sigma - 1) < kNearOne) sigma -= taken_from_one;
    schedule.timesteps.push_back(static_cast<float>(std::trunc(sigma * kTrainSteps)));
    schedule.sigmas.push_back(static_cast<float>(sigma));
  }
  schedule.sigmas.push_back(0);
  return schedule;
}

void AppendFloat(float sigma, Schedule* schedule) {
  schedule->sigmas.push_back(sigma);
  schedule->timesteps.push_back(sigma * float{kTrainSteps});
}

Schedule LinearInFloat(int step_count, double shift) {
  Schedule schedule;
  const std::vector<double> levels = Linspace(1, 0, step_count + 1);
  for (int i = 0; i < step_count; ++i) {
    AppendFloat(Shifted(static_cast<float>(levels[static_cast<size_t>(i)]), shift), &schedule);
  }
  schedule.sigmas.push_back(0);
  return schedule;
}

Schedule LowEndShiftedTwice(int step_count, double shift) {
  Schedule schedule;
  const double last = TrainSigma(kTrainSteps - 1, shift);
  for (const double time : Linspace(kTrainSteps, last * kTrainSteps, step_count)) {
    AppendFloat(static_cast<float>(Shifted(time / kTrainSteps, shift)), &schedule);
  }
  schedule.sigmas.push_back(0);
  return schedule;
}

// The training level whose timestep is nearest; the first of equals.
float NearestTrainSigma(float timestep, double shift) {
  float best_distance = INFINITY, best = 0;
  for (int i = 0; i < kTrainSteps; ++i) {
    const float sigma = TrainSigma(i, shift);
    const float distance = std::fabs(sigma * float{kTrainSteps} - timestep);
    if (distance < best_distance) {
      best_distance = distance;
      best = sigma;
    }
  }
  return best;
}

}  // namespace

std::string_view Name(SigmaTable table) {
  switch (table) {
    case SigmaTable::kUniPcTruncated:
      return "unipc truncated";
    case SigmaTable::kUniPcDiffusers:
      return "unipc diffusers";
    case SigmaTable::kLinearTruncated:
      return "linear truncated";
    case SigmaTable::kLinear:
      return "linear";
    case SigmaTable::kLinearLowEndShiftedTwice:
      return "linear, low end shifted twice";
  }
  CHECK(false);
}

Result<Schedule> MakeSchedule(SigmaTable table, int step_count, double shift) {
  TRY(CheckStepCount(step_count, kStepsMax));
  TRY(CheckShift(shift));
  const auto levels = [&](double first, double last) {  // without the end
    std::vector<double> values = Linspace(first, last, step_count + 1);
    values.pop_back();
    return values;
  };
  switch (table) {
    case SigmaTable::kUniPcTruncated:
      return Truncated(levels(0.999f, 0), shift, 0);
    case SigmaTable::kUniPcDiffusers:
      return Truncated(levels(1, 0.001), shift, 1e-6);
    case SigmaTable::kLinearTruncated:
      return Truncated(levels(1, 0), shift, 0);
    case SigmaTable::kLinear:
      return LinearInFloat(step_count, shift);
    case SigmaTable::kLinearLowEndShiftedTwice:
      return LowEndShiftedTwice(step_count, shift);
  }
  CHECK(false);
}

Result<Schedule> MakeFewStepSchedule(FewStepTimes times, std::span<const int> list, double shift) {
  TRY(CheckStepCount(static_cast<int>(std::min<size_t>(list.size(), kStepsMax + 1)), kStepsMax));
  TRY(CheckShift(shift));
  Schedule schedule;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] < 1 || list[i] > kTrainSteps || (i > 0 && list[i] >= list[i - 1])) {
      return Error::Invalid(
          "timestep {} in the list of steps: they fall from at most {} to at least 1", list[i],
          kTrainSteps);
    }
    if (times == FewStepTimes::kWarped) {
      AppendFloat(TrainSigma(kTrainSteps - list[i], shift), &schedule);
    } else {
      const float timestep = static_cast<float>(list[i]);
      schedule.sigmas.push_back(NearestTrainSigma(timestep, shift));
      schedule.timesteps.push_back(timestep);
    }
    if (i > 0 && schedule.sigmas[i] >= schedule.sigmas[i - 1]) {  // with extreme shifts only
      return Error::Invalid("timesteps {} and {} are the same noise level at shift {}", list[i - 1],
                            list[i], shift);
    }
  }
  schedule.sigmas.push_back(0);
  return schedule;
}

Result<Schedule> MakeTrigFlowSchedule(int step_count) {
  TRY(CheckStepCount(step_count, kTrigFlowStepsMax));
  const std::array<double, kTrigFlowStepsMax> angles = {std::atan(80.0), 1.5, 1.4, 1.0};
  Schedule schedule;
  for (int i = 0; i < step_count; ++i) {
    const double sine = std::sin(angles[static_cast<size_t>(i)]);
    const double cosine = std::cos(angles[static_cast<size_t>(i)]);
    const double sigma = sine / (cosine + sine);
    schedule.sigmas.push_back(sigma);
    schedule.timesteps.push_back(static_cast<float>(sigma) * float{kTrainSteps});
  }
  schedule.sigmas.push_back(0);
  schedule.start_scale = schedule.sigmas.front();
  return schedule;
}

}  // namespace aozora
