// SPDX-License-Identifier: Apache-2.0
// Subjects: animals and plants. Facing right, y up, about -1 .. 1. Included once for each
// instruction set.
#if defined(AOZORA_WORLD_SUBJECTS_LIFE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_SUBJECTS_LIFE_INL_H_
#undef AOZORA_WORLD_SUBJECTS_LIFE_INL_H_
#else
#define AOZORA_WORLD_SUBJECTS_LIFE_INL_H_
#endif

#include "world/paint_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

HWY_INLINE void Eye(Pen& p, float cx, float cy, float r) {
  p.Fill(Circle(p.x - cx, p.y - cy, r), Rgb(0.97f, 0.97f, 0.97f));
  p.Fill(Circle(p.x - cx - r * 0.2f, p.y - cy, r * 0.6f), Rgb(0.06f, 0.06f, 0.08f));
}

HWY_INLINE void Bird(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float beat = Wave(p.time * 0.9f);
  const float flap = beat * (1.35f - 0.35f * beat * beat);  // lingers where the wings are spread
  const float tip = 0.06f + 0.78f * flap;                   // height of the wing's tip
  const bool up = tip >= 0.06f;
  // Far wing, tail, body, head, near wing.
  const Lanes far =
      up ? Quad(x, y, -0.14f, 0.06f, 0.40f, 0.06f, 0.30f, tip + 0.02f, 0.10f, tip + 0.10f)
         : Quad(x, y, 0.10f, tip - 0.10f, 0.30f, tip - 0.02f, 0.40f, 0.06f, -0.14f, 0.06f);
  p.Fill(far - 0.02f, p.Dark());
  p.Fill(Quad(x, y, -1.02f, -0.04f, -0.35f, -0.12f, -0.35f, 0.12f, -1.0f, 0.18f), p.Dark());
  const Lanes body =
      Min(Ellipse(x - 0.02f, y - 0.0f, 0.56f, 0.25f), Circle(x - 0.52f, y - 0.15f, 0.20f));
  p.Fill(body, p.Bent(p.actor.main, 0, 0, 0.3f));
  p.Mark(Ellipse(x - 0.12f, y + 0.2f, 0.42f, 0.13f), p.Light(), 0.8f);
  p.Fill(Triangle(x, y, 0.68f, 0.07f, 0.95f, 0.12f, 0.68f, 0.20f),
         Rgb(p.Tinted(1.0f, 0.68f, 0.15f)));
  p.Fill(Circle(x - 0.58f, y - 0.19f, 0.04f), Rgb(0.05f, 0.05f, 0.06f));
  const Lanes wing =
      up ? Quad(x, y, -0.30f, 0.04f, 0.30f, 0.04f, -0.20f, tip + 0.06f, -0.46f, tip + 0.14f)
         : Quad(x, y, -0.46f, tip - 0.14f, -0.20f, tip - 0.06f, 0.30f, 0.07f, -0.30f, 0.07f);
  p.Fill(wing - 0.03f, Rgb(p.actor.main) * (0.86f + 0.1f * flap));
}

