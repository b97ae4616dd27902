// SPDX-License-Identifier: Apache-2.0
// Subjects: vehicles. Facing right, y up, about -1 .. 1. Included once for each instruction set.
#if defined(AOZORA_WORLD_SUBJECTS_CRAFT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_SUBJECTS_CRAFT_INL_H_
#undef AOZORA_WORLD_SUBJECTS_CRAFT_INL_H_
#else
#define AOZORA_WORLD_SUBJECTS_CRAFT_INL_H_
#endif

#include "world/paint_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

HWY_INLINE void Sailboat(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const Rgb wood = p.Tinted(0.55f, 0.36f, 0.22f);
  p.Fill(Box(x + 0.02f, y - 0.1f, 0.028f, 0.86f), wood);
  // Main sail, bent by the wind, and jib: the subject's colour.
  const Lanes belly = 0.09f * Clamp01(1.0f - Square((y - 0.1f) * 1.25f));
  const Lanes main =
      Max(Triangle(x - belly, y, 0.05f, -0.40f, 0.74f, -0.40f, 0.05f, 0.94f), 0.05f - x);
  p.Fill(main, p.Bent(p.actor.main, 0.3f, 0.1f, 0.7f));
  const Lanes jib =
      Max(Triangle(x + belly * 0.7f, y, -0.74f, -0.38f, -0.08f, -0.38f, -0.08f, 0.70f), x + 0.08f);
  p.Fill(jib, p.Bent(p.actor.light, -0.3f, 0, 0.7f));
  p.Mark(Abs(y + 0.12f - 0.1f * x) - 0.02f, p.Dark(), 0.5f);
  const Lanes hull = Max(Quad(x, y, -0.62f, -0.86f, 0.60f, -0.86f, 0.95f, -0.46f, -0.86f, -0.46f),
                         Ellipse(x - 0.03f, y + 0.42f, 0.98f, 0.5f));
  p.Fill(hull, p.Tinted(0.95f, 0.93f, 0.88f) * (1.0f + p.actor.shade * 0.35f * (y + 0.6f)));
  p.Mark(Abs(y + 0.53f) - 0.045f, p.Main());
}

HWY_INLINE void Balloon(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const Rgb rope = p.Tinted(0.35f, 0.27f, 0.2f);
  p.Fill(Min(Capsule(x, y, -0.30f, -0.40f, -0.13f, -0.80f, 0.014f),
             Capsule(x, y, 0.30f, -0.40f, 0.13f, -0.80f, 0.014f)),
         rope);
  const Lanes r = y - 0.27f;
  const Lanes top = Circle(x, r, 0.70f);
  const Lanes cone =
      Max(Quad(x, y, -0.17f, -0.60f, 0.17f, -0.60f, 0.655f, 0.03f, -0.655f, 0.03f), y - 0.2f);
  const Rgb main = p.Round(p.actor.main, 0, 0.22f, 0.78f, 0.92f);
  p.Fill(Min(top, cone), main);
  // Stripes that follow the bulge.
  const Lanes bulge = Sqrt(Max(0.5f - Square(Clamp(r, -0.62f, 0.66f)), 0.02f)) * (1 / 0.72f);
  const Lanes across = x / Max(Select(r < -0.2f, 0.17f + (y + 0.6f) * 0.76f, bulge * 0.72f), 0.05f);
  const Rgb stripe = p.Round(p.actor.accent, 0, 0.22f, 0.78f, 0.92f);
  p.Mark((Abs(across) - 0.22f) * 0.4f, stripe);
  p.Mark((Abs(Abs(across) - 0.78f) - 0.12f) * 0.4f, stripe);
  p.Fill(RoundBox(x, y + 0.87f, 0.17f, 0.12f, 0.04f), p.Tinted(0.62f, 0.40f, 0.2f));
  p.Mark(Abs(y + 0.78f) - 0.02f, rope);
  if (p.actor.lamp > 0) p.Mark(Circle(x, y + 0.5f, 0.2f), Rgb(1.0f, 0.8f, 0.35f), 0.7f);
}

