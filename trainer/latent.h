// SPDX-License-Identifier: Apache-2.0
// The latent of the embedded model: what the world's renderer knows of a clip, in slots.
//
// A latent frame has kSlotCount slots of kSlotValues numbers: slot 0 is the scene, the others are
// actors. Latent frame 0 stands for the first instant, frame k >= 1 for the two seconds up to 2 k.
// A slot holds codes (one-hot, kHot where they apply) and curves: values that change with time, as
// control points of a uniform cubic B-spline, one every half second, so that whatever a denoiser
// leaves of noise in them becomes a slow drift and never a jitter.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "world/scene.h"

namespace aozora::trainer {

inline constexpr int kSlotCount = 4;
inline constexpr int kSlotValues = 72;
inline constexpr int kActorsMax = kSlotCount - 1;
inline constexpr int kCurveCount = 8;
inline constexpr int kPointsPerFrame = 4;
inline constexpr int kCurvesAt = kSlotValues - kCurveCount * kPointsPerFrame;  // 40
inline constexpr double kSecondsPerFrame = 2;
inline constexpr float kHot = 2;

// The scene slot.
inline constexpr int kSettingAt = 0, kSettingCount = 15;
inline constexpr int kTimeAt = 15, kTimeCount = 6;
inline constexpr int kWeatherAt = 21, kWeatherCount = 7;
inline constexpr int kLookAt = 28, kLookCount = 6;
inline constexpr int kSunSideAt = 34;  // -1 left, +1 right
// An actor's slot.
inline constexpr int kSubjectAt = 0, kSubjectCount = 26;
inline constexpr int kColourAt = 26, kColourCount = 12;
inline constexpr int kPresentAt = 38;  // +1, -1; all else is 0 where nobody is
inline constexpr int kStandsAt = 39;   // +1 on ground or water, -1 floats

// A curve's value is offset + scale * stored. Lengths are picture units (world/frame.h).
struct CurveKind {
  float offset, scale;
};
enum SceneCurve { kPan, kHorizon, kLogZoom };
inline constexpr CurveKind kSceneCurves[] = {{0, 0.4f}, {-0.1f, 0.2f}, {0, 0.2f}};
// kPace: how fast wings, wheels and sails go, see PhasesAt.
enum ActorCurve { kX, kY, kLogScale, kCosine, kSine, kFlip, kFoot, kPace };
inline constexpr CurveKind kActorCurves[] = {{0, 0.5f}, {0, 0.3f}, {-1.2039728f, 0.4f}, {0, 1},
                                             {0, 1},    {0, 1},    {0, 0.3f},           {1, 1}};
inline constexpr float kPaces[] = {0, 0.3f, 1, 3};  // all that there are

// [frame_count][kSlotCount][kSlotValues]
struct SlotLatent {
  int frame_count = 0;
  std::vector<float> values;
  float* slot(int frame, int which) {
    return values.data() + (static_cast<size_t>(frame) * kSlotCount + which) * kSlotValues;
  }
  const float* slot(int frame, int which) const {
    return const_cast<SlotLatent*>(this)->slot(frame, which);
  }
};

// Every scene is drawn in the same places of its setting, so that a decoder can know them by heart:
// what the seed of a scene would choose (ridges, clouds, stars) is the same for all.
inline constexpr uint64_t kGeographySeed = 1;
world::Scene OnKnownGround(world::Scene scene);

// Number of latent frames of a clip: 1 + one for every two seconds begun.
int FrameCountOf(double seconds);

SlotLatent EncodeScene(const world::Scene& scene);

// The latent of a clip that starts in the middle of a scene, or behind its end, where whatever
// moves in one direction comes to rest little by little and stays in the picture.
SlotLatent EncodeWindow(const world::Scene& scene, double start_s, int frame_count);

// What a slot says at an instant, undone: codes between latent frames, curves by their splines, and
// their change per second.
struct SlotState {
  std::array<float, kCurvesAt> codes = {};
  std::array<float, kCurveCount> curves = {};
  std::array<float, kCurveCount> rates = {};
};
SlotState StateAt(const SlotLatent& latent, int slot, double time_s);

// Where the wings, wheels or sails of each actor are, seconds (world/frame.h). Those of one kind
// are copies of the first of them.
std::array<float, kActorsMax> PhasesAt(const std::array<SlotState, kActorsMax>& actors,
                                       double time_s);

}  // namespace aozora::trainer