HWY_INLINE void Whale(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float beat = 0.10f * Wave(p.time * 0.25f);
  const Lanes bend = y - beat * Square(Min(x - 0.1f, 0.0f));
  // The tail rises behind the body and ends in two flukes.
  const Lanes lift = 0.34f * Square(Max(-x - 0.30f, 0.0f)) * 2.0f;
  const Lanes trunk =
      Quad(x, bend - lift, -0.96f, -0.03f, -0.1f, -0.34f, -0.1f, 0.30f, -0.96f, 0.09f);
  const Lanes fx = x + 0.98f, fy = bend - 0.34f;
  const Lanes flukes =
      Min(Ellipse(fx * 0.80f - fy * 0.6f + 0.12f, fy * 0.80f + fx * 0.6f - 0.09f, 0.10f, 0.25f),
          Ellipse(fx * 0.60f + fy * 0.8f - 0.10f, fy * 0.60f - fx * 0.8f - 0.10f, 0.10f, 0.22f));
  const Lanes body = Max(Ellipse(x - 0.28f, bend + 0.02f, 0.74f, 0.46f), -0.45f - bend);
  const Rgb skin = p.Bent(p.actor.main, 0, 0.05f, 0.6f);
  p.Fill(flukes, p.Dark());
  p.Fill(Min(body, trunk), skin);
  const Lanes belly = Max(Ellipse(x - 0.36f, bend + 0.36f, 0.74f, 0.27f), -x - 0.4f);
  p.Mark(belly, p.Tinted(0.93f, 0.94f, 0.95f), 0.95f);
  p.Mark(Max(Abs(Fract((bend + 0.02f) * 13.0f) - 0.5f) * (1 / 13.0f) - 0.007f, belly), p.Dark(),
         0.5f);
  p.Fill(Ellipse(x * 0.8f + y * 0.6f + 0.16f, y * 0.8f - x * 0.6f + 0.45f, 0.13f, 0.26f), p.Dark());
  p.Fill(Circle(x - 0.70f, bend - 0.02f, 0.055f), Rgb(0.97f, 0.97f, 0.97f));
  p.Fill(Circle(x - 0.715f, bend - 0.02f, 0.033f), Rgb(0.05f, 0.05f, 0.08f));
  // A spout, where there is air.
  if (p.actor.mirrored) {
    const float k = 0.9f + 0.1f * Wave(p.time * 0.7f);
    const Lanes arc = Abs(Length(Abs(x - 0.36f) - 0.17f, y - 0.50f) - 0.17f) - 0.035f;
    const Lanes spout = Min(Max(arc, 0.46f - y), Box(x - 0.36f, y - 0.50f, 0.035f, 0.12f));
    p.Fill(Max(spout, y - 0.72f * k), p.Tinted(0.86f, 0.95f, 1.0f));
  }
}

HWY_INLINE void Fish(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float beat = Wave(p.time * 0.7f);
  const Lanes tx = x + 0.5f, ty = y - 0.10f * beat * Clamp01(-x * 1.2f);
  p.Fill(Max(Max(tx, -0.48f - tx), (Abs(ty) - 0.05f + tx * 0.92f) * 0.74f), p.Dark());
  p.Fill(Max(Ellipse(x + 0.02f, y - 0.32f, 0.36f, 0.32f), x - 0.22f), p.Dark());
  p.Fill(Triangle(x, y, -0.30f, -0.62f, 0.1f, -0.34f, -0.16f, -0.34f), p.Dark());
  const Lanes body =
      Max(Length(x - 0.12f, y + 0.62f) - 1.06f, Length(x - 0.12f, y - 0.62f) - 1.06f);
  p.Fill(body, p.Bent(p.actor.main, 0.1f, 0, 0.5f));
  p.Mark(Abs(Length(x - 0.95f, y) - 0.62f) - 0.055f, p.Accent());
  p.Mark(Abs(Length(x - 0.95f, y) - 1.02f) - 0.06f, p.Accent());
  p.Mark(Ellipse(x - 0.15f, y + 0.42f, 0.6f, 0.2f), p.Light(), 0.5f);
  p.Fill(Triangle(x, y, 0.22f, -0.06f, -0.12f, 0.06f + 0.1f * beat, -0.10f, -0.26f + 0.1f * beat),
         p.Dark());
  Eye(p, 0.62f, 0.10f, 0.095f);
}

