// SPDX-License-Identifier: Apache-2.0
// All that is the same for every pixel of a frame, worked out once: the pixel functions (*_inl.h)
// read nothing else. Plain floats throughout, so that the struct can be handed to another device.
//
// Picture coordinates: x to the right, y up, origin in the middle, in units of
// sqrt(width * height * 9 / 16). Colours are display values 0..1, blended as they are.
#pragma once

#include <cstdint>

#include "world/render.h"
#include "world/scene.h"

namespace aozora::world {

struct Colour3 {
  float r = 0, g = 0, b = 0;
};
Colour3 operator*(Colour3 a, float k);
Colour3 operator*(Colour3 a, Colour3 b);
Colour3 operator+(Colour3 a, Colour3 b);
Colour3 Mix(Colour3 a, Colour3 b, float t);
float Luma(Colour3 c);

// A layer of the world at some depth: layer x = x * scale + shift, layer y = (y - horizon) * scale.
struct LayerView {
  float scale = 1, shift = 0;
};

struct SkyFrame {
  Colour3 zenith, middle, horizon;  // at layer heights .7, .25 and 0
  Colour3 sun_colour;
  float sun_x = 0, sun_y = 0, sun_radius = 0;  // on the sky's layer
  float glow = 0;                              // 0: no light is seen
  bool disc = false, crescent = false;
  float stars = 0;   // 0..1
  float milky = 0;   // 0..1, a band of faint light
  float nebula = 0;  // 0..1, in space
  float cloud = 0;   // 0..1, share of the sky
  Colour3 cloud_light, cloud_shade;
  float cloud_shift = 0;
  float aurora = 0;
  float flash = 0, bolt = 0, bolt_x = 0;
  uint32_t bolt_seed = 0;
};

enum class FarKind { kNone, kCoast, kHills, kPeaks, kDunes, kSkyline, kTrees };
inline constexpr int kFarLayersMax = 3;

struct FarLayer {
  LayerView view;
  Colour3 colour;    // haze is in it
  Colour3 second;    // snow, lit windows, the side in the light
  float base = 0;    // lowest height of the ridge, layer units
  float height = 0;  // above the base
  float pitch = 1;   // features per unit
  float edge = 0;    // of a pixel in layer units
  uint32_t seed = 0;
};

enum class GroundKind {
  kWater,
  kStorm,
  kBeach,
  kGrass,
  kSnow,
  kSand,
  kPlaza,
  kForest,
  kRoad,
  kDarkHill,
  kSpace,
  kSeabed,
  kClouds
};

struct GroundFrame {
  GroundKind kind = GroundKind::kWater;
  Colour3 near, far;      // of the ground itself
  Colour3 second, third;  // foam, flowers, dashes, wet sand
  float mirror = 0;       // share of the backdrop that water shows
  float wave = 0;         // strength of ripples
  float pan = 0;          // camera's sideways place, world units
  float scale = 1;        // of the perspective: 1 / zoom
};

inline constexpr float kCameraHeight = 0.4f;  // above the ground, world units
inline constexpr float kSubjectDepth = 0.6f;  // 1 / distance of the first subject

// One copy of a subject. Local coordinates: y up, facing right, about -1 .. 1 (subjects_*_inl.h).
struct Sprite {
  float x = 0, y = 0;  // centre
  float inverse = 1;   // 1 / scale
  float cosine = 1, sine = 0;
  float ground_y = 0;              // where its foot stands, and its shadow lies
  float flip = 1;                  // -1: faces left
  float phase = 0;                 // of wings, wheels, sails: seconds, see kCopyLead
  float edge = 0;                  // of a pixel in local units
  float reach_x = 0, reach_y = 0;  // half of the box around it, glow not counted
};

// Wings, wheels and sails of a copy are where they are after pace * time + kCopyLead * copy.
inline constexpr float kCopyLead = 0.9f;

struct ActorFrame {
  bool present = false;
  float pace = 1;
  Subject subject = Subject::kBall;
  Colour3 main, dark, light, accent;  // accent: a second colour that goes with main
  Colour3 tint;                       // of the light that falls on everything else (wood, glass)
  float light_x = 0, light_y = 1;     // towards the light, unit length
  float shade = 1;                    // 0: flat colours
  float lamp = 0;                     // windows and lamps are lit
  float glow = 0;                     // shines by itself
  float haze = 0;                     // share of haze in front of it
  int count = 0;
  Sprite sprites[kManyCount];
  bool mirrored = false;                                  // water below shows it
  float shadow = 0, shadow_skew = 0, shadow_stretch = 1;  // on the ground before it
  float foot_y = 0;
};

struct WeatherFrame {
  float rain = 0, snow = 0, fog = 0, bubbles = 0;
  Colour3 fog_colour;
  float time_s = 0;
  float pan = 0;
};

struct FrameSetup {
  float x_first = 0, y_first = 0, step = 0;  // centre of the first pixel, side of a pixel
  float half_width = 0, half_height = 0;
  float time_s = 0;
  uint32_t seed = 0;
  Setting setting = Setting::kCalmSea;
  float horizon = 0;
  LayerView sky_view;
  SkyFrame sky;
  FarKind far_kind = FarKind::kNone;
  int far_count = 0;
  FarLayer far[kFarLayersMax];  // far to near
  Colour3 haze;
  GroundFrame ground;
  ActorFrame actors[2];  // first, second
  bool second_in_front = false;
  WeatherFrame weather;
  Look look = Look::kSoft;
  Colour3 paper;  // of ink
};

FrameSetup SetUpFrame(const Scene& scene, double time_s, uint32_t width_px, uint32_t height_px);

// Size of a subject in local units: half of its width, where its foot and top are, and its area.
struct SubjectShape {
  float half_width, bottom, top, area;
};
SubjectShape ShapeOf(Subject subject);

// The rows of a picture, on whatever the processor offers. `rgb` 3 bytes a pixel or null,
// `coverage` as in RenderMaps or null.
void RenderRows(const FrameSetup& frame, uint32_t width_px, uint32_t height_px, uint8_t* rgb,
                float* coverage);

}  // namespace aozora::world
