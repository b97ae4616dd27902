// SPDX-License-Identifier: Apache-2.0
// What lies below the horizon, and around those who have none. Included once for each instruction
// set.
#if defined(AOZORA_WORLD_GROUND_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_GROUND_INL_H_
#undef AOZORA_WORLD_GROUND_INL_H_
#else
#define AOZORA_WORLD_GROUND_INL_H_
#endif

#include "world/sky_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

// A place on the ground: how far below the horizon it is seen (down > 0), its distance, its place
// across, and how large a pixel is there.
struct Spot {
  HWY_INLINE Spot() {}
  Lanes down, far, across, edge;
};

HWY_INLINE Spot SpotOf(const FrameSetup& f, Lanes x, Lanes y) {
  Spot s;
  s.down = Max(f.horizon - y, 0.004f) * f.ground.scale;
  s.far = kCameraHeight / s.down;
  s.across = x * f.ground.scale * s.far + f.ground.pan;
  s.edge = f.step * f.ground.scale * s.far;
  return s;
}

// A pattern of this wavelength fades where pixels are too large to show it.
HWY_INLINE Lanes Visible(Lanes edge, float wavelength) {
  const Lanes q = edge * (2.2f / wavelength);
  return Clamp01(1.25f - q * q);
}

// Ripples seen at a slant: how far the mirrored place is off, in picture units.
HWY_INLINE Lanes Ripple(const FrameSetup& f, const Spot& s) {
  const float t = f.time_s;
  const Lanes a = SinTurn(s.far * 1.1f + s.across * 0.31f + t * 0.23f);
  const Lanes b = SinTurn(s.far * 2.6f - s.across * 0.55f + t * 0.37f);
  const Lanes c = SinTurn(s.across * 1.3f + s.far * 3.7f - t * 0.31f);
  return (0.5f * a * Visible(s.far * s.edge * 2.5f, 0.9f) +
          0.32f * b * Visible(s.far * s.edge * 2.5f, 0.38f) +
          0.22f * c * Visible(s.far * s.edge * 2.5f, 0.27f));
}

HWY_INLINE Rgb Water(const FrameSetup& f, Lanes x, Lanes y, float y_max, Seen* mirrored) {
  const GroundFrame& g = f.ground;
  const Spot s = SpotOf(f, x, y);
  const Lanes ripple = Ripple(f, s) * g.wave;
  const Lanes off = ripple * Min(s.down * 0.22f, 0.05f);
  Backdrop(f, x + off * 0.5f, 2.0f * f.horizon - y + Abs(off), 2 * f.horizon - y_max, mirrored);
  const Lanes deep = Clamp01(s.down * 2.0f);
  const Rgb body = Mix(Rgb(g.far), Rgb(g.near), deep);
  Rgb c = Mix(body, mirrored->colour, g.mirror * (1.0f - 0.45f * deep));
  c = c * (1.0f + ripple * 0.16f);
  if (f.sky.glow > 0) {  // the light's path
    const Lanes sun = (f.sky.sun_x - f.sky_view.shift) * (1 / f.sky_view.scale);
    const Lanes dx = (x - sun) / (0.05f + 0.30f * s.down);
    const Lanes glint = Smooth(0.05f, 0.75f, ripple + 0.25f * f.sky.glow);
    c = Mix(c, Rgb(f.sky.sun_colour), Clamp01(Blob(dx * dx) * glint * f.sky.glow * 0.85f));
  }
  return c;
}

// Below this height the i-th ridge of a storm hides all that is behind it.
inline float StormTroughOf(int i) {
  const float k = static_cast<float>(i) * 0.25f;
  return -0.50f * (0.10f + 0.9f * k * k) + 0.03f - 1.5f * (0.02f + 0.075f * k);
}

