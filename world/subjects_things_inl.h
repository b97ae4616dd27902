// SPDX-License-Identifier: Apache-2.0
// Subjects: buildings, toys and lights. Facing right, y up, about -1 .. 1. Included once for each
// instruction set.
#if defined(AOZORA_WORLD_SUBJECTS_THINGS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_SUBJECTS_THINGS_INL_H_
#undef AOZORA_WORLD_SUBJECTS_THINGS_INL_H_
#else
#define AOZORA_WORLD_SUBJECTS_THINGS_INL_H_
#endif

#include "world/paint_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

HWY_INLINE void Kite(Pen& p) {
  const Lanes x = p.x, y = p.y;
  // The tail waves; bows sit on it.
  const Lanes wave = 0.10f * SinTurn(y * 1.1f + p.time * 0.5f) * Clamp01(-0.35f - y);
  p.Fill(Max(Abs(x - wave + 0.04f) - 0.018f, Max(y + 0.4f, -1.14f - y)), p.Dark());
  for (const float cy : {-0.70f, -0.98f}) {
    const float cx = 0.10f * Wave(cy * 1.1f + p.time * 0.5f) * std::fmin(1.0f, -0.35f - cy) - 0.04f;
    p.Fill(Max(Abs(x - cx) - 0.13f, Abs(y - cy) - 0.02f - Abs(x - cx) * 0.55f), p.Accent());
  }
  const Lanes left = Triangle(x, y, 0, 0.98f, -0.62f, 0.36f, 0, -0.55f);
  const Lanes right = Triangle(x, y, 0, -0.55f, 0.62f, 0.36f, 0, 0.98f);
  p.Fill(left, p.Main());
  p.Fill(right, Rgb(p.actor.main) * 0.84f);
  p.Mark(Max(x, y - 0.36f), p.Light(), 0.8f);
  p.Mark(Max(-x, 0.36f - y), p.Accent(), 0.9f);
  p.Mark(Min(Abs(x), Abs(y - 0.36f)) - 0.016f, p.Dark());
}

HWY_INLINE void Lighthouse(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Max(Min(Ellipse(x, y + 1.0f, 0.66f, 0.26f), Ellipse(x - 0.3f, y + 1.02f, 0.42f, 0.2f)),
             -1.04f - y),
         p.Tinted(0.42f, 0.39f, 0.38f));
  const Lanes tower = Quad(x, y, -0.32f, -0.88f, 0.32f, -0.88f, 0.20f, 0.50f, -0.20f, 0.50f);
  const Lanes lit = 1.0f + 0.30f * p.actor.shade * Clamp(x * p.light_x * 3.2f, -1, 1);
  p.Fill(tower, p.Tinted(0.97f, 0.96f, 0.94f) * lit);
  p.Mark(Abs(Abs(y + 0.20f) - 0.36f) - 0.165f, Rgb(p.actor.main) * lit);
  p.Mark(0.36f - y, Rgb(p.actor.main) * lit);
  p.Mark(RoundBox(x, y + 0.66f + 0.10f, 0.075f, 0.13f, 0.07f), p.Tinted(0.3f, 0.2f, 0.16f));
  p.Fill(RoundBox(x, y - 0.52f, 0.30f, 0.04f, 0.02f), p.Tinted(0.2f, 0.21f, 0.25f));
  p.Fill(Box(x, y - 0.66f, 0.15f, 0.12f),
         Mix(p.Tinted(0.95f, 0.92f, 0.7f), Rgb(1.0f, 0.93f, 0.55f), p.actor.lamp));
  const Lanes bars = Min(Abs(x), Abs(Abs(x) - 0.145f)) - 0.012f;
  p.Mark(Max(bars, 0.55f - y), p.Tinted(0.2f, 0.21f, 0.25f));
  p.Fill(Triangle(x, y, -0.24f, 0.77f, 0.24f, 0.77f, 0, 1.02f), Rgb(p.actor.main) * lit);
}

HWY_INLINE void Windmill(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Quad(x, y, -0.36f, -1.0f, 0.36f, -1.0f, 0.21f, 0.30f, -0.21f, 0.30f),
         p.Bent(p.actor.main, 0, -0.4f, 0.5f));
  p.Mark(Abs(y + 0.30f) - 0.05f, p.Light(), 0.7f);
  p.Mark(RoundBox(x, y + 0.86f, 0.10f, 0.18f, 0.09f), p.Tinted(0.34f, 0.22f, 0.16f));
  p.Mark(Box(x, y + 0.02f, 0.07f, 0.08f), p.Glass());
  p.Fill(Max(Ellipse(x, y - 0.28f, 0.25f, 0.26f), 0.28f - y), p.Tinted(0.5f, 0.28f, 0.2f));
  Lanes u = x, v = y - 0.36f;
  Turn(p.time * -0.09f, &u, &v);
  // Four sails: one arm, seen four times.
  const Lanes a = Max(Abs(u), Abs(v));
  const LaneMask upright = Abs(v) > Abs(u);
  const Lanes along = a;
  const Lanes side = Select(upright, Select(v > 0.0f, u, -u), Select(u > 0.0f, -v, v));
  p.Fill(Box(along - 0.40f, side, 0.42f, 0.024f), p.Tinted(0.36f, 0.24f, 0.17f));
  const Lanes sail = Box(along - 0.50f, side - 0.095f, 0.30f, 0.088f);
  p.Fill(sail, p.Tinted(0.97f, 0.95f, 0.9f));
  p.Mark(Max(Min(Abs(Fract(along * 7.0f) - 0.5f) * (1 / 7.0f), Abs(side - 0.095f)) - 0.011f, sail),
         p.Tinted(0.5f, 0.38f, 0.28f), 0.8f);
  p.Fill(Circle(u, v, 0.075f), p.Tinted(0.3f, 0.2f, 0.15f));
}

