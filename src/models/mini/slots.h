// SPDX-License-Identifier: Apache-2.0
// The latent of the small model: what is where, in slots. Slot 0 is the scene, the others are
// actors. Latent frame 0 stands for the first instant, frame k >= 1 for the two seconds up to 2 k.
// trainer/latent.h writes what is read here, and gives each number its meaning.
//
// A slot is a token of the denoiser: 2 x 2 cells of all channels. Its values are codes (one-hot,
// kHot where they apply), which change linearly from one latent frame to the next, and curves:
// control points of uniform cubic B-splines, one every half second.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/geometry.h"

namespace aozora::mini {

inline constexpr int kSlotCount = 4;
inline constexpr int kActorsMax = kSlotCount - 1;
inline constexpr int kSlotCells = 2;  // both ways
inline constexpr int kSlotValues = 72;
inline constexpr int kCurveCount = 8;
inline constexpr int kPointsPerFrame = 4;  // of a curve
inline constexpr int kCodeCount = kSlotValues - kCurveCount * kPointsPerFrame;
inline constexpr double kSecondsPerFrame = 2;
inline constexpr float kHot = 2;

// Codes of the scene.
inline constexpr int kSettingAt = 0, kSettingCount = 15;
inline constexpr int kTimeAt = 15, kTimeCount = 6;
inline constexpr int kWeatherAt = 21, kWeatherCount = 7;
inline constexpr int kLookAt = 28, kLookCount = 6;
inline constexpr int kSunSideAt = 34;  // -1 left, +1 right
// Codes of an actor.
inline constexpr int kSubjectAt = 0, kSubjectCount = 26;
inline constexpr int kColourAt = 26, kColourCount = 12;
inline constexpr int kPresentAt = 38;  // +1, -1; all else is 0 where nobody is
inline constexpr int kStandsAt = 39;   // +1 on ground or water, -1 floats

// Curves of the scene and of an actor. Lengths are in picture units: 1 is the height of a picture
// of 16:9, x goes to the right and y up from the middle.
enum SceneCurve { kPan, kHorizon, kLogZoom };
// kPace: how fast wings, wheels and sails go, one of kPaces.
enum ActorCurve { kX, kY, kLogScale, kCosine, kSine, kFlip, kFoot, kPace };
inline constexpr float kPaces[] = {0, 0.3f, 1, 3};

// What one slot says at an instant.
struct SlotState {
  std::array<float, kCodeCount> codes = {};
  std::array<float, kCurveCount> curves = {};
  std::array<float, kCurveCount> rates = {};  // of the curves, per second
  double time_s = 0;                          // the instant
  double paced_s = 0;  // seconds at the pace, from the start of the clip on: no change of it jumps
};
using SlotStates = std::array<SlotState, kSlotCount>;

// Where the wings, wheels or sails of the actor in `slot` are at `time_s`, seconds at their pace.
// Of several of a kind, each is kCopyLead ahead of the one before.
inline constexpr float kCopyLead = 0.9f;
float PhaseOf(const SlotStates& states, int slot, double time_s);

// The latent frames of a clip, as they come in.
class SlotClip {
 public:
  // The grid that a latent must have for this.
  static constexpr uint32_t kChannels = kSlotValues / (kSlotCells * kSlotCells);
  static constexpr FixedGrid kGrid = {kSlotCells, kSlotCells* kSlotCount};

  // Where a value of a slot lies in a latent of so many frames, [kChannels, F, height, width], and
  // how many values that has.
  static constexpr size_t Index(uint32_t frame_count, uint32_t frame, int slot, int value) {
    constexpr auto kCells = static_cast<size_t>(kSlotCells);
    const auto at = static_cast<size_t>(value);
    const size_t channel = at / (kCells * kCells), row = at / kCells % kCells;
    const size_t column = static_cast<size_t>(slot) * kCells + at % kCells;
    return ((channel * frame_count + frame) * kGrid.height + row) * kGrid.width + column;
  }
  static constexpr size_t ValueCount(uint32_t frame_count) {
    return size_t{kChannels} * frame_count * kGrid.height * kGrid.width;
  }

  // A clip of that many latent frames.
  explicit SlotClip(uint32_t frame_count) : frame_count_(frame_count) {}
  // One latent frame [kChannels, kGrid.height, kGrid.width].
  void Add(std::span<const float> latent_frame);

  bool complete() const { return have_count_ == frame_count_; }
  // Whether StateAt(time_s) needs no frame that is still to come. What it says of such an instant
  // does not change with the frames after it.
  bool Knows(double time_s) const;
  // Beyond the last frame codes stay and curves go on as they went.
  SlotStates StateAt(double time_s) const;

 private:
  const float* Slot(uint32_t frame, int slot) const {
    return values_.data() + (size_t{frame} * kSlotCount + static_cast<size_t>(slot)) * kSlotValues;
  }
  float Point(int slot, int curve, int64_t point) const;
  double PacedSeconds(int slot, double time_s) const;
  SlotState StateOf(int slot, double time_s) const;

  const uint32_t frame_count_;
  uint32_t have_count_ = 0;
  std::vector<float> values_;  // [frame, slot, value]
};

}  // namespace aozora::mini