// Ridges of rolling water, the near ones larger.
HWY_INLINE Rgb Storm(const FrameSetup& f, Lanes x, Lanes y, float y_min, float y_max) {
  const GroundFrame& g = f.ground;
  Rgb c = Rgb(g.far);
  const Lanes up = (y - f.horizon) * g.scale;
  for (int i = 0; i < 5; ++i) {
    const float k = static_cast<float>(i) * 0.25f, near = 0.10f + 0.9f * k * k;
    const float pitch = 0.62f / (0.30f + k), rise = 0.02f + 0.075f * k;
    // Ridges that end below these rows, and those that a nearer one hides there.
    if ((y_min - f.horizon) * g.scale > -0.50f * near + 0.03f + 1.5f * rise + 2 * f.step) continue;
    if (i < 4 && (y_max - f.horizon) * g.scale < StormTroughOf(i + 1) - 2 * f.step) continue;
    const Lanes u =
        x * g.scale * pitch + g.pan * (0.3f + k) * pitch + 0.37f * static_cast<float>(i * i);
    // Broad troughs and sharp crests: a fold of a slow sine, with a smaller one running across.
    const Lanes fold = 1.0f - 2.0f * Abs(SinTurn(u * 0.5f + f.time_s * (0.07f + 0.02f * k)));
    const Lanes w = 0.75f * fold + 0.25f * SinTurn(u * 1.7f - f.time_s * 0.19f);
    const Lanes crest = -0.50f * near + 0.03f + rise * (1.5f * w);
    const Lanes below = crest - up;
    const Lanes a = Cover(-below, f.step * g.scale * 1.2f);
    const Lanes foam = Blob(Square(below * (26.0f - 14.0f * k))) * Smooth(0.0f, 0.75f, w);
    const Rgb body = Mix(Mix(Rgb(g.far), Rgb(g.near), 0.25f + 0.75f * k), Rgb(g.far),
                         Clamp01(below * (4.0f - 1.5f * k)) * 0.6f);
    c = Mix(c, Mix(body, Rgb(g.second), foam * 0.85f), a);
  }
  return c;
}

HWY_INLINE Rgb Beach(const FrameSetup& f, Lanes x, Lanes y, float y_max, Seen* mirrored) {
  const GroundFrame& g = f.ground;
  const Spot s = SpotOf(f, x, y);
  const Lanes u = x * g.scale + g.pan * 0.6f;
  const Lanes shore =
      0.115f + 0.012f * SinTurn(u * 0.9f) + 0.014f * SinTurn(f.time_s * 0.12f + u * 0.2f);
  const Lanes land = s.down - shore;  // > 0 on the sand
  Rgb sea;                            // not worked out where there is only sand
  if ((f.horizon - y_max) * g.scale < 0.115f + 0.026f + 0.02f)
    sea = Water(f, x, y, y_max, mirrored);
  const Lanes light =
      0.06f * SinTurn(s.across * 0.7f + s.far * 0.9f) * Visible(s.edge * s.far, 1.0f);
  const Rgb dry = Mix(Rgb(g.second), Rgb(g.near), Clamp01(land * 3.0f)) * (1.0f + light);
  const Rgb sand = Mix(Rgb(g.third), dry, Smooth(0.0f, 0.05f, land));
  const float edge = f.step * g.scale;
  const Rgb c = Mix(sea, sand, Cover(-land, edge));
  const Lanes foam = CoverLine(land + 0.004f, 0.006f, edge) * 0.9f +
                     CoverLine(land + 0.032f + 0.006f * SinTurn(u * 1.7f), 0.0025f, edge) * 0.5f;
  return Mix(c, Rgb(1.0f, 1.0f, 1.0f) * Max(Luma(Rgb(g.second)), 0.35f), Clamp01(foam));
}

// Land: from far to near colour with broad soft patches in perspective.
HWY_INLINE Rgb Land(const FrameSetup& f, const Spot& s, float contrast) {
  const GroundFrame& g = f.ground;
  const Lanes n = Noise2(s.across * 0.9f, s.far * 1.1f, f.seed ^ 0x123u) - 0.5f;
  const Lanes patch = n * Visible(s.edge * s.far, 1.6f) * contrast;
  return Mix(Rgb(g.far), Rgb(g.near), Clamp01(s.down * 2.4f)) * (1.0f + patch);
}

HWY_INLINE Rgb Meadow(const FrameSetup& f, Lanes x, Lanes y) {
  const Spot s = SpotOf(f, x, y);
  Rgb c = Land(f, s, 0.22f);
  if (f.setting != Setting::kMeadow) return c;
  // Flowers in rows: each row is a line across, its flowers as large as its distance allows.
  const float pitch = 3.2f;
  const Lanes row = Floor(s.far * pitch), z = (row + 0.5f) * (1 / pitch);
  const Lanes at = kCameraHeight / Max(z, 0.1f);  // below the horizon
  const Lanes u = (x * f.ground.scale * z + f.ground.pan) * 3.0f + row * 0.37f;
  const Lanes cell = Floor(u), h = Hash(cell, row, f.seed ^ 0x321u);
  const Lanes px = (u - cell - 0.3f - 0.4f * h) * (1 / 3.0f) / z, py = at - s.down;
  const Lanes d = Length(px, py * 1.3f) - 0.035f / z;
  const Lanes a = Cover(d, f.step * f.ground.scale) * Smooth(0.06f, 0.16f, s.down);
  const Rgb petal = Mix(Rgb(f.ground.second), Rgb(f.ground.third), Select(h < 0.5f, 1.0f, 0.0f));
  return Mix(c, petal, a * Select(Hash(cell, row, 99u) < 0.7f, 1.0f, 0.0f));
}

