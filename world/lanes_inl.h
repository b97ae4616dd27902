// SPDX-License-Identifier: Apache-2.0
// Pixel functions are written as a shader would be, on `Lanes`: one float for each of some pixels
// side by side. Where Lanes is a plain float the same code is the function of one pixel.
// Included once for each instruction set.
#if defined(AOZORA_WORLD_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_LANES_INL_H_
#undef AOZORA_WORLD_LANES_INL_H_
#else
#define AOZORA_WORLD_LANES_INL_H_
#endif

#include <hwy/highway.h>

#include <cmath>
#include <cstdint>

#include "world/frame.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, 16>;
using IntTag = hn::RebindToSigned<FloatTag>;
using WordTag = hn::RebindToUnsigned<FloatTag>;
inline constexpr size_t kLaneCount = hn::MaxLanes(FloatTag());

struct Lanes {
  hn::Vec<FloatTag> v;
  HWY_INLINE Lanes() : v(hn::Zero(FloatTag())) {}
  HWY_INLINE Lanes(hn::Vec<FloatTag> vector) : v(vector) {}         // NOLINT(runtime/explicit)
  HWY_INLINE Lanes(float value) : v(hn::Set(FloatTag(), value)) {}  // NOLINT(runtime/explicit)
};
struct LaneMask {
  hn::Mask<FloatTag> m;
};

HWY_INLINE Lanes operator+(Lanes a, Lanes b) { return hn::Add(a.v, b.v); }
HWY_INLINE Lanes operator-(Lanes a, Lanes b) { return hn::Sub(a.v, b.v); }
HWY_INLINE Lanes operator*(Lanes a, Lanes b) { return hn::Mul(a.v, b.v); }
HWY_INLINE Lanes operator/(Lanes a, Lanes b) { return hn::Div(a.v, b.v); }
HWY_INLINE Lanes operator-(Lanes a) { return hn::Neg(a.v); }
HWY_INLINE Lanes& operator+=(Lanes& a, Lanes b) { return a = a + b; }
HWY_INLINE Lanes& operator*=(Lanes& a, Lanes b) { return a = a * b; }
HWY_INLINE LaneMask operator<(Lanes a, Lanes b) { return {hn::Lt(a.v, b.v)}; }
HWY_INLINE LaneMask operator>(Lanes a, Lanes b) { return {hn::Gt(a.v, b.v)}; }
HWY_INLINE Lanes Select(LaneMask mask, Lanes yes, Lanes no) {
  return hn::IfThenElse(mask.m, yes.v, no.v);
}
HWY_INLINE Lanes Min(Lanes a, Lanes b) { return hn::Min(a.v, b.v); }
HWY_INLINE Lanes Max(Lanes a, Lanes b) { return hn::Max(a.v, b.v); }
HWY_INLINE Lanes Abs(Lanes a) { return hn::Abs(a.v); }
HWY_INLINE Lanes Sqrt(Lanes a) { return hn::Sqrt(a.v); }
HWY_INLINE Lanes Floor(Lanes a) { return hn::Floor(a.v); }
HWY_INLINE Lanes Fract(Lanes a) { return a - Floor(a); }
HWY_INLINE Lanes Square(Lanes a) { return a * a; }
HWY_INLINE Lanes Clamp01(Lanes a) { return Min(Max(a, 0.0f), 1.0f); }
HWY_INLINE Lanes Clamp(Lanes a, float low, float high) { return Min(Max(a, low), high); }
HWY_INLINE Lanes Mix(Lanes a, Lanes b, Lanes t) { return a + (b - a) * t; }
HWY_INLINE Lanes Length(Lanes x, Lanes y) { return Sqrt(x * x + y * y); }

// 0 up to `low`, 1 from `high` on, smooth between.
HWY_INLINE Lanes Smooth(float low, float high, Lanes a) {
  const Lanes t = Clamp01((a - low) * (1.0f / (high - low)));
  return t * t * (3.0f - 2.0f * t);
}

// Sine of 2 pi a, to 1e-3: two parabolas and a correction.
HWY_INLINE Lanes SinTurn(Lanes a) {
  const Lanes t = (a - Floor(a + 0.5f)) * 2.0f;  // -1 .. 1, half turns
  const Lanes parabola = 4.0f * t * (1.0f - Abs(t));
  return parabola * (0.775f + 0.225f * Abs(parabola));
}
HWY_INLINE Lanes CosTurn(Lanes a) { return SinTurn(a + 0.25f); }

// 1 at 0 and 0 from 1 on, smooth: a soft blob of squared distance `q`.
HWY_INLINE Lanes Blob(Lanes q) {
  const Lanes t = Max(1.0f - q, 0.0f);
  return t * t;
}

// 0..1, unrelated for neighbouring integers. x and y hold integers.
HWY_INLINE Lanes Hash(Lanes x, Lanes y, uint32_t seed) {
  const WordTag words;
  const auto ux = hn::BitCast(words, hn::ConvertTo(IntTag(), x.v));
  const auto uy = hn::BitCast(words, hn::ConvertTo(IntTag(), y.v));
  auto h =
      hn::Add(hn::Mul(ux, hn::Set(words, 0x9E3779B1u)), hn::Mul(uy, hn::Set(words, 0x85EBCA77u)));
  h = hn::Xor(h, hn::Set(words, seed));
  h = hn::Mul(hn::Xor(h, hn::ShiftRight<15>(h)), hn::Set(words, 0x2C1B3C6Du));
  h = hn::Mul(hn::Xor(h, hn::ShiftRight<12>(h)), hn::Set(words, 0x297A2D39u));
  h = hn::Xor(h, hn::ShiftRight<15>(h));
  const auto high = hn::BitCast(IntTag(), hn::ShiftRight<8>(h));
  return hn::Mul(hn::ConvertTo(FloatTag(), high), hn::Set(FloatTag(), 0x1p-24f));
}

