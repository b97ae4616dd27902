// SPDX-License-Identifier: Apache-2.0
// How subjects are drawn: shapes filled one over the other, in local coordinates. Included once for
// each instruction set.
#if defined(AOZORA_WORLD_PAINT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_PAINT_INL_H_
#undef AOZORA_WORLD_PAINT_INL_H_
#else
#define AOZORA_WORLD_PAINT_INL_H_
#endif

#include "world/lanes_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

// One subject's share of some pixels: colour times coverage, coverage, and the distance to its
// outline.
struct Ink {
  HWY_INLINE Ink() {}
  Rgb colour = Rgb(0.0f, 0.0f, 0.0f);
  Lanes cover = 0.0f;
  Lanes distance = 1e3f;
};

// What a subject's function is given: where, when, which colours, whose light.
struct Pen {
  const ActorFrame& actor;
  const Sprite& sprite;
  Lanes x, y;              // local
  float edge;              // of a pixel in local units
  float time;              // of the moving parts, seconds
  float light_x, light_y;  // local, towards the light
  Ink* ink;

  HWY_INLINE void Fill(Lanes d, Rgb c) {
    const Lanes a = Cover(d, edge);
    ink->colour = Mix(ink->colour, c, a);
    ink->cover = Max(ink->cover, a);
    ink->distance = Min(ink->distance, d);
  }
  // Over what is there already only: markings that do not reach out of the shape.
  HWY_INLINE void Mark(Lanes d, Rgb c, float strength = 1) {
    ink->colour = Mix(ink->colour, c * ink->cover, Cover(d, edge) * strength);
  }
  // A surface that bends away from the light across `reach` around (cx, cy).
  HWY_INLINE Rgb Bent(const Colour3& c, float cx, float cy, float reach) const {
    const Lanes k = Clamp(((x - cx) * light_x + (y - cy) * light_y) * (1 / reach), -1, 1);
    return Rgb(c) * (1.0f + 0.24f * actor.shade * k);
  }
  // A ball's surface: the normal is known, so is the light on it, and where it gleams.
  HWY_INLINE Rgb Round(const Colour3& c, float cx, float cy, float rx, float ry) const {
    const Lanes nx = (x - cx) * (1 / rx), ny = (y - cy) * (1 / ry);
    const Lanes nz = Sqrt(Max(1.0f - nx * nx - ny * ny, 0.0f));
    const Lanes lit = nx * (0.62f * light_x) + ny * (0.62f * light_y) + nz * 0.78f;
    const float s = actor.shade;
    const Lanes gleam = Blob((Square(nx - 0.38f * light_x) + Square(ny - 0.38f * light_y)) * 9.0f);
    return Mix(Rgb(c) * (1.0f - 0.42f * s + 0.5f * s * lit), Rgb(1.0f, 1.0f, 1.0f),
               gleam * (0.5f * s));
  }
  HWY_INLINE Rgb Main(float reach = 1) const { return Bent(actor.main, 0, 0, reach); }
  HWY_INLINE Rgb Dark() const { return Rgb(actor.dark); }
  HWY_INLINE Rgb Light() const { return Rgb(actor.light); }
  HWY_INLINE Rgb Accent() const { return Rgb(actor.accent); }
  // Something of a colour of its own, in the light that there is.
  HWY_INLINE Rgb Tinted(float r, float g, float b) const {
    return Rgb(Colour3{r, g, b} * actor.tint);
  }
  // Glass: lit from inside in the dark.
  HWY_INLINE Rgb Glass() const {
    return Rgb(
        Mix(Colour3{0.72f, 0.88f, 0.97f} * actor.tint, Colour3{1.0f, 0.86f, 0.45f}, actor.lamp));
  }
};

// Scalar sine of 2 pi a, for moving parts. In double, so that rounding hides what libraries differ
// in.
inline float Wave(float a) {
  return static_cast<float>(std::sin(6.283185307179586 * static_cast<double>(a)));
}

// (x, y) turned by `turns` around the origin.
HWY_INLINE void Turn(float turns, Lanes* x, Lanes* y) {
  const float c = Wave(turns + 0.25f), s = Wave(turns);
  const Lanes u = *x * c + *y * s;
  *y = *y * c - *x * s;
  *x = u;
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