HWY_INLINE Rgb Road(const FrameSetup& f, Lanes x, Lanes y) {
  const GroundFrame& g = f.ground;
  const Spot s = SpotOf(f, x, y);
  Rgb c = Land(f, s, 0.2f);
  // A road across, seen from its side: between two distances.
  const float edge = f.step * g.scale;
  const Lanes lane = Max(0.155f - s.down, s.down - 0.37f);
  c = Mix(c, Rgb(g.second) * (0.92f + 0.3f * s.down), Cover(lane, edge));
  const Lanes rim =
      CoverLine(s.down - 0.172f, 0.0035f, edge) + CoverLine(s.down - 0.347f, 0.006f, edge);
  const Lanes u = (x * g.scale * (1 / 0.6f) + g.pan) * 1.6f;
  const Lanes dash = Box((Fract(u) - 0.5f) * (0.6f / 1.6f), s.down - 0.305f, 0.1f, 0.008f);
  return Mix(c, Rgb(g.third), Clamp01(rim * 0.7f + Cover(dash, edge)) * 0.9f);
}

HWY_INLINE Rgb Plaza(const FrameSetup& f, Lanes x, Lanes y) {
  const GroundFrame& g = f.ground;
  const Spot s = SpotOf(f, x, y);
  const float edge = f.step * g.scale;
  Rgb c = Mix(Rgb(g.far), Rgb(g.near), Clamp01(s.down * 2.4f));
  // Pavement, kerb and street.
  c = Mix(c, Rgb(g.second), Cover(0.15f - s.down, edge));
  c = Mix(c, Rgb(g.third), CoverLine(s.down - 0.15f, 0.006f, edge));
  const Lanes u = (x * g.scale * (1 / 0.6f) + g.pan) * 1.3f;
  const Lanes dash = Box((Fract(u) - 0.5f) * (0.6f / 1.3f), s.down - 0.36f, 0.12f, 0.009f);
  return Mix(c, Rgb(g.third), Cover(dash, edge) * 0.8f);
}

HWY_INLINE Rgb Seabed(const FrameSetup& f, Lanes x, Lanes y, Lanes* ground) {
  const GroundFrame& g = f.ground;
  const SkyFrame& sky = f.sky;
  // Light comes from above: bands of it widen downwards and sway.
  const Lanes up = Clamp01(y + 0.5f);
  Rgb c = Mix(Mix(Rgb(sky.horizon), Rgb(sky.middle), Clamp01(up * 2.0f)), Rgb(sky.zenith),
              Clamp01(up * 2.0f - 1.0f));
  const Lanes slant = (x + f.sky_view.shift) / (2.1f - y) * 2.0f;
  const Lanes rays =
      SinTurn(slant * 1.7f + f.time_s * 0.05f) + SinTurn(slant * 3.1f - f.time_s * 0.07f);
  c = c + Rgb(sky.sun_colour) * (Clamp01(rays * 0.5f) * Smooth(-0.4f, 0.5f, y) * 0.22f);
  const Lanes u = x * g.scale + g.pan * 0.5f;
  const Lanes dune = f.horizon + 0.035f * SinTurn(u * 0.5f + 0.2f) + 0.018f * SinTurn(u * 1.3f);
  const Lanes a = Cover(y - dune, f.step);
  const Lanes caustic = SinTurn(u * 2.1f + y * 5.0f + f.time_s * 0.11f) *
                        SinTurn(u * 1.3f - y * 9.0f - f.time_s * 0.13f);
  c = Mix(c, Mix(Rgb(g.far), Rgb(g.near), Clamp01((dune - y) * 7.0f)) * (1.0f + 0.14f * caustic),
          a);
  // Weed that sways, rooted in the sand.
  const Lanes cell = Floor(u * 2.2f), h = Hash(cell, 5.0f, f.seed);
  const Lanes root = y - (f.horizon - 0.03f),
              sway = 0.02f * SinTurn(root * 1.6f - f.time_s * 0.17f + h);
  const Lanes wx = (Fract(u * 2.2f) - 0.5f) * (1 / 2.2f) + sway * Clamp01(root * 5.0f);
  const Lanes blade = Abs(wx + 0.03f * SinTurn(root * 3.0f + h)) - (0.022f - root * 0.07f);
  const Lanes weed = Cover(Max(blade, root - 0.12f - 0.2f * h), f.step) *
                     Select(Hash(cell, 6.0f, f.seed) < 0.55f, 1.0f, 0.0f);
  *ground = Max(a, weed);
  return Mix(c, Rgb(g.second) * (0.8f + 0.6f * Clamp01(root * 3.0f)), weed);
}