HWY_INLINE void Wheel(Pen& p, float cx, float cy, float r) {
  Lanes u = p.x - cx, v = p.y - cy;
  p.Fill(Circle(u, v, r), p.Tinted(0.13f, 0.13f, 0.15f));
  p.Fill(Circle(u, v, r * 0.55f), p.Tinted(0.75f, 0.76f, 0.8f));
  Turn(-p.time * 0.6f, &u, &v);
  p.Mark(Min(Box(u, v, r * 0.5f, r * 0.09f), Box(u, v, r * 0.09f, r * 0.5f)),
         p.Tinted(0.3f, 0.3f, 0.34f));
}

HWY_INLINE void Car(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const Lanes cabin =
      Max(Quad(x, y, -0.62f, 0.0f, 0.52f, 0.0f, 0.20f, 0.50f, -0.40f, 0.50f), y - 0.47f) - 0.03f;
  p.Fill(cabin, p.Bent(p.actor.main, 0, 0.2f, 0.7f));
  const Lanes glass = Max(Quad(x, y, -0.50f, 0.07f, 0.40f, 0.07f, 0.16f, 0.41f, -0.35f, 0.41f),
                          0.035f - Abs(x + 0.08f));
  p.Fill(glass, p.Glass());
  p.Fill(RoundBox(x, y + 0.14f, 0.98f, 0.22f, 0.13f), p.Bent(p.actor.main, 0, -0.1f, 0.5f));
  p.Mark(Abs(y + 0.06f) - 0.018f, p.Light(), 0.8f);
  p.Mark(Abs(y + 0.32f) - 0.045f, p.Dark());
  p.Fill(RoundBox(x - 0.90f, y + 0.08f, 0.06f, 0.055f, 0.03f),
         Mix(p.Tinted(1, 0.95f, 0.75f), Rgb(1.0f, 0.95f, 0.7f), p.actor.lamp));
  p.Fill(RoundBox(x + 0.92f, y + 0.08f, 0.045f, 0.055f, 0.02f), Rgb(0.85f, 0.15f, 0.12f));
  Wheel(p, -0.54f, -0.33f, 0.2f);
  Wheel(p, 0.54f, -0.33f, 0.2f);
}

HWY_INLINE void Train(Pen& p) {
  const Lanes x = p.x, y = p.y;
  // Smoke drifts back.
  for (int i = 0; i < 3; ++i) {
    const float a = p.time * 0.4f + static_cast<float>(i) / 3, k = a - std::floor(a);
    p.Fill(Circle(x - 0.70f + 0.55f * k, y - 0.62f - 0.22f * k, 0.08f + 0.10f * k),
           p.Tinted(0.86f, 0.86f, 0.88f));
  }
  // Wagon, cab, boiler, chimney.
  p.Fill(RoundBox(x + 0.86f, y - 0.06f, 0.40f, 0.33f, 0.04f),
         p.Bent(p.actor.light, -0.8f, 0, 0.6f));
  const Lanes w = Abs(x + 0.86f) - 0.19f;
  p.Fill(RoundBox(w, y - 0.14f, 0.11f, 0.11f, 0.02f), p.Glass());
  p.Fill(RoundBox(x + 0.86f, y - 0.40f, 0.43f, 0.04f, 0.03f), p.Dark());
  p.Fill(Box(x + 0.43f, y + 0.22f, 0.08f, 0.03f), p.Tinted(0.2f, 0.2f, 0.22f));
  p.Fill(RoundBox(x + 0.12f, y - 0.13f, 0.27f, 0.43f, 0.03f),
         p.Bent(p.actor.main, -0.1f, 0.1f, 0.6f));
  p.Fill(RoundBox(x + 0.12f, y - 0.24f, 0.15f, 0.14f, 0.02f), p.Glass());
  p.Fill(RoundBox(x + 0.12f, y - 0.56f, 0.34f, 0.05f, 0.03f), p.Dark());
  p.Fill(Quad(x, y, 0.62f, 0.2f, 0.78f, 0.2f, 0.84f, 0.56f, 0.56f, 0.56f), p.Dark());
  const Lanes tube = RoundBox(x - 0.55f, y - 0.02f, 0.45f, 0.25f, 0.1f);
  p.Fill(tube,
         Rgb(p.actor.main) * (1.0f + p.actor.shade * 0.4f * (1.0f - Square((y - 0.1f) * 3.2f))));
  p.Mark(Abs(Abs(x - 0.5f) - 0.15f) - 0.02f, p.Dark(), 0.7f);
  p.Fill(Circle(x - 0.36f, y - 0.3f, 0.085f), p.Tinted(0.85f, 0.68f, 0.25f));
  p.Fill(Circle(x - 0.99f, y - 0.06f, 0.07f),
         Mix(p.Tinted(1, 0.9f, 0.6f), Rgb(1.0f, 0.93f, 0.6f), p.actor.lamp));
  p.Fill(Box(x - 0.1f, y + 0.27f, 1.1f, 0.05f), p.Tinted(0.2f, 0.2f, 0.23f));
  p.Fill(Triangle(x, y, 0.95f, -0.45f, 1.24f, -0.45f, 0.95f, -0.18f), p.Dark());
  for (const float cx : {-1.06f, -0.66f, -0.2f, 0.14f}) Wheel(p, cx, -0.36f, 0.13f);
  Wheel(p, 0.58f, -0.32f, 0.17f);
}

