// SPDX-License-Identifier: Apache-2.0
#include "models/mini/slots.h"

#include <algorithm>
#include <cmath>

namespace aozora::mini {
namespace {

constexpr double kPointsPerSecond = kPointsPerFrame / kSecondsPerFrame;
constexpr int kTaps = 4;  // control points that a cubic looks at: from the one before

// A curve's value is offset + scale * what is stored, so that all of them are of order one
// (trainer/latent.h).
struct CurveKind {
  float offset, scale;
};
constexpr CurveKind kSceneCurves[kCurveCount] = {{0, 0.4f}, {-0.1f, 0.2f}, {0, 0.2f}, {0, 1},
                                                 {0, 1},    {0, 1},        {0, 1},    {0, 1}};
constexpr CurveKind kActorCurves[kCurveCount] = {{0, 0.5f}, {0, 0.3f}, {-1.2039728f, 0.4f}, {0, 1},
                                                 {0, 1},    {0, 1},    {0, 0.3f},           {1, 1}};

// What is left of noise in a pace would grow with time, so the nearest that exists is taken.
float NearestPace(float said) {
  return *std::min_element(std::begin(kPaces), std::end(kPaces), [said](float p, float q) {
    return std::fabs(p - said) < std::fabs(q - said);
  });
}

size_t SubjectOf(const SlotState& actor) {
  const auto subjects = actor.codes.begin() + kSubjectAt;
  return static_cast<size_t>(std::max_element(subjects, subjects + kSubjectCount) - subjects);
}

}  // namespace

float PhaseOf(const SlotStates& states, int slot, double time_s) {
  const SlotState& actor = states[static_cast<size_t>(slot)];
  int copies_before = 0;
  for (int other = 1; other < slot; ++other) {
    const SlotState& before = states[static_cast<size_t>(other)];
    copies_before += before.codes[kPresentAt] > 0 && SubjectOf(before) == SubjectOf(actor);
  }
  const double paced_s = actor.paced_s + NearestPace(actor.curves[kPace]) * (time_s - actor.time_s);
  return static_cast<float>(paced_s) + kCopyLead * static_cast<float>(copies_before);
}

void SlotClip::Add(std::span<const float> latent_frame) {
  CHECK_LT(have_count_, frame_count_);
  CHECK_EQ(latent_frame.size(), ValueCount(1));
  ++have_count_;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    for (int value = 0; value < kSlotValues; ++value) {
      values_.push_back(latent_frame[Index(1, 0, slot, value)]);
    }
  }
}

bool SlotClip::Knows(double time_s) const {
  if (complete()) return true;
  if (have_count_ == 0) return false;
  // The cubic of an instant between points i and i + 1 looks as far as i + 2, and what the last
  // frame that came has last is point last.
  const int64_t last = int64_t{kPointsPerFrame} * (have_count_ - 1);
  return static_cast<int64_t>(std::floor(time_s * kPointsPerSecond)) + 2 <= last;
}

// Before the first point and behind the last the curve goes on straight.
float SlotClip::Point(int slot, int curve, int64_t point) const {
  const int64_t last = int64_t{kPointsPerFrame} * (have_count_ - 1);
  if (last > 0 && point < 0) {
    const auto beyond = static_cast<float>(-point);
    return Point(slot, curve, 0) * (1 + beyond) - Point(slot, curve, 1) * beyond;
  }
  if (last > 0 && point > last) {
    const auto beyond = static_cast<float>(point - last);
    return Point(slot, curve, last) * (1 + beyond) - Point(slot, curve, last - 1) * beyond;
  }
  point = std::clamp<int64_t>(point, 0, last);
  const int64_t frame = (point + kPointsPerFrame - 1) / kPointsPerFrame;
  const int64_t j = (point + kPointsPerFrame - 1) % kPointsPerFrame;
  return Slot(static_cast<uint32_t>(frame), slot)[kCodeCount + curve * kPointsPerFrame + j];
}

// The pace of each stretch between two control points is that of its beginning.
double SlotClip::PacedSeconds(int slot, double time_s) const {
  const CurveKind& kind = kActorCurves[kPace];
  double sum_s = 0;
  for (int64_t point = 0;; ++point) {
    const float knot = (Point(slot, kPace, point - 1) + 4 * Point(slot, kPace, point) +
                        Point(slot, kPace, point + 1)) /
                       6;
    const double pace = NearestPace(kind.offset + kind.scale * knot);
    const double left_s = time_s - static_cast<double>(point) / kPointsPerSecond;
    if (left_s <= 1 / kPointsPerSecond) return sum_s + pace * left_s;
    sum_s += pace / kPointsPerSecond;
  }
}

SlotState SlotClip::StateOf(int slot, double time_s) const {
  SlotState state;
  state.time_s = time_s;
  if (slot > 0) state.paced_s = PacedSeconds(slot, time_s);
  const double at = std::clamp(time_s / kSecondsPerFrame, 0.0, double{1} * (have_count_ - 1));
  const uint32_t frame = std::min(static_cast<uint32_t>(at), std::max(have_count_, 2u) - 2);
  const auto share = static_cast<float>(at - frame);
  const float* from = Slot(frame, slot);
  const float* to = Slot(std::min(frame + 1, have_count_ - 1), slot);
  for (size_t i = 0; i < kCodeCount; ++i) state.codes[i] = from[i] + (to[i] - from[i]) * share;

  const double u = time_s * kPointsPerSecond, whole = std::floor(u);
  const auto f = static_cast<float>(u - whole), g = 1 - f;
  const float weights[kTaps] = {g * g * g / 6, (4 - 6 * f * f + 3 * f * f * f) / 6,
                                (4 - 6 * g * g + 3 * g * g * g) / 6, f * f * f / 6};
  const float slopes[kTaps] = {-g * g / 2, -2 * f + 1.5f * f * f, 2 * g - 1.5f * g * g, f * f / 2};
  for (int curve = 0; curve < kCurveCount; ++curve) {
    float value = 0, slope = 0;
    for (int tap = 0; tap < kTaps; ++tap) {
      const float point = Point(slot, curve, static_cast<int64_t>(whole) + tap - 1);
      value += weights[tap] * point;
      slope += slopes[tap] * point;
    }
    const auto at_curve = static_cast<size_t>(curve);
    const CurveKind& kind = (slot == 0 ? kSceneCurves : kActorCurves)[at_curve];
    state.curves[at_curve] = kind.offset + kind.scale * value;
    state.rates[at_curve] = kind.scale * slope * static_cast<float>(kPointsPerSecond);
  }
  return state;
}

SlotStates SlotClip::StateAt(double time_s) const {
  CHECK(Knows(time_s));
  SlotStates states;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    states[static_cast<size_t>(slot)] = StateOf(slot, time_s);
  }
  return states;
}

}  // namespace aozora::mini
