// SPDX-License-Identifier: Apache-2.0
#include "trainer/latent.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "world/frame_parts.h"

namespace aozora::trainer {
namespace {

using world::CameraAt;
using world::CameraState;
using world::FrameSetup;
using world::Scene;

// Any size of 16:9: nothing that is asked of the frame depends on it.
constexpr uint32_t kWidthPx = 256, kHeightPx = 144;
constexpr double kPointsPerSecond = kPointsPerFrame / kSecondsPerFrame;
// Behind its end a scene goes on for this share of its length before it rests.
constexpr double kRunOutShare = 0.4;

bool MovesOn(const Scene& scene) {
  using world::Motion;
  const Motion m = scene.first.motion;
  return scene.camera != world::Camera::kStill ||
         (m != Motion::kRest && m != Motion::kSpin && m != Motion::kBounce && m != Motion::kCircle);
}

// The instant of the scene that is shown at `time_s` from its start.
double InstantOf(const Scene& scene, double time_s) {
  const double beyond = time_s - scene.duration_s;
  if (beyond <= 0 || !MovesOn(scene)) return time_s;
  const double run_out = kRunOutShare * scene.duration_s;
  return scene.duration_s + run_out * (1 - std::exp(-beyond / run_out));
}

// Control points from samples at the same instants, right for cubics (de Boor & Fix's
// quasi-interpolant): s - (second difference) / 6.
std::vector<float> ControlPoints(const std::vector<float>& samples) {
  // samples[0] is one step before the first point, samples.back() one after the last.
  std::vector<float> points(samples.size() - 2);
  for (size_t i = 0; i < points.size(); ++i) {
    points[i] = samples[i + 1] - (samples[i] - 2 * samples[i + 1] + samples[i + 2]) / 6;
  }
  return points;
}

struct Samples {
  // [instant][curve]
  std::vector<std::array<float, kCurveCount>> scene;
  std::vector<std::array<float, kCurveCount>> actors[kActorsMax];
  int actor_count = 0;
  struct Who {
    int subject, colour;
    bool stands;
  } who[kActorsMax] = {};
};

void SampleActor(const world::ActorFrame& actor, const world::Sprite& sprite, const Scene& scene,
                 const world::Actor& role, Samples& out) {
  const int which = out.actor_count++;
  out.who[which] = {static_cast<int>(role.subject), static_cast<int>(role.colour),
                    AnchorOf(role.subject, scene.setting) == world::Anchor::kFoot};
  std::array<float, kCurveCount> now = {};
  now[kX] = sprite.x, now[kY] = sprite.y, now[kLogScale] = -std::log(sprite.inverse);
  now[kCosine] = sprite.cosine, now[kSine] = sprite.sine, now[kFlip] = sprite.flip;
  now[kFoot] = actor.count > 0 ? sprite.ground_y : 0;
  now[kPace] = actor.pace;
  out.actors[which].push_back(now);
}

Samples SampleCurves(const Scene& scene, double start_s, int point_count) {
  Samples out;
  for (int i = -1; i <= point_count; ++i) {
    const double time_s = InstantOf(scene, start_s + i / kPointsPerSecond);
    const FrameSetup f = SetUpFrame(scene, time_s, kWidthPx, kHeightPx);
    const CameraState camera = CameraAt(scene, time_s);
    std::array<float, kCurveCount> now = {};
    now[kPan] = camera.pan, now[kHorizon] = f.horizon, now[kLogZoom] = std::log(camera.zoom);
    out.scene.push_back(now);
    out.actor_count = 0;
    // Copies of the first subject, then the second subject, as many as there are slots.
    for (int copy = 0; copy < f.actors[0].count && out.actor_count < kActorsMax; ++copy) {
      SampleActor(f.actors[0], f.actors[0].sprites[copy], scene, scene.first, out);
    }
    if (scene.second && out.actor_count < kActorsMax) {
      SampleActor(f.actors[1], f.actors[1].sprites[0], scene, *scene.second, out);
    }
  }
  return out;
}

template <size_t N>
void StoreCurves(const std::vector<std::array<float, kCurveCount>>& samples,
                 const CurveKind (&kinds)[N], int slot, SlotLatent& latent) {
  for (size_t q = 0; q < N; ++q) {
    std::vector<float> series;
    for (const auto& now : samples) series.push_back((now[q] - kinds[q].offset) / kinds[q].scale);
    const std::vector<float> points = ControlPoints(series);
    for (int frame = 0; frame < latent.frame_count; ++frame) {
      for (int j = 0; j < kPointsPerFrame; ++j) {
        const int point = frame == 0 ? 0 : kPointsPerFrame * (frame - 1) + j + 1;
        latent.slot(frame, slot)[kCurvesAt + static_cast<int>(q) * kPointsPerFrame + j] =
            points[static_cast<size_t>(point)];
      }
    }
  }
}

float PointOf(const SlotLatent& latent, int slot, int curve, int point) {
  const int last = kPointsPerFrame * (latent.frame_count - 1);
  if (last > 0 && point < 0) {
    return PointOf(latent, slot, curve, 0) * static_cast<float>(1 - point) +
           PointOf(latent, slot, curve, 1) * static_cast<float>(point);
  }
  if (last > 0 && point > last) {
    const float beyond = static_cast<float>(point - last);
    return PointOf(latent, slot, curve, last) * (1 + beyond) -
           PointOf(latent, slot, curve, last - 1) * beyond;
  }
  point = std::clamp(point, 0, last);
  const int frame = point == 0 ? 0 : (point - 1) / kPointsPerFrame + 1;
  const int j = point == 0 ? kPointsPerFrame - 1 : (point - 1) % kPointsPerFrame;
  return latent.slot(frame, slot)[kCurvesAt + curve * kPointsPerFrame + j];
}

}  // namespace

Scene OnKnownGround(Scene scene) {
  scene.seed = kGeographySeed;
  return scene;
}

int FrameCountOf(double seconds) {
  CHECK(seconds > 0 && seconds < 1e6);
  return 1 + static_cast<int>(std::ceil(seconds / kSecondsPerFrame - 1e-9));
}

SlotLatent EncodeScene(const Scene& scene) {
  return EncodeWindow(scene, 0, FrameCountOf(scene.duration_s));
}

SlotLatent EncodeWindow(const Scene& scene, double start_s, int frame_count) {
  SlotLatent latent;
  latent.frame_count = frame_count;
  latent.values.assign(static_cast<size_t>(latent.frame_count) * kSlotCount * kSlotValues, 0.0f);
  const Samples samples =
      SampleCurves(scene, start_s, kPointsPerFrame * (latent.frame_count - 1) + 1);
  StoreCurves(samples.scene, kSceneCurves, 0, latent);
  for (int a = 0; a < samples.actor_count; ++a) {
    StoreCurves(samples.actors[a], kActorCurves, a + 1, latent);
  }
  for (int frame = 0; frame < latent.frame_count; ++frame) {
    float* s = latent.slot(frame, 0);
    s[kSettingAt + static_cast<int>(scene.setting)] = kHot;
    s[kTimeAt + static_cast<int>(scene.time)] = kHot;
    s[kWeatherAt + static_cast<int>(scene.weather)] = kHot;
    s[kLookAt + static_cast<int>(scene.look)] = kHot;
    s[kSunSideAt] = scene.sun_on_left ? -1.0f : 1.0f;
    for (int a = 0; a < kActorsMax; ++a) {
      float* slot = latent.slot(frame, a + 1);
      slot[kPresentAt] = a < samples.actor_count ? 1.0f : -1.0f;
      if (a >= samples.actor_count) continue;
      slot[kSubjectAt + samples.who[a].subject] = kHot;
      slot[kColourAt + samples.who[a].colour] = kHot;
      slot[kStandsAt] = samples.who[a].stands ? 1.0f : -1.0f;
    }
  }
  return latent;
}

SlotState StateAt(const SlotLatent& latent, int slot, double time_s) {
  SlotState state;
  const double at = std::clamp(time_s / kSecondsPerFrame, 0.0, double(latent.frame_count - 1));
  const int frame = std::min(static_cast<int>(at), std::max(latent.frame_count - 2, 0));
  const float share = static_cast<float>(at - frame);
  const float* from = latent.slot(frame, slot);
  const float* to = latent.slot(std::min(frame + 1, latent.frame_count - 1), slot);
  for (int i = 0; i < kCurvesAt; ++i) {
    state.codes[static_cast<size_t>(i)] = from[i] + (to[i] - from[i]) * share;
  }
  const double u = time_s * kPointsPerSecond, whole = std::floor(u);
  const float f = static_cast<float>(u - whole), g = 1 - f;
  const float weights[] = {g * g * g / 6, (4 - 6 * f * f + 3 * f * f * f) / 6,
                           (4 - 6 * g * g + 3 * g * g * g) / 6, f * f * f / 6};
  const float slopes[] = {-g * g / 2, -2 * f + 1.5f * f * f, 2 * g - 1.5f * g * g, f * f / 2};
  for (int q = 0; q < kCurveCount; ++q) {
    float value = 0, slope = 0;
    for (int m = 0; m < 4; ++m) {
      const float point = PointOf(latent, slot, q, static_cast<int>(whole) + m - 1);
      value += weights[m] * point, slope += slopes[m] * point;
    }
    const CurveKind none = {0, 1};
    const CurveKind kind = slot == 0 ? (q < 3 ? kSceneCurves[q] : none) : kActorCurves[q];
    state.curves[static_cast<size_t>(q)] = kind.offset + kind.scale * value;
    state.rates[static_cast<size_t>(q)] = kind.scale * slope * static_cast<float>(kPointsPerSecond);
  }
  return state;
}

std::array<float, kActorsMax> PhasesAt(const std::array<SlotState, kActorsMax>& actors,
                                       double time_s) {
  std::array<float, kActorsMax> phases = {};
  std::array<int, kSubjectCount> seen = {};
  for (size_t a = 0; a < actors.size(); ++a) {
    if (!(actors[a].codes[kPresentAt] > 0)) continue;
    const auto subjects = actors[a].codes.begin() + kSubjectAt;
    const auto subject = std::max_element(subjects, subjects + kSubjectCount) - subjects;
    const float said = actors[a].curves[kPace];
    const float pace = *std::min_element(
        std::begin(kPaces), std::end(kPaces),
        [said](float p, float q) { return std::fabs(p - said) < std::fabs(q - said); });
    const int copy = seen[static_cast<size_t>(subject)]++;
    phases[a] = static_cast<float>(pace * time_s) + world::kCopyLead * static_cast<float>(copy);
  }
  return phases;
}

}  // namespace aozora::trainer