HWY_INLINE void Rocket(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const float flicker = 1 + 0.12f * Wave(p.time * 3.1f) + 0.08f * Wave(p.time * 7.3f);
  const float tail = -0.60f - 0.42f * flicker;
  p.Fill(Triangle(x, y, 0, tail, 0.19f, -0.58f, -0.19f, -0.58f) - 0.02f, Rgb(1.0f, 0.55f, 0.12f));
  p.Fill(Triangle(x, y, 0, -0.6f - 0.26f * flicker, 0.11f, -0.58f, -0.11f, -0.58f),
         Rgb(1.0f, 0.92f, 0.5f));
  const Lanes ax = Abs(x);
  p.Fill(Quad(ax, y, 0.18f, -0.50f, 0.52f, -0.72f, 0.52f, -0.48f, 0.18f, -0.08f), p.Dark());
  // A body that narrows to its tip: two large circles.
  const Lanes body = Max(Max(Length(ax + 0.95f, y - 0.05f) - 1.25f, -0.60f - y), y - 1.0f);
  p.Fill(body, Mix(p.Tinted(0.95f, 0.95f, 0.97f), p.Tinted(0.58f, 0.6f, 0.68f),
                   Clamp01(0.5f - x * p.light_x * 2.4f) * p.actor.shade));
  const Rgb paint = p.Bent(p.actor.main, 0, 0, 0.35f);
  p.Mark(0.45f - y, paint);
  p.Mark(Abs(y + 0.38f) - 0.13f, paint);
  p.Mark(Circle(x, y - 0.18f, 0.155f), p.Dark());
  p.Mark(Circle(x, y - 0.18f, 0.11f), p.Glass());
  p.Fill(Box(x, y + 0.62f, 0.16f, 0.035f), p.Tinted(0.3f, 0.3f, 0.34f));
}

