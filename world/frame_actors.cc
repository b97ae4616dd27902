// SPDX-License-Identifier: Apache-2.0
// Where the subjects are, how large, which way they face, and in which light.
#include <algorithm>
#include <cmath>

#include "world/frame_parts.h"
#include "world/palette.h"

namespace aozora::world {
namespace {

constexpr double kTurn = 6.283185307179586;
constexpr float kPictureArea = 16.0f / 9.0f;  // in square units
constexpr float kSecondCoverage = 0.050f;     // of the picture
constexpr float kSizeMax = 0.80f;             // height of a subject, picture units
constexpr float kWidthMax = 1.05f;

float Wave(double turns) { return static_cast<float>(std::sin(kTurn * turns)); }

// Where a motion has brought a subject: off its place, growth, turn.
struct Way {
  float x = 0, y = 0, growth = 1, turns = 0;
  float flip = 1;
};

Way WayOf(Motion motion, float speed, float reach, double time_s, double duration_s) {
  const float s = static_cast<float>(2 * time_s / duration_s - 1) * speed;  // -1 .. 1
  const double cycles = speed * time_s / duration_s;
  Way way;
  switch (motion) {
    case Motion::kRest:
      break;
    case Motion::kLeft:
      way.x = -reach * s, way.flip = -1;
      break;
    case Motion::kRight:
      way.x = reach * s;
      break;
    case Motion::kRise:
      way.y = 0.62f * reach * s;
      break;
    case Motion::kFall:
      way.y = -0.62f * reach * s;
      break;
    case Motion::kApproach:
      way.growth = static_cast<float>(std::exp(0.32 * s));
      break;
    case Motion::kRecede:
      way.growth = static_cast<float>(std::exp(-0.32 * s));
      break;
    case Motion::kSpin:
      way.turns = static_cast<float>(-2.0 * cycles);
      break;
    case Motion::kBounce:
      way.y = 0.5f * reach * std::fabs(Wave(3.0 * cycles));
      break;
    case Motion::kCircle:
      way.x = 0.42f * reach * Wave(2.0 * cycles);
      way.y = 0.36f * reach * Wave(2.0 * cycles + 0.25);
      way.flip = Wave(2.0 * cycles + 0.25) >= 0 ? 1.0f : -1.0f;
      break;
  }
  return way;
}

// Offsets of the copies from the middle of the group, in widths and heights of one.
struct Offset {
  float x, y;
};
constexpr Offset kOffsets[4][kManyCount] = {
    {{0, 0}},
    {{-.56f, -.10f}, {.56f, .10f}},
    {{-.62f, -.34f}, {.02f, .42f}, {.66f, -.28f}},
    {{-1.08f, .16f}, {-.42f, .60f}, {.36f, .34f}, {1.10f, .52f}, {-.46f, -.52f}, {.62f, -.58f}},
};
constexpr int kCopies[] = {1, 2, 3, kManyCount};

void SetPaint(const Scene& scene, const Actor& actor, ActorFrame& a) {
  const Hour& hour = HourOf(scene.time);
  const float bright = VeilOf(scene.weather).bright;
  Colour3 tint = Mix(hour.tint * (0.5f + 0.5f * bright), {1, 1, 1}, 0.50f);
  const bool shines = actor.subject == Subject::kSun || actor.subject == Subject::kMoon ||
                      actor.subject == Subject::kFireworks || actor.subject == Subject::kLantern;
  if (scene.setting == Setting::kSpace) tint = {.95f, .95f, 1.0f};
  if (scene.setting == Setting::kUnderwater)
    tint = Mix(Mix(tint, {1, 1, 1}, 0.3f), Colour3{.82f, .95f, .98f}, 0.5f);
  if (scene.look == Look::kNeon) tint = Mix(tint, {1, 1, 1}, 0.5f);
  if (shines) tint = {1, 1, 1};
  const Paint paint = PaintOf(actor.colour);
  a.subject = actor.subject;
  a.main = paint.main * tint, a.dark = paint.dark * tint;
  a.light = paint.light * tint, a.accent = paint.accent * tint;
  a.tint = tint;
  a.shade = scene.look == Look::kFlat ? 0.0f : 1.0f;
  const bool dark = scene.time == TimeOfDay::kNight || scene.time == TimeOfDay::kDusk;
  a.lamp = dark && scene.setting != Setting::kSpace ? 1.0f : 0.0f;
  if (shines) a.glow = actor.subject == Subject::kSun ? 0.5f : 0.38f;
  if (scene.look == Look::kNeon) a.glow = std::max(a.glow, 0.20f);
  const float length = std::sqrt(0.36f + 1);
  a.light_x = (scene.sun_on_left ? -0.8f : 0.8f), a.light_y = 0.6f;
  if (scene.time == TimeOfDay::kNoon) {
    a.light_x = (scene.sun_on_left ? -0.6f : 0.6f) / length * 0.86f, a.light_y = 1 / length;
  }
}

// How wide apart subjects move: two share the picture, and the camera's own way counts too.
float ReachOf(const Scene& scene) {
  float reach = scene.second ? 0.16f : 0.34f;
  if (scene.camera == Camera::kPanLeft || scene.camera == Camera::kPanRight) reach *= 0.75f;
  if (scene.count != Count::kOne) reach *= 0.8f;
  return reach;
}

struct Place {
  float x = 0, y = 0;  // of the foot or the centre; y from the horizon, or from the middle
  float scale = 1;     // picture units of one local unit
};

float ScaleFor(Subject subject, float coverage, int copies) {
  const SubjectShape shape = ShapeOf(subject);
  const float spread = copies == 1 ? 1.0f : copies == 2 ? 1.05f : 1.1f;
  float scale =
      std::sqrt(coverage * kPictureArea / (shape.area * static_cast<float>(copies))) * spread;
  scale = std::min(scale, kSizeMax / (shape.top - shape.bottom));
  return std::min(scale, kWidthMax / (2 * shape.half_width));
}

Place PlaceFirst(const Scene& scene, Anchor anchor, int copies) {
  Place place;
  place.scale = ScaleFor(scene.first.subject, scene.coverage, copies);
  place.x = scene.place_x;
  if (scene.relation == Relation::kLeftOf) place.x = -0.34f + 0.3f * scene.place_x;
  if (scene.relation == Relation::kRightOf) place.x = 0.34f + 0.3f * scene.place_x;
  switch (anchor) {
    case Anchor::kFoot:
      place.y = -0.245f + 0.02f * scene.place_y;
      break;
    case Anchor::kFree:
      place.y =
          HasHorizon(scene.setting) ? 0.21f + 0.06f * scene.place_y : 0.03f + 0.06f * scene.place_y;
      if (scene.setting == Setting::kNightSky) place.y += 0.26f;
      if (scene.relation == Relation::kAbove) place.y += 0.06f;
      break;
    case Anchor::kSky:
      place.y = 0.22f + 0.05f * scene.place_y;
      break;
  }
  if (scene.setting == Setting::kNightSky && anchor == Anchor::kSky) place.y += 0.26f;
  return place;
}

Place PlaceSecond(const Scene& scene, const Place& first, Anchor anchor) {
  Place place;
  place.scale = ScaleFor(scene.second->subject, kSecondCoverage, 1);
  const float middle = HasHorizon(scene.setting) ? 0.17f : 0.0f;
  place.y = anchor == Anchor::kFoot ? -0.26f : middle;
  switch (scene.relation) {
    case Relation::kAbove:
      place.x = first.x + 0.1f * (scene.place_x > 0 ? -1.0f : 1.0f);
      place.y = anchor == Anchor::kFoot ? -0.33f : middle - 0.42f;
      break;
    case Relation::kLeftOf:
      place.x = first.x + 0.78f;
      break;
    case Relation::kRightOf:
      place.x = first.x - 0.78f;
      break;
    case Relation::kBehind:
      place.x = first.x + 0.22f * (scene.place_x > 0 ? -1.0f : 1.0f);
      place.y = anchor == Anchor::kFoot ? -0.36f : first.y - 0.22f;
      break;
    case Relation::kNone:
      break;
  }
  return place;
}

// What floats stays inside of the picture in mid-clip, as far as it is not too large for it.
void KeepInside(const Scene& scene, Anchor anchor, int copies, Place& place) {
  if (anchor == Anchor::kFoot) return;
  const SubjectShape shape = ShapeOf(scene.first.subject);
  const float rows = copies == 1 ? 0.5f : copies == 2 ? 0.56f : copies == 3 ? 0.85f : 1.0f;
  const float base = HorizonOf(scene.setting), height = (shape.top - shape.bottom) * place.scale;
  const float middle = 0.5f * (shape.top + shape.bottom) * place.scale;
  const float high = 0.47f - rows * height - middle - base;
  if (HasHorizon(scene.setting)) place.y = std::min(place.y, high);
}

float DepthOf(Anchor anchor) { return anchor == Anchor::kSky ? 0.16f : kSubjectDepth; }

// Turns and beats that show that something is alive: boats rock, balloons bob.
void Enliven(const Scene& scene, const Actor& actor, Anchor anchor, double time_s, int copy,
             Way& way) {
  const double t = time_s + 1.7 * copy;
  const bool rough = scene.setting == Setting::kStormySea;
  if (anchor == Anchor::kFoot && IsWater(scene.setting) && actor.subject != Subject::kLighthouse) {
    way.turns += (rough ? 0.030f : 0.008f) * Wave(t * (rough ? 0.36 : 0.22));
    way.y += (rough ? 0.026f : 0.006f) * Wave(t * (rough ? 0.33 : 0.27) + 0.2);
  }
  if (anchor == Anchor::kFree) way.y += 0.010f * Wave(t * 0.24);
  if (actor.subject == Subject::kKite || actor.subject == Subject::kPaperPlane) {
    way.turns += 0.020f * Wave(t * 0.21);
  }
  if (actor.subject == Subject::kSaucer) way.turns += 0.012f * Wave(t * 0.3);
  if (actor.subject == Subject::kAirplane) {
    if (actor.motion == Motion::kRise) way.turns += 0.035f;
    if (actor.motion == Motion::kFall) way.turns -= 0.035f;
  }
}

// What a spin is for those who do not turn as a whole.
float PaceOf(const Actor& actor) {
  if (actor.subject == Subject::kWindmill && actor.motion == Motion::kSpin) return 3;
  if (actor.subject == Subject::kCube && actor.motion != Motion::kSpin) return 0.3f;
  const bool wheels = actor.subject == Subject::kCar || actor.subject == Subject::kTrain;
  return wheels && actor.motion == Motion::kRest ? 0 : 1;
}

bool TurnsWhole(const Actor& actor) { return actor.subject != Subject::kWindmill; }

void SetSprites(const Scene& scene, const Actor& actor, const Place& place, Anchor anchor,
                int copies, double time_s, const CameraState& camera, const FrameSetup& f,
                ActorFrame& a) {
  const SubjectShape shape = ShapeOf(actor.subject);
  const float depth = DepthOf(anchor), zoom = camera.ZoomAt(depth);
  const float base = HasHorizon(scene.setting) ? f.horizon : -camera.tilt * 0.6f;
  a.present = true;
  a.pace = PaceOf(actor);
  a.count = copies;
  for (int i = 0; i < copies; ++i) {
    Way way = WayOf(actor.motion, scene.speed, ReachOf(scene), time_s, scene.duration_s);
    if (!TurnsWhole(actor)) way.turns = 0;
    Enliven(scene, actor, anchor, time_s, i, way);
    const int which = copies == kManyCount ? 3 : copies - 1;
    const Offset offset = kOffsets[which][i];
    const bool foot = anchor == Anchor::kFoot;
    const float width = 2 * shape.half_width * place.scale,
                height = (shape.top - shape.bottom) * place.scale;
    Sprite& s = a.sprites[i];
    const float scale = place.scale * way.growth * zoom;
    // On the ground copies stand side by side, those at the back a little higher.
    const float spread = foot ? offset.x * 1.02f : offset.x * 1.1f;
    const float rise = foot ? offset.y * 0.16f : offset.y * std::min(1.0f, 0.5f / height);
    const float x = place.x + way.x + spread * width;
    const float y = (foot ? place.y * way.growth : place.y) + rise * height + way.y;
    s.x = (x - (camera.pan - scene.wander) * depth) * zoom;
    s.y = base + y * zoom - (foot ? shape.bottom * scale : 0);
    s.inverse = 1 / scale;
    s.cosine = Wave(way.turns + 0.25), s.sine = Wave(way.turns);
    s.flip = way.flip;
    s.phase = static_cast<float>(a.pace * time_s) + kCopyLead * static_cast<float>(i);
    s.edge = f.step / scale;
    const float middle = 0.5f * (shape.top + shape.bottom),
                half = 0.5f * (shape.top - shape.bottom);
    const float c = std::fabs(s.cosine), n = std::fabs(s.sine);
    s.reach_x = (c * shape.half_width + n * (half + std::fabs(middle))) * scale + 2 * f.step;
    s.reach_y = (c * (half + std::fabs(middle)) + n * shape.half_width) * scale + 2 * f.step;
    // A leap lifts the foot, not the ground below it.
    const float leap = actor.motion == Motion::kBounce && foot ? way.y * zoom : 0;
    s.ground_y = s.y + shape.bottom * scale - leap;
    a.foot_y = s.ground_y;
  }
}

void SetGroundLight(const Scene& scene, Anchor anchor, ActorFrame& a) {
  if (anchor == Anchor::kSky || !HasHorizon(scene.setting)) return;
  if (IsWater(scene.setting)) {
    a.mirrored = true;
    if (anchor == Anchor::kFree) a.foot_y = a.foot_y - 0.3f;
    if (scene.setting == Setting::kStormySea) a.mirrored = a.subject == Subject::kWhale;
    return;
  }
  if (anchor != Anchor::kFoot || scene.setting == Setting::kNightSky) return;
  const float through = 1 - 0.6f * VeilOf(scene.weather).grey;
  a.shadow = (scene.time == TimeOfDay::kNight ? 0.35f : 0.5f) * through;
  const bool low = scene.time != TimeOfDay::kNoon;
  a.shadow_skew = (scene.sun_on_left ? 1.0f : -1.0f) * (low ? 0.8f : 0.25f);
  a.shadow_stretch = 1.0f;
}

}  // namespace

SubjectShape ShapeOf(Subject subject) {
  // Measured from the shapes themselves (render_test.cc holds them to it).
  static constexpr SubjectShape kShapes[] = {
      {0.98f, -0.86f, 0.96f, 1.49f}, {0.78f, -1.00f, 0.98f, 1.74f}, {1.03f, -0.86f, 0.98f, 0.95f},
      {1.22f, -0.62f, 0.80f, 1.43f}, {1.00f, -0.64f, 0.66f, 1.41f}, {1.00f, -0.54f, 0.50f, 1.33f},
      {1.30f, -0.50f, 0.93f, 2.08f}, {0.53f, -1.17f, 0.88f, 0.93f}, {0.64f, -1.16f, 0.99f, 1.03f},
      {0.96f, -0.72f, 0.76f, 1.19f}, {0.72f, -1.06f, 1.04f, 1.13f}, {0.84f, -1.00f, 1.20f, 1.24f},
      {1.00f, -0.54f, 0.74f, 1.01f}, {0.70f, -1.14f, 1.02f, 1.89f}, {1.00f, -1.00f, 1.00f, 3.14f},
      {0.90f, -1.00f, 0.78f, 2.55f}, {1.17f, -0.52f, 0.52f, 0.88f}, {1.02f, -0.42f, 0.58f, 1.06f},
      {0.86f, -1.00f, 1.00f, 1.52f}, {1.12f, -1.18f, 1.00f, 0.97f}, {0.82f, -1.00f, 1.02f, 1.70f},
      {1.00f, -0.94f, 0.92f, 2.56f}, {1.00f, -1.00f, 1.00f, 3.14f}, {1.18f, -1.18f, 1.18f, 2.35f},
      {1.12f, -0.76f, 0.54f, 1.40f}, {0.68f, -1.02f, 0.98f, 1.34f}};
  return kShapes[static_cast<int>(subject)];
}

void SetActors(const Scene& scene, double time_s, const CameraState& camera, FrameSetup& f) {
  const Anchor anchor = AnchorOf(scene.first.subject, scene.setting);
  const int copies = kCopies[static_cast<int>(scene.count)];
  Place place = PlaceFirst(scene, anchor, copies);
  KeepInside(scene, anchor, copies, place);
  SetPaint(scene, scene.first, f.actors[0]);
  SetSprites(scene, scene.first, place, anchor, copies, time_s, camera, f, f.actors[0]);
  SetGroundLight(scene, anchor, f.actors[0]);
  if (scene.second) {
    const Anchor second = AnchorOf(scene.second->subject, scene.setting);
    SetPaint(scene, *scene.second, f.actors[1]);
    SetSprites(scene, *scene.second, PlaceSecond(scene, place, second), second, 1, time_s, camera,
               f, f.actors[1]);
    SetGroundLight(scene, second, f.actors[1]);
    f.second_in_front = scene.relation == Relation::kBehind;
  }
  const float fog = scene.weather == Weather::kFog ? 0.14f : 0.03f;
  const float haze = scene.setting == Setting::kUnderwater ? 0.12f
                     : scene.setting == Setting::kSpace    ? 0.0f
                                                           : fog;
  for (ActorFrame& a : f.actors) a.haze = a.glow > 0.3f ? haze * 0.3f : haze;
}

}  // namespace aozora::world