HWY_INLINE void Butterfly(Pen& p) {
  const float open = 0.62f + 0.38f * Wave(p.time * 0.8f);  // wings seen at a slant while they beat
  const Lanes x = p.x * (1 / open), y = p.y, ax = Abs(x);
  const Lanes u = ax - 0.46f, v = y - 0.30f;
  const Lanes upper = Ellipse(u * 0.82f + v * 0.57f, v * 0.82f - u * 0.57f, 0.54f, 0.36f) * open;
  const Lanes s = ax - 0.36f, t = y + 0.36f;
  const Lanes lower = Ellipse(s * 0.75f - t * 0.66f, t * 0.75f + s * 0.66f, 0.40f, 0.27f) * open;
  p.Fill(Min(upper, lower), p.Dark());
  p.Mark(upper + 0.085f * open, p.Main());
  p.Mark(lower + 0.075f * open, p.Light());
  p.Mark(Circle((ax - 0.58f) * open, y - 0.44f, 0.11f), p.Accent());
  p.Mark(Circle((ax - 0.42f) * open, y + 0.42f, 0.085f), p.Accent());
  p.Fill(Ellipse(p.x, y, 0.065f, 0.48f), p.Tinted(0.15f, 0.12f, 0.12f));
  p.Fill(Capsule(Abs(p.x), y, 0.02f, 0.42f, 0.20f, 0.72f, 0.016f), p.Tinted(0.15f, 0.12f, 0.12f));
}

HWY_INLINE void Jellyfish(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float pulse = 1 + 0.07f * Wave(p.time * 0.35f);
  for (int i = 0; i < 5; ++i) {  // arms that wave
    const float k = static_cast<float>(i) - 2;
    const Lanes sway = 0.09f * SinTurn(y * 0.9f + p.time * 0.3f + 0.17f * k) * Clamp01(0.1f - y);
    const Lanes d = Abs(x - k * 0.24f - sway) - (0.055f + 0.03f * Min(y + 0.3f, 0.0f));
    p.Fill(Max(Max(d, y - 0.1f), -0.98f + 0.12f * std::fabs(k) - y),
           p.Bent(i % 2 == 0 ? p.actor.dark : p.actor.main, 0, 0, 1));
  }
  const Lanes bell = Max(Ellipse(x, y - 0.12f, 0.78f * pulse, 0.80f / pulse),
                         0.06f - y + 0.05f * CosTurn(x * 2.5f));
  p.Fill(bell, p.Round(p.actor.main, 0, 0.2f, 0.85f, 0.85f));
  p.Mark(Max(Ellipse(x, y - 0.22f, 0.46f, 0.50f), 0.2f - y), p.Light(), 0.45f);
  p.Mark(Abs(y - 0.12f) - 0.04f, p.Light(), 0.5f);
}

HWY_INLINE void Turtle(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float swing = 0.08f * Wave(p.time * 0.4f);
  const Rgb skin = p.Tinted(0.58f, 0.70f, 0.36f), skin_dark = p.Tinted(0.44f, 0.56f, 0.28f);
  p.Fill(Ellipse((x + 0.5f) * 0.8f + (y + 0.36f) * 0.6f,
                 (y + 0.36f - swing) * 0.8f - (x + 0.5f) * 0.6f, 0.30f, 0.11f),
         skin_dark);
  p.Fill(Triangle(x, y, -1.0f, -0.26f, -0.70f, -0.30f, -0.70f, -0.12f), skin);
  p.Fill(Capsule(x, y, 0.60f, -0.16f, 0.84f, 0.02f, 0.12f), skin);
  p.Fill(Ellipse(x - 0.92f, y - 0.06f, 0.19f, 0.155f), skin);
  p.Fill(Circle(x - 0.98f, y - 0.10f, 0.035f), Rgb(0.05f, 0.05f, 0.06f));
  const Lanes shell = Max(Ellipse(x, y + 0.26f, 0.80f, 0.78f), -0.28f - y);
  p.Fill(shell, p.Round(p.actor.main, 0, -0.2f, 0.9f, 0.9f));
  // Plates.
  const Lanes spokes = Min(Max(Abs(x), y + 0.13f),
                           Max(Abs(Abs(x) * 0.75f - (y - 0.12f) * 0.66f - 0.1f), 0.2f - Abs(x)));
  const Lanes rings = Min(Abs(Circle(x, y - 0.12f, 0.27f)), spokes);
  p.Mark(Max(rings - 0.022f, shell + 0.04f), p.Dark(), 0.85f);
  p.Fill(Capsule(x, y, -0.74f, -0.30f, 0.74f, -0.30f, 0.065f), p.Tinted(0.86f, 0.80f, 0.58f));
  p.Fill(Ellipse((x - 0.42f) * 0.8f - (y + 0.46f) * 0.6f,
                 (y + 0.46f + swing) * 0.8f + (x - 0.42f) * 0.6f, 0.13f, 0.30f),
         skin);
}