HWY_INLINE void Airplane(Pen& p) {
  const Lanes x = p.x, y = p.y;
  p.Fill(Quad(x, y, -0.98f, 0.04f, -0.62f, 0.04f, -0.86f, 0.50f, -1.06f, 0.50f),
         p.Bent(p.actor.main, -0.8f, 0.2f, 0.4f));
  p.Fill(Quad(x, y, -0.16f, 0.02f, 0.26f, 0.02f, -0.14f, 0.40f, -0.32f, 0.40f),
         p.Dark());  // far wing
  const Lanes body = Min(Ellipse(x - 0.52f, y, 0.54f, 0.19f),
                         Quad(x, y, -1.02f, -0.02f, 0.52f, -0.19f, 0.52f, 0.19f, -1.02f, 0.13f));
  p.Fill(body, p.Tinted(0.96f, 0.96f, 0.97f) * (1.0f + p.actor.shade * (y - 0.05f) * 1.1f));
  p.Mark(Max(y + 0.045f, -1.2f - x), p.Bent(p.actor.main, 0, 0, 1));
  const Lanes u = (Fract((x + 0.7f) * 6.0f) - 0.5f) * (1 / 6.0f);
  p.Mark(Max(RoundBox(u, y - 0.05f, 0.045f, 0.045f, 0.02f), Max(-0.72f - x, x - 0.56f)),
         p.Tinted(0.2f, 0.32f, 0.48f));
  p.Mark(Max(Quad(x, y, 0.72f, 0.02f, 1.0f, 0.02f, 0.92f, 0.12f, 0.74f, 0.12f), -y),
         p.Tinted(0.2f, 0.32f, 0.48f));
  p.Fill(RoundBox(x + 0.06f, y + 0.27f, 0.17f, 0.075f, 0.07f), p.Tinted(0.6f, 0.62f, 0.66f));
  p.Fill(Quad(x, y, -0.62f, -0.50f, -0.40f, -0.50f, 0.36f, -0.04f, -0.14f, -0.04f),
         p.Bent(p.actor.main, -0.1f, -0.2f, 0.5f));
  p.Fill(Quad(x, y, -1.16f, -0.10f, -1.02f, -0.10f, -0.72f, 0.07f, -0.94f, 0.07f),
         p.Bent(p.actor.main, -0.9f, 0, 0.4f));
}

HWY_INLINE void PaperPlane(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const Rgb paper = p.Main(), under = Rgb(p.actor.main) * 0.72f;
  p.Fill(Triangle(x, y, 1.0f, 0.20f, -0.95f, 0.72f, -0.62f, 0.08f), paper);
  p.Fill(Triangle(x, y, 1.0f, 0.20f, -0.62f, 0.08f, -0.42f, -0.42f), under);
  p.Fill(Triangle(x, y, 1.0f, 0.20f, -0.40f, 0.02f, -0.88f, -0.52f), Rgb(p.actor.light));
  p.Mark(Abs(Half(x, y, 1.0f, 0.2f, -0.62f, 0.08f)) - 0.012f, p.Dark(), 0.6f);
}

HWY_INLINE void Saucer(Pen& p) {
  const Lanes x = p.x, y = p.y;
  const Lanes dome = Max(Circle(x, y - 0.12f, 0.44f), 0.1f - y);
  p.Fill(dome, Mix(p.Glass(), p.Tinted(0.45f, 0.75f, 0.9f), 0.5f));
  p.Mark(Circle(x - 0.15f * p.light_x, y - 0.36f, 0.09f), Rgb(1.0f, 1.0f, 1.0f), 0.5f);
  p.Fill(Max(Ellipse(x, y + 0.20f, 0.42f, 0.2f), y + 0.1f), p.Dark());
  p.Fill(Ellipse(x, y + 0.03f, 1.0f, 0.235f), p.Bent(p.actor.main, 0, 0, 0.5f));
  p.Mark(Max(Ellipse(x, y - 0.06f, 0.9f, 0.16f), -0.02f - y), p.Light(), 0.55f);
  for (int i = 0; i < 5; ++i) {
    const float k = static_cast<float>(i) - 2;
    const float on = 0.5f + 0.5f * Wave(p.time * 0.5f + 0.2f * k);
    p.Fill(Circle(x - 0.36f * k, y + 0.07f - 0.028f * (k * k - 4), 0.062f),
           Rgb(Mix(Colour3{0.5f, 0.4f, 0.2f}, Colour3{1.0f, 0.95f, 0.55f}, on)));
  }
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
