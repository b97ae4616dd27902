// SPDX-License-Identifier: Apache-2.0
// From a scene and a time to the constants of a frame: camera, sky, far things and ground. The
// actors are placed in frame_actors.cc.
#include "world/frame.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "world/dice.h"
#include "world/frame_parts.h"
#include "world/palette.h"

namespace aozora::world {
namespace {

constexpr float kPanReach = 0.42f;   // of the camera to both sides, world units
constexpr float kTiltReach = 0.12f;  // of the horizon up and down
constexpr float kZoomReach = 0.26f;  // of the logarithm of the zoom
constexpr float kSkyDepth = 0.12f;

// The hour's sky as the weather lets it through.
void SetSkyColours(const Scene& scene, SkyFrame& sky) {
  const Hour& hour = HourOf(scene.time);
  const Veil veil = VeilOf(scene.weather);
  const auto veiled = [&](Colour3 c, float lift) {
    const float grey = (Luma(c) * 0.72f + 0.24f * Luma(hour.tint)) * lift;
    const Colour3 cold = Colour3{0.94f, 0.98f, 1.06f} * grey;
    return Mix(c, cold * Mix(Colour3{1, 1, 1}, hour.tint, 0.45f), veil.grey) * veil.bright;
  };
  sky.zenith = veiled(hour.zenith, 0.9f);
  sky.middle = veiled(hour.middle, 1.0f);
  sky.horizon = veiled(hour.horizon, 1.05f);
  sky.sun_colour = hour.sun;
  sky.stars = hour.stars * (1 - veil.grey) * (veil.cloud > 0.5f ? 0.35f : 1.0f);
  sky.cloud = veil.cloud;
  const Colour3 bright = Mix({1, 1, 1}, hour.horizon, 0.45f);
  sky.cloud_light =
      Mix(bright * Mix(hour.tint, {1, 1, 1}, 0.35f), sky.middle * 1.12f, veil.grey * 0.75f);
  sky.cloud_shade = Mix(sky.cloud_light, sky.zenith, 0.40f + 0.22f * veil.grey);
  if (scene.time == TimeOfDay::kNight) {
    sky.cloud_light = Colour3{.17f, .21f, .36f} * veil.bright;
    sky.cloud_shade = Colour3{.09f, .12f, .24f} * veil.bright;
  }
}

void SetSun(const Scene& scene, SkyFrame& sky) {
  const Hour& hour = HourOf(scene.time);
  const float away = scene.time == TimeOfDay::kNoon ? 0.34f : 0.50f;
  sky.sun_x = (scene.sun_on_left ? -away : away);
  sky.sun_y = hour.sun_height;
  const bool subject_shines = AnchorOf(scene.first.subject, scene.setting) == Anchor::kSky;
  const float through = 1 - VeilOf(scene.weather).grey;
  sky.glow = subject_shines ? 0 : hour.glow * through * through;
  sky.disc = sky.glow > 0.15f && scene.time != TimeOfDay::kDusk;
  sky.crescent = scene.time == TimeOfDay::kNight;
  sky.sun_radius =
      scene.time == TimeOfDay::kSunset || scene.time == TimeOfDay::kDawn ? 0.075f : 0.055f;
}

void SetLightning(const Scene& scene, double time_s, SkyFrame& sky) {
  constexpr double kEveryS = 1.6, kLastsS = 0.75;
  const double turn = std::floor(time_s / kEveryS);
  const double since = time_s - turn * kEveryS;
  Dice dice(SplitSeed(scene.seed, 1000 + static_cast<uint64_t>(static_cast<int64_t>(turn))));
  const double start = dice.Between(0, 0.6f);
  sky.bolt_x = dice.Between(-0.7f, 0.7f);
  sky.bolt_seed = dice.Word();
  const double k = (since - start) / kLastsS;
  if (k < 0 || k > 1) return;
  const float left = static_cast<float>((1 - k) * (1 - k));
  sky.flash = left * 0.8f;
  sky.bolt = std::min(1.0f, left * 1.6f);
}

void SetSky(const Scene& scene, double time_s, FrameSetup& f) {
  SkyFrame& sky = f.sky;
  SetSkyColours(scene, sky);
  SetSun(scene, sky);
  sky.cloud_shift = static_cast<float>(0.02 * time_s) + static_cast<float>(scene.seed % 97);
  if (scene.weather == Weather::kStorm) SetLightning(scene, time_s, sky);
  if (scene.weather == Weather::kAurora) {
    sky.aurora = scene.time == TimeOfDay::kNight ? 1.0f : 0.85f;
    sky.disc = false, sky.glow = 0;
  }
  switch (scene.setting) {
    case Setting::kSpace:
      sky.zenith = {.015f, .012f, .05f}, sky.middle = {.02f, .02f, .07f},
      sky.horizon = {.03f, .02f, .08f};
      sky.stars = 1, sky.nebula = 1, sky.cloud = 0, sky.glow = 0, sky.disc = false;
      break;
    case Setting::kNightSky:
      sky.stars = scene.time == TimeOfDay::kNight ? 1.15f : 0.7f;
      sky.milky = scene.time == TimeOfDay::kNight ? 1.0f : 0.5f;
      sky.cloud = 0;
      sky.disc = sky.disc && scene.time == TimeOfDay::kNight;
      break;
    case Setting::kClouds:
      sky.cloud = 0.1f;
      break;
    case Setting::kStormySea:
      sky.cloud = std::max(sky.cloud, 0.9f);
      break;
    case Setting::kUnderwater: {
      const Colour3 tint = HourOf(scene.time).tint;
      const Colour3 light = Mix(tint, {1, 1, 1}, 0.12f);
      sky.zenith = Colour3{.36f, .84f, .86f} * light;
      sky.middle = Colour3{.08f, .52f, .72f} * light;
      sky.horizon = Colour3{.02f, .22f, .46f} * light;
      sky.sun_colour = Colour3{.85f, 1.0f, .9f} * light;
      sky.glow = 0;
      break;
    }
    default:
      break;
  }
}

struct FarPlan {
  FarKind kind = FarKind::kNone;
  int count = 0;
  Colour3 near, second;
  float height = 0.1f, pitch = 0.5f;
  float near_base = 0;
};

FarPlan PlanFar(Setting setting) {
  switch (setting) {
    case Setting::kCalmSea:
      return {FarKind::kCoast, 1, {.34f, .44f, .50f}, {.42f, .50f, .52f}, .07f, .21f, -.035f};
    case Setting::kBeach:
      return {FarKind::kCoast, 1, {.26f, .46f, .40f}, {.34f, .54f, .44f}, .10f, .17f, -.04f};
    case Setting::kLake:
      return {FarKind::kHills, 3, {.16f, .40f, .30f}, {.24f, .50f, .34f}, .17f, .40f, .0f};
    case Setting::kHills:
      return {FarKind::kHills, 3, {.30f, .58f, .24f}, {.48f, .72f, .32f}, .20f, .48f, -.05f};
    case Setting::kMountains:
      return {FarKind::kPeaks, 2, {.40f, .44f, .54f}, {.97f, .98f, 1.0f}, .46f, 1.15f, -.02f};
    case Setting::kDesert:
      return {FarKind::kDunes, 3, {.78f, .50f, .26f}, {.97f, .76f, .44f}, .16f, .40f, -.04f};
    case Setting::kCity:
      return {FarKind::kSkyline, 2, {.42f, .46f, .56f}, {.78f, .88f, .96f}, .46f, 4.4f, -.01f};
    case Setting::kForest:
      return {FarKind::kTrees, 3, {.08f, .32f, .18f}, {.2f, .45f, .25f}, .40f, 5.5f, -.03f};
    case Setting::kRoad:
      return {FarKind::kHills, 2, {.42f, .56f, .30f}, {.56f, .68f, .38f}, .12f, .35f, -.02f};
    case Setting::kMeadow:
      return {FarKind::kTrees, 1, {.16f, .44f, .20f}, {.3f, .5f, .3f}, .13f, 9.0f, -.01f};
    default:
      return {};
  }
}

void SetFar(const Scene& scene, const CameraState& camera, FrameSetup& f) {
  const FarPlan plan = PlanFar(scene.setting);
  Colour3 tint = HourOf(scene.time).tint * VeilOf(scene.weather).bright;
  // Snow stays white enough to be told from sand.
  if (scene.setting == Setting::kMountains)
    tint = Mix(tint, Colour3{.90f, .95f, 1.0f} * Luma(tint), 0.5f);
  const bool dark = scene.time == TimeOfDay::kNight || scene.time == TimeOfDay::kDusk;
  const bool snowy = scene.weather == Weather::kSnow;
  f.far_kind = plan.kind;
  f.far_count = plan.count;
  for (int i = 0; i < plan.count; ++i) {
    FarLayer& l = f.far[i];
    const float k =
        plan.count == 1 ? 0.4f : static_cast<float>(i) / static_cast<float>(plan.count - 1);
    l.view = camera.View(0.16f + 0.22f * k);
    l.edge = f.step * l.view.scale;
    l.seed = static_cast<uint32_t>(SplitSeed(scene.seed, 20 + static_cast<uint64_t>(i)));
    Colour3 near = plan.near, second = plan.second;
    if (snowy && plan.kind != FarKind::kSkyline) {
      near = Mix(near, {.86f, .90f, .96f}, 0.55f), second = Mix(second, {.93f, .95f, .98f}, 0.65f);
    }
    const float haze = 0.68f - 0.56f * k;
    l.colour = Mix(near * tint, f.haze, haze);
    l.second = Mix(second * Mix(tint, {1, 1, 1}, 0.1f), f.haze, haze * 0.85f);
    if (plan.kind == FarKind::kSkyline && dark)
      l.second = Mix({1.0f, .82f, .42f}, f.haze, haze * 0.3f);
    l.base = plan.near_base;
    l.height = plan.height * (1.0f - 0.36f * k);
    l.pitch = plan.pitch * (1.0f + 0.35f * k);
    if (plan.kind == FarKind::kTrees || plan.kind == FarKind::kSkyline) {
      l.height = plan.height * (0.9f - 0.18f * k);
      l.pitch = plan.pitch * (plan.kind == FarKind::kTrees ? 1.25f - 0.5f * k : 1.1f - 0.2f * k);
    }
  }
}

struct GroundPlan {
  GroundKind kind;
  Colour3 near, far, second, third;
  float mirror = 0, wave = 0;
};

GroundPlan PlanGround(Setting setting) {
  using G = GroundKind;
  switch (setting) {
    case Setting::kCalmSea:
      return {G::kWater, {.03f, .30f, .46f}, {.10f, .46f, .62f}, {}, {}, .62f, 1.0f};
    case Setting::kStormySea:
      return {G::kStorm, {.10f, .30f, .34f}, {.10f, .16f, .22f}, {.86f, .91f, .92f}, {}};
    case Setting::kBeach:
      return {G::kBeach,
              {.95f, .82f, .58f},
              {.10f, .62f, .70f},
              {.90f, .76f, .52f},
              {.66f, .53f, .37f},
              .4f,
              .8f};
    case Setting::kLake:
      return {G::kWater, {.04f, .24f, .32f}, {.10f, .36f, .42f}, {}, {}, .86f, .45f};
    case Setting::kHills:
      return {G::kGrass, {.33f, .60f, .20f}, {.52f, .74f, .32f}, {}, {}};
    case Setting::kMountains:
      return {G::kSnow, {.96f, .97f, 1.0f}, {.78f, .85f, .95f}, {}, {}};
    case Setting::kDesert:
      return {G::kSand, {.93f, .70f, .40f}, {.98f, .80f, .52f}, {}, {}};
    case Setting::kCity:
      return {G::kPlaza,
              {.24f, .25f, .29f},
              {.34f, .35f, .39f},
              {.62f, .62f, .62f},
              {.90f, .89f, .84f}};
    case Setting::kForest:
      return {G::kForest, {.20f, .38f, .16f}, {.12f, .30f, .16f}, {}, {}};
    case Setting::kRoad:
      return {
          G::kRoad, {.40f, .58f, .24f}, {.58f, .70f, .36f}, {.27f, .27f, .30f}, {.96f, .93f, .82f}};
    case Setting::kNightSky:
      return {G::kDarkHill, {.05f, .07f, .12f}, {.05f, .07f, .12f}, {}, {}};
    case Setting::kSpace:
      return {G::kSpace, {.72f, .46f, .32f}, {.44f, .26f, .34f}, {.50f, .66f, .98f}, {}};
    case Setting::kUnderwater:
      return {G::kSeabed, {.86f, .80f, .58f}, {.36f, .56f, .60f}, {.10f, .46f, .30f}, {}};
    case Setting::kMeadow:
      return {G::kGrass,
              {.34f, .68f, .20f},
              {.56f, .80f, .30f},
              {.96f, .30f, .40f},
              {.99f, .92f, .40f}};
    case Setting::kClouds:
      return {G::kClouds, {1.0f, 1.0f, 1.0f}, {.84f, .88f, .96f}, {.62f, .70f, .86f}, {}};
  }
  return {G::kWater, {}, {}, {}, {}};
}

void SetGround(const Scene& scene, const CameraState& camera, FrameSetup& f) {
  GroundPlan plan = PlanGround(scene.setting);
  Colour3 tint = HourOf(scene.time).tint * VeilOf(scene.weather).bright;
  if (scene.setting == Setting::kSpace || scene.setting == Setting::kNightSky) tint = {1, 1, 1};
  if (plan.kind == GroundKind::kSnow)
    tint = Mix(tint, Colour3{.90f, .95f, 1.0f} * Luma(tint), 0.5f);
  if (plan.kind == GroundKind::kClouds) {
    // Clouds are as the sky above them: lit tops, blue hollows.
    const Colour3 horizon = HourOf(scene.time).horizon;
    plan.far = Mix(plan.far, horizon, 0.5f);
    plan.second = Mix(plan.second, HourOf(scene.time).middle, 0.4f);
    tint = Mix(tint, {1, 1, 1}, 0.1f);
  }
  const bool snows = scene.weather == Weather::kSnow;
  const auto cover = [&](Colour3 c, float share) {
    return snows ? Mix(c, {.92f, .95f, .99f}, share) : c;
  };
  const bool land = plan.kind > GroundKind::kStorm && plan.kind < GroundKind::kDarkHill &&
                    plan.kind != GroundKind::kBeach;
  GroundFrame& g = f.ground;
  g.kind = plan.kind;
  g.near = cover(plan.near, land ? 0.72f : 0) * tint;
  g.far = cover(plan.far, land ? 0.72f : 0) * tint;
  g.second = cover(plan.second, land ? 0.4f : 0) * tint;
  g.third = plan.third * tint;
  if (f.sky.flash > 0 && land)
    g.near = g.near * (1 + f.sky.flash), g.far = g.far * (1 + f.sky.flash);
  g.mirror = plan.mirror;
  const bool rough = scene.weather == Weather::kRain || scene.weather == Weather::kStorm;
  g.wave = plan.wave * (rough ? 1.5f : 1.0f);
  g.pan = camera.pan;
  g.scale = 1 / camera.ZoomAt(kSubjectDepth);
}

void SetWeather(const Scene& scene, double time_s, const CameraState& camera, FrameSetup& f) {
  WeatherFrame& w = f.weather;
  w.time_s = static_cast<float>(time_s);
  w.pan = camera.pan * 0.8f + static_cast<float>(scene.seed % 13);
  if (scene.weather == Weather::kRain) w.rain = 0.8f;
  if (scene.weather == Weather::kStorm) w.rain = 0.9f;
  if (scene.weather == Weather::kSnow) w.snow = 1;
  if (scene.weather == Weather::kFog) w.fog = 0.95f;
  if (scene.setting == Setting::kUnderwater) w.bubbles = 0.75f;
  w.fog_colour = Mix(f.sky.horizon, {.86f, .88f, .90f}, 0.4f * Luma(HourOf(scene.time).tint));
}

}  // namespace

float HorizonOf(Setting setting) {
  switch (setting) {
    case Setting::kNightSky:
      return -0.36f;
    case Setting::kClouds:
      return -0.12f;
    case Setting::kSpace:
      return -0.30f;
    case Setting::kUnderwater:
      return -0.33f;
    case Setting::kCity:
      return -0.08f;
    case Setting::kMountains:
      return -0.09f;
    case Setting::kForest:
      return -0.10f;
    default:
      return -0.05f;
  }
}

CameraState CameraAt(const Scene& scene, double time_s) {
  const float s = static_cast<float>(2 * time_s / scene.duration_s - 1);  // -1 .. 1 in the clip
  CameraState camera;
  switch (scene.camera) {
    case Camera::kStill:
      break;
    case Camera::kPanLeft:
      camera.pan = -kPanReach * s;
      break;
    case Camera::kPanRight:
      camera.pan = kPanReach * s;
      break;
    case Camera::kTiltUp:
      camera.tilt = kTiltReach * s;
      break;
    case Camera::kTiltDown:
      camera.tilt = -kTiltReach * s;
      break;
    case Camera::kZoomIn:
      camera.zoom = static_cast<float>(std::exp(kZoomReach * s));
      break;
    case Camera::kZoomOut:
      camera.zoom = static_cast<float>(std::exp(-kZoomReach * s));
      break;
  }
  camera.pan += scene.wander;
  return camera;
}

FrameSetup SetUpFrame(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px) {
  CHECK(width_px >= kRenderSidePxMin && width_px <= kRenderSidePxMax);
  CHECK(height_px >= kRenderSidePxMin && height_px <= kRenderSidePxMax);
  CHECK(std::isfinite(time_s) && scene.duration_s > 0);
  FrameSetup f;
  const double unit = std::sqrt(double{1} * width_px * height_px * 9 / 16);
  f.step = static_cast<float>(1 / unit);
  f.half_width = static_cast<float>(width_px / unit / 2);
  f.half_height = static_cast<float>(height_px / unit / 2);
  f.x_first = static_cast<float>((0.5 - width_px / 2.0) / unit);
  f.y_first = static_cast<float>((height_px / 2.0 - 0.5) / unit);
  f.time_s = static_cast<float>(time_s);
  f.seed = static_cast<uint32_t>(scene.seed ^ scene.seed >> 32);
  f.setting = scene.setting;
  f.look = scene.look;
  f.paper = {.96f, .93f, .86f};
  const CameraState camera = CameraAt(scene, time_s);
  f.horizon = (HorizonOf(scene.setting) - camera.tilt) * camera.ZoomAt(kSubjectDepth);
  f.sky_view = camera.View(kSkyDepth);
  SetSky(scene, time_s, f);
  f.haze = Mix(f.sky.horizon, f.sky.middle, 0.25f);
  SetFar(scene, camera, f);
  SetGround(scene, camera, f);
  SetWeather(scene, time_s, camera, f);
  SetActors(scene, time_s, camera, f);
  return f;
}

}  // namespace aozora::world