// A planet's edge at the bottom, its day side towards the light.
HWY_INLINE Rgb Planet(const FrameSetup& f, Lanes x, Lanes y, Rgb sky, Lanes* ground) {
  const GroundFrame& g = f.ground;
  const Lanes dx = x * g.scale + g.pan * 0.25f - 0.3f, dy = (y - f.horizon) * g.scale + 1.80f;
  const Lanes d = Length(dx, dy) - 1.75f;
  const Lanes bands = SinTurn(d * 2.4f + 0.35f * Noise2(dx * 2.0f, d * 6.0f, f.seed ^ 0x777u));
  const Lanes day = Smooth(-0.9f, 0.9f, f.sky.sun_x < 0 ? -dx : dx);
  const Rgb body = Mix(Rgb(g.far), Rgb(g.near), 0.5f + 0.5f * bands) * (0.35f + 0.65f * day);
  *ground = Cover(d, f.step * g.scale);
  const Rgb air = Rgb(g.second) * (Blob(Max(d, 0.0f) * 11.0f) * (0.25f + 0.6f * day));
  return Mix(sky + air, Mix(body, Rgb(g.second), Clamp01(1.0f + d * 14.0f) * 0.55f * day), *ground);
}

// Height of a row of clouds: below it hides all that is behind.
inline float CloudRowOf(int i) {
  const float k = static_cast<float>(i) * 0.25f;
  return -0.40f * k * (0.45f + 0.55f * k);
}

// A sea of clouds: rows of round tops, the near ones larger.
HWY_INLINE Rgb CloudSea(const FrameSetup& f, Lanes x, Lanes y, float y_min, float y_max, Rgb sky,
                        Lanes* ground) {
  const GroundFrame& g = f.ground;
  Rgb c = sky;
  *ground = 0.0f;
  const Lanes up = (y - f.horizon) * g.scale;
  for (int i = 0; i < 5; ++i) {
    const float k = static_cast<float>(i) * 0.25f;
    const float wide = 0.16f + 0.34f * k, top = CloudRowOf(i);
    // Rows that end below, and those that a nearer one hides here.
    if ((y_min - f.horizon) * g.scale > top + 0.56f * wide + 2 * f.step) continue;
    if (i < 4 && (y_max - f.horizon) * g.scale < CloudRowOf(i + 1) - 2 * f.step) continue;
    const Lanes u =
        (x * g.scale + g.pan * (0.15f + 0.6f * k) + f.time_s * 0.006f * (1 + k)) * (1 / wide) +
        0.41f * static_cast<float>(i);
    Lanes d = up - top;
    for (int j = 0; j < 2; ++j) {
      const Lanes v = u + 0.5f * static_cast<float>(j), cell = Floor(v);
      const Lanes r = 0.36f + 0.2f * Hash(cell, static_cast<float>(i * 2 + j), f.seed);
      d = Min(d, (Length(v - cell - 0.5f, (up - top) * (1 / wide)) - r) * wide);
    }
    const Lanes a = Cover(d, f.step * g.scale);
    const Rgb body =
        Mix(Mix(Rgb(g.far), Rgb(g.near), k), Rgb(g.second), Clamp01(-d * (4.5f - 2.5f * k)));
    c = Mix(c, body, a);
    *ground = Max(*ground, a);
  }
  return c;
}

// The ground at a place below the horizon; `mirrored` is what water shows there.
HWY_NOINLINE void Ground(const FrameSetup& f, const Lanes& x, const Lanes& y, float y_min,
                         float y_max, Rgb* colour, Seen* mirrored) {
  switch (f.ground.kind) {
    case GroundKind::kWater:
      *colour = Water(f, x, y, y_max, mirrored);
      return;
    case GroundKind::kStorm:
      *colour = Storm(f, x, y, y_min, y_max);
      return;
    case GroundKind::kBeach:
      *colour = Beach(f, x, y, y_max, mirrored);
      return;
    case GroundKind::kRoad:
      *colour = Road(f, x, y);
      return;
    case GroundKind::kPlaza:
      *colour = Plaza(f, x, y);
      return;
    case GroundKind::kGrass:
      *colour = Meadow(f, x, y);
      return;
    case GroundKind::kSnow:
      *colour = Land(f, SpotOf(f, x, y), 0.14f);
      return;
    case GroundKind::kSand:
      *colour = Land(f, SpotOf(f, x, y), 0.2f);
      return;
    case GroundKind::kForest:
      *colour = Land(f, SpotOf(f, x, y), 0.45f);
      return;
    default:
      *colour = Rgb(f.ground.near);
      return;
  }
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