// Smooth noise along a line and in the plane, 0..1, one feature per unit.
HWY_INLINE Lanes Noise1(Lanes x, uint32_t seed) {
  const Lanes i = Floor(x), f = x - i;
  return Mix(Hash(i, 0.0f, seed), Hash(i + 1.0f, 0.0f, seed), f * f * (3.0f - 2.0f * f));
}
HWY_INLINE Lanes Noise2(Lanes x, Lanes y, uint32_t seed) {
  const Lanes i = Floor(x), j = Floor(y), f = x - i, g = y - j;
  const Lanes u = f * f * (3.0f - 2.0f * f), w = g * g * (3.0f - 2.0f * g);
  const Lanes low = Mix(Hash(i, j, seed), Hash(i + 1.0f, j, seed), u);
  const Lanes high = Mix(Hash(i, j + 1.0f, seed), Hash(i + 1.0f, j + 1.0f, seed), u);
  return Mix(low, high, w);
}

struct Rgb {
  Lanes r, g, b;
  HWY_INLINE Rgb() {}
  HWY_INLINE Rgb(Lanes red, Lanes green, Lanes blue) : r(red), g(green), b(blue) {}
  HWY_INLINE Rgb(const Colour3& c) : r(c.r), g(c.g), b(c.b) {}  // NOLINT(runtime/explicit)
};
HWY_INLINE Rgb operator+(Rgb a, Rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
HWY_INLINE Rgb operator*(Rgb a, Lanes k) { return {a.r * k, a.g * k, a.b * k}; }
HWY_INLINE Rgb operator*(Rgb a, Rgb b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }
HWY_INLINE Rgb Mix(Rgb a, Rgb b, Lanes t) {
  return {Mix(a.r, b.r, t), Mix(a.g, b.g, t), Mix(a.b, b.b, t)};
}
HWY_INLINE Lanes Luma(Rgb c) { return 0.3f * c.r + 0.59f * c.g + 0.11f * c.b; }

// The share of a pixel of side `edge` inside of a shape at signed distance d (negative inside).
HWY_INLINE Lanes Cover(Lanes d, Lanes edge) { return Clamp01(0.5f - d / edge); }
// Of a line of half width w, at distance d from its middle: right also when thinner than a pixel.
HWY_INLINE Lanes CoverLine(Lanes d, Lanes w, Lanes edge) {
  return Clamp01(0.5f + (w - d) / edge) - Clamp01(0.5f + (-w - d) / edge);
}

// ---- signed distances; lengths in the units of x and y ----
HWY_INLINE Lanes Circle(Lanes x, Lanes y, float r) { return Length(x, y) - r; }
// First order: exact on the outline, where it matters. (Quilez, "ellipse - distance".)
HWY_INLINE Lanes Ellipse(Lanes x, Lanes y, float rx, float ry) {
  const Lanes f = Length(x * (1 / rx), y * (1 / ry));
  const Lanes g = Length(x * (1 / (rx * rx)), y * (1 / (ry * ry)));
  return f * (f - 1.0f) / Max(g, 1e-4f);
}
HWY_INLINE Lanes Box(Lanes x, Lanes y, float half_width, float half_height) {
  return Max(Abs(x) - half_width, Abs(y) - half_height);
}
HWY_INLINE Lanes RoundBox(Lanes x, Lanes y, float half_width, float half_height, float r) {
  const Lanes dx = Abs(x) - (half_width - r), dy = Abs(y) - (half_height - r);
  return Length(Max(dx, 0.0f), Max(dy, 0.0f)) + Min(Max(dx, dy), 0.0f) - r;
}
HWY_INLINE Lanes Capsule(Lanes x, Lanes y, float ax, float ay, float bx, float by, float r) {
  const float dx = bx - ax, dy = by - ay;
  const Lanes px = x - ax, py = y - ay;
  const Lanes t = Clamp01((px * dx + py * dy) * (1 / (dx * dx + dy * dy)));
  return Length(px - t * dx, py - t * dy) - r;
}
// To the right of the way from a to b is outside.
HWY_INLINE Lanes Half(Lanes x, Lanes y, float ax, float ay, float bx, float by) {
  const float dx = bx - ax, dy = by - ay, k = 1 / std::sqrt(dx * dx + dy * dy);
  return (x - ax) * (dy * k) - (y - ay) * (dx * k);
}
HWY_INLINE Lanes Triangle(Lanes x, Lanes y, float ax, float ay, float bx, float by, float cx,
                          float cy) {  // counter-clockwise
  return Max(Half(x, y, ax, ay, bx, by),
             Max(Half(x, y, bx, by, cx, cy), Half(x, y, cx, cy, ax, ay)));
}
HWY_INLINE Lanes Quad(Lanes x, Lanes y, float ax, float ay, float bx, float by, float cx, float cy,
                      float dx, float dy) {  // counter-clockwise, convex
  return Max(Max(Half(x, y, ax, ay, bx, by), Half(x, y, bx, by, cx, cy)),
             Max(Half(x, y, cx, cy, dx, dy), Half(x, y, dx, dy, ax, ay)));
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