HWY_INLINE void Tree(Pen& p) {
  const Lanes sway = 0.02f * (p.y + 1.0f) * Wave(p.time * 0.16f);
  const Lanes x = p.x - sway, y = p.y;
  p.Fill(Quad(x, y, -0.15f, -1.0f, 0.15f, -1.0f, 0.09f, 0.1f, -0.09f, 0.1f),
         p.Tinted(0.45f, 0.30f, 0.19f));
  p.Fill(Capsule(x, y, 0.0f, -0.4f, 0.34f, -0.05f, 0.05f), p.Tinted(0.45f, 0.30f, 0.19f));
  // A crown of round tufts, the lower ones darker.
  const Lanes low = Min(Circle(x + 0.40f, y - 0.08f, 0.36f), Circle(x - 0.42f, y - 0.10f, 0.37f));
  p.Fill(low, p.Bent(p.actor.dark, 0, 0, 0.8f));
  const Lanes crown =
      Min(Min(Circle(x + 0.30f, y - 0.36f, 0.38f), Circle(x - 0.32f, y - 0.38f, 0.38f)),
          Min(Circle(x, y - 0.60f, 0.40f), Circle(x, y - 0.14f, 0.36f)));
  p.Fill(crown, p.Bent(p.actor.main, 0, 0.4f, 0.7f));
  const float u = 0.16f * p.light_x, v = 0.55f + 0.10f * p.light_y;
  p.Mark(Min(Circle(x - u + 0.14f, y - v, 0.20f), Circle(x - u - 0.18f, y - v + 0.18f, 0.16f)),
         p.Light(), 0.55f);
}

HWY_INLINE void Flower(Pen& p) {
  const Lanes sway = 0.03f * (p.y + 1.0f) * Wave(p.time * 0.2f);
  const Lanes x = p.x - sway, y = p.y, v = y - 0.36f;
  const Rgb green = p.Tinted(0.25f, 0.58f, 0.24f);
  p.Fill(Box(x, y + 0.5f, 0.055f, 0.52f), green);
  p.Fill(Min(Ellipse((x - 0.26f) * 0.8f + (y + 0.58f) * 0.6f - 0.0f,
                     (y + 0.58f) * 0.8f - (x - 0.26f) * 0.6f, 0.32f, 0.12f),
             Ellipse((x + 0.26f) * 0.8f - (y + 0.74f) * 0.6f,
                     (y + 0.74f) * 0.8f + (x + 0.26f) * 0.6f, 0.30f, 0.11f)),
         green);
  Lanes petals = 1e3f;
  for (int i = 0; i < 7; ++i) {
    const float a = static_cast<float>(i) / 7 + 0.036f, c = Wave(a + 0.25f), s = Wave(a);
    petals = Min(petals, Ellipse(x * c + v * s - 0.38f, v * c - x * s, 0.27f, 0.19f));
  }
  p.Fill(petals, p.Bent(p.actor.main, 0, 0.36f, 0.6f));
  p.Mark(Circle(x, v, 0.33f), p.Light(), 0.45f);
  p.Fill(Circle(x, v, 0.22f), p.Tinted(1.0f, 0.80f, 0.2f));
  p.Mark(Circle(x + 0.03f, v + 0.04f, 0.13f), p.Tinted(0.80f, 0.52f, 0.12f), 0.7f);
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
