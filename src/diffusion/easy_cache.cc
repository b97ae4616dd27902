// SPDX-License-Identifier: Apache-2.0
#include "diffusion/easy_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace aozora {
namespace {

constexpr std::string_view kKind = "easycache";
// Counts, k, output size, change and two flags, saved as floats; counts are at most kStepsMax.
constexpr std::string_view kScalars = "scalars";
constexpr size_t kScalarCount = 6;

float MeanAbs(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += std::fabs(value);
  return static_cast<float>(sum / static_cast<double>(std::max<size_t>(values.size(), 1)));
}

float MeanAbsDifference(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::fabs(a[i] - b[i]);
  return static_cast<float>(sum / static_cast<double>(std::max<size_t>(a.size(), 1)));
}

}  // namespace

EasyCache::EasyCache(EasyCacheOptions options, int step_count, size_t value_count)
    : options_(options),
      step_count_(step_count),
      value_count_(value_count),
      seen_(value_count),
      input_(value_count),
      output_(value_count) {
  CHECK_LE(1, step_count);
  CHECK_LE(0, options.first_steps);
  CHECK_LE(0, options.last_steps);
}

float EasyCache::PredictedChange(std::span<const float> x) const {
  return rate_ * MeanAbsDifference(x, seen_) / output_size_;
}

bool EasyCache::ShouldReuse(int step_index, std::span<const float> x) {
  CHECK_EQ(step_index, next_step_);
  CHECK_LT(step_index, step_count_);
  CHECK_EQ(x.size(), value_count_);
  ++next_step_;
  bool reuse = false;
  const bool always_computed =
      step_index < options_.first_steps || step_index >= step_count_ - options_.last_steps;
  if (!always_computed && rate_ > 0 && output_size_ > 0) {
    change_ += PredictedChange(x);
    reuse = change_ < options_.threshold;  // a NaN computes
  }
  if (reuse) {
    ++reused_step_count_;
  } else {
    change_ = 0;
  }
  std::copy(x.begin(), x.end(), seen_.begin());
  return reuse;
}

void EasyCache::Reuse(Branch branch, std::span<const float> x, std::span<float> velocity) const {
  CHECK_EQ(x.size(), value_count_);
  CHECK_EQ(velocity.size(), value_count_);
  if (branch == kConditional) {
    CHECK(output_size_ > 0);
    for (size_t i = 0; i < x.size(); ++i) velocity[i] = x[i] + (output_[i] - input_[i]);
  } else {
    CHECK(!unconditional_difference_.empty() || value_count_ == 0);
    for (size_t i = 0; i < x.size(); ++i) velocity[i] = x[i] + unconditional_difference_[i];
  }
}

void EasyCache::Record(Branch branch, std::span<const float> x, std::span<const float> velocity) {
  CHECK_EQ(x.size(), value_count_);
  CHECK_EQ(velocity.size(), value_count_);
  if (branch == kUnconditional) {
    unconditional_difference_.resize(value_count_);
    for (size_t i = 0; i < x.size(); ++i) unconditional_difference_[i] = velocity[i] - x[i];
    return;
  }
  if (output_size_ > 0) {
    const float rate = MeanAbsDifference(velocity, output_) / MeanAbsDifference(x, input_);
    rate_ = std::isfinite(rate) ? rate : 0;
  }
  std::copy(x.begin(), x.end(), input_.begin());
  std::copy(velocity.begin(), velocity.end(), output_.begin());
  output_size_ = MeanAbs(velocity);
}

void EasyCache::Forget() {
  rate_ = output_size_ = change_ = 0;
  unconditional_difference_.clear();
}

SavedState EasyCache::Save() const {
  SavedState state{std::string(kKind), next_step_, {}};
  state.buffers.push_back({std::string(kScalars),
                           {static_cast<float>(reused_step_count_), rate_, output_size_, change_,
                            options_.threshold, unconditional_difference_.empty() ? 0.0f : 1.0f}});
  state.buffers.push_back({"seen", seen_});
  state.buffers.push_back({"input", input_});
  state.buffers.push_back({"output", output_});
  state.buffers.push_back({"unconditional difference", unconditional_difference_});
  return state;
}

Status EasyCache::Load(const SavedState& state) {
  if (state.kind != kKind) {
    return Error::Invalid("the saved run has no step cache: resume it without one");
  }
  const std::span<const float> scalars = TRY(state.Find(kScalars, kScalarCount));
  const float reused = scalars[0];
  if (state.step_index < 0 || state.step_index > step_count_ ||
      !(reused >= 0 && reused <= static_cast<float>(state.step_index))) {
    return Error::Corrupt("saved {} state: step {} of {}", kKind, state.step_index, step_count_);
  }
  if (scalars[4] != options_.threshold) {
    return Error::Invalid("the saved run has the step cache's threshold at {}, not {}", scalars[4],
                          options_.threshold);
  }
  const auto seen = TRY(state.Find("seen", value_count_));
  const auto input = TRY(state.Find("input", value_count_));
  const auto output = TRY(state.Find("output", value_count_));
  const size_t difference_count = scalars[5] != 0 ? value_count_ : 0;
  const auto difference = TRY(state.Find("unconditional difference", difference_count));
  next_step_ = state.step_index;
  reused_step_count_ = static_cast<int>(reused);
  rate_ = scalars[1];
  output_size_ = scalars[2];
  change_ = scalars[3];
  seen_.assign(seen.begin(), seen.end());
  input_.assign(input.begin(), input.end());
  output_.assign(output.begin(), output.end());
  unconditional_difference_.assign(difference.begin(), difference.end());
  return Ok();
}

}  // namespace aozora