HWY_INLINE void House(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Box(x - 0.50f, y - 0.60f, 0.11f, 0.28f), p.Tinted(0.55f, 0.38f, 0.32f));
  p.Fill(Box(x, y + 0.36f, 0.80f, 0.56f), p.Bent(p.actor.main, 0, 0, 0.9f));
  p.Fill(Max(Triangle(x, y, -1.0f, 0.16f, 1.0f, 0.16f, 0, 0.92f), 0.16f - y),
         Mix(p.Dark(), p.Tinted(0.45f, 0.25f, 0.2f), 0.55f));
  p.Mark(Abs(y - 0.19f) - 0.03f, p.Tinted(0.95f, 0.93f, 0.9f), 0.8f);
  p.Fill(RoundBox(x, y + 0.60f, 0.17f, 0.32f, 0.03f), p.Tinted(0.42f, 0.26f, 0.17f));
  p.Fill(Circle(x - 0.1f, y + 0.6f, 0.028f), p.Tinted(0.9f, 0.75f, 0.3f));
  const Lanes wx = Abs(x) - 0.50f, wy = y + 0.34f;
  p.Fill(Box(wx, wy, 0.185f, 0.20f), p.Tinted(0.97f, 0.96f, 0.94f));
  p.Fill(Box(wx, wy, 0.15f, 0.165f), p.Glass());
  p.Mark(Max(Min(Abs(wx), Abs(wy)) - 0.018f, Box(wx, wy, 0.18f, 0.19f)),
         p.Tinted(0.97f, 0.96f, 0.94f));
  p.Fill(Circle(x, y - 0.48f, 0.13f), p.Tinted(0.97f, 0.96f, 0.94f));
  p.Fill(Circle(x, y - 0.48f, 0.095f), p.Glass());
}

HWY_INLINE void Ball(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Circle(x, y, 1.0f), p.Round(p.actor.main, 0, 0, 1, 1));
  // Six panels of a beach ball around a pole that looks up and towards us: on the plane across the
  // pole they alternate as the sign of the imaginary part of z^3, whose slope is 3 |z|^2.
  const Lanes z = Sqrt(Max(1.0f - x * x - y * y, 0.0f));
  const Lanes u = 0.917f * x - 0.115f * y - 0.382f * z, v = 0.794f * y - 0.608f * z;
  const Lanes d = (v * v * v - 3.0f * u * u * v) / Max(3.0f * (u * u + v * v), 1e-3f);
  p.Mark(Max(d, 0.0f - (0.24f * x + 0.60f * y + 0.76f * z) - 0.35f),
         p.Round(p.actor.accent, 0, 0, 1, 1));
  const Lanes cap = Length(u, v) - 0.17f;
  p.Mark(Max(cap, -(0.24f * x + 0.60f * y + 0.76f * z)), p.Round(p.actor.light, 0, 0, 1, 1));
}

HWY_INLINE void Cube(Pen& p) {
  // Three faces of a cube that stands on an edge of its base; the near edge wanders as it turns.
  const Lanes x = p.x, y = p.y;
  const float e = 0.22f * Wave(p.time * 0.07f), w = 0.84f;
  const float back = -e;                                 // the far corner
  const float low = -0.98f, near = 0.26f, side = 0.50f;  // heights of the corners of the lid
  const float rise_left = (side - near) * (w + e) / w, rise_right = (side - near) * (w - e) / w;
  const float left = near + rise_left, right = near + rise_right;
  const float sun = p.light_x > 0 ? 1.0f : 0.0f, s = p.actor.shade;
  const Rgb c(p.actor.main);
  p.Fill(Quad(x, y, -w, low + rise_left, e, low, e, near, -w, left) - 0.012f,
         c * (1 - s * (0.14f + 0.26f * sun)));
  p.Fill(Quad(x, y, e, low, w, low + rise_right, w, right, e, near) - 0.012f,
         c * (1 - s * (0.40f - 0.26f * sun)));
  p.Fill(Quad(x, y, e, near, w, right, back, right + left - near, -w, left) - 0.012f,
         Mix(c, Rgb(p.actor.light), 0.65f));
  p.Mark(Capsule(x, y, e, low, e, near, 0.012f), p.Light(), 0.7f);
  p.Mark(Min(Capsule(x, y, e, near, w, right, 0.012f), Capsule(x, y, e, near, -w, left, 0.012f)),
         p.Light(), 0.7f);
}

HWY_INLINE void Lantern(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float flicker = 0.92f + 0.08f * Wave(p.time * 1.1f);
  const Lanes body = Max(Ellipse(x, y, 0.68f, 0.86f), Abs(y) - 0.74f);
  const Lanes shine = Blob((x * x + Square(y + 0.2f)) * 1.1f) * flicker;
  p.Fill(body, Mix(Rgb(p.actor.main) * (1.0f - 0.25f * Square(x * 1.3f)), Rgb(1.0f, 0.93f, 0.62f),
                   shine * 0.72f));
  const Lanes rib = Abs(Fract(y * 3.1f + 0.5f) - 0.5f) * (1 / 3.1f) - 0.014f;
  p.Mark(rib, Rgb(p.actor.dark), 0.55f);
  p.Fill(RoundBox(x, Abs(y) - 0.77f, 0.36f, 0.06f, 0.03f), p.Dark());
  p.Fill(Capsule(x, y, 0, -0.84f, 0, -1.1f, 0.03f), Rgb(p.actor.main));
  p.Fill(Max(Abs(Circle(x, y - 0.86f, 0.14f)) - 0.02f, 0.8f - y), p.Dark());
}

HWY_INLINE void Moon(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Circle(x, y, 1.0f), Rgb(p.actor.main) * (1.0f - 0.1f * p.actor.shade * Square(x + 0.3f)));
  const Lanes seas =
      Min(Min(Circle(x + 0.34f, y - 0.28f, 0.30f), Circle(x - 0.26f, y - 0.42f, 0.19f)),
          Min(Circle(x - 0.34f, y + 0.26f, 0.25f), Circle(x + 0.22f, y + 0.48f, 0.16f)));
  p.Mark(seas, p.Dark(), 0.26f);
  p.Mark(Min(Circle(x - 0.62f, y - 0.12f, 0.10f), Circle(x + 0.60f, y + 0.18f, 0.12f)), p.Dark(),
         0.2f);
}

HWY_INLINE void Sun(Pen& p) {
  const Lanes x = p.x, y = p.y, r2 = x * x + y * y;
  // Rays that turn slowly around the disc.
  Lanes u = x, v = y;
  Turn(p.time * 0.02f, &u, &v);
  Lanes rays = 1e3f;
  for (int i = 0; i < 6; ++i) {
    const float a = static_cast<float>(i) / 12, c = Wave(a + 0.25f), s = Wave(a);
    const Lanes along = Abs(u * c + v * s), side = Abs(v * c - u * s);
    rays = Min(rays, Max(side - (1.16f - along) * 0.32f, 0.70f - along));
  }
  p.Fill(rays, Rgb(p.actor.main));
  p.Fill(Circle(x, y, 0.70f), Mix(Rgb(p.actor.light), Rgb(p.actor.main), Clamp01(r2 * 2.1f)));
}

HWY_INLINE void Fireworks(Pen& p) {
  // Bursts, one after the other: sparks on three rings that widen, sink and fade.
  const Lanes x = p.x, y = p.y;
  for (int b = 0; b < 2; ++b) {
    const float clock = p.time * 0.36f + 0.5f * static_cast<float>(b);
    const float k = clock - std::floor(clock), open = 1 - (1 - k) * (1 - k) * (1 - k);
    const float cx = b == 0 ? -0.10f : 0.12f, cy = b == 0 ? 0.08f : -0.04f;
    const Lanes u = x - cx, v = y - cy + 0.16f * k * k;
    const Rgb main = Mix(Rgb(p.actor.main), Rgb(p.actor.light), 0.25f * (1 - k));
    const float fade = k < 0.72f ? 1.0f : (1 - k) / 0.28f;
    for (int ring = 0; ring < 3; ++ring) {
      const float r = (0.38f + 0.27f * static_cast<float>(ring)) * open;
      Lanes sparks = 1e3f;
      for (int i = 0; i < 6; ++i) {  // twelve spokes, two at a time
        const float a = (static_cast<float>(i) + 0.5f * static_cast<float>(ring)) / 12;
        const float c = Wave(a + 0.25f), s = Wave(a);
        const Lanes along = Abs(u * c + v * s), side = Abs(v * c - u * s);
        const Lanes tail = Clamp01((along - (r - 0.27f * open)) * (1 / (0.27f * open + 0.02f)));
        sparks = Min(sparks, Max(side - (0.012f + 0.062f * tail) * fade,
                                 Max(along - r - 0.02f, r - 0.27f * open - along)));
      }
      p.Fill(sparks, ring == 1 ? Rgb(p.actor.light) : main);
    }
    p.Fill(Circle(u, v, 0.15f * (1 - k)), Rgb(1.0f, 0.98f, 0.9f));
  }
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
