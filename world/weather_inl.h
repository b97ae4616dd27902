// SPDX-License-Identifier: Apache-2.0
// What falls through the picture, and what the look makes of it. Included once for each instruction
// set.
#if defined(AOZORA_WORLD_WEATHER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_WEATHER_INL_H_
#undef AOZORA_WORLD_WEATHER_INL_H_
#else
#define AOZORA_WORLD_WEATHER_INL_H_
#endif

#include "world/paint_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

// What falls is one sheet that repeats every so many cells, and slides past as a whole.
inline constexpr float kFallPeriod = 2;  // picture units, sideways; of flakes and bubbles both ways
inline constexpr float kStreakRows = 8;

HWY_INLINE Lanes Wrap(Lanes cell, float period) { return cell - Floor(cell / period) * period; }

// Streaks in cells of a slanted grid that runs down.
HWY_INLINE Lanes Streaks(const FrameSetup& f, Lanes x, Lanes y, float pitch, float speed,
                         float width, uint32_t seed) {
  const Lanes u = (x + 0.16f * y + f.weather.pan) * pitch, left = Floor(u);
  const Lanes column = Wrap(left, kFallPeriod * pitch);
  const float tall = 0.42f;
  const Lanes v = y * (1 / tall) + f.weather.time_s * speed + Hash(column, 3.0f, seed) * 7.0f;
  const Lanes low = Floor(v), row = Wrap(low, kStreakRows), h = Hash(column, row, seed);
  const Lanes across = (u - left - 0.25f - 0.5f * h) * (1 / pitch);
  const Lanes along = (v - low) - 0.5f;  // fades to both ends
  const Lanes line =
      CoverLine(across, width, f.step) * Clamp01(1.0f - Square(along * (2.0f / 0.72f)));
  return line * Select(h < 0.62f, 1.0f, 0.0f);
}

HWY_INLINE Lanes Flakes(const FrameSetup& f, Lanes x, Lanes y, float pitch, float speed,
                        float radius, uint32_t seed) {
  const Lanes v = y * pitch + f.weather.time_s * speed * pitch, low = Floor(v);
  const Lanes row = Wrap(low, kFallPeriod * pitch);
  const float drift = 0.06f * Wave(f.weather.time_s * 0.13f);  // a wind that comes and goes
  const Lanes u = (x + f.weather.pan + drift) * pitch + Hash(row, 9.0f, seed) * 5.0f;
  const Lanes left = Floor(u), column = Wrap(left, kFallPeriod * pitch);
  const Lanes h = Hash(column, row, seed);
  const Lanes dx = (u - left - 0.35f - 0.3f * h) * (1 / pitch);
  const Lanes dy = (v - low - 0.35f - 0.3f * Hash(column, row, seed ^ 1u)) * (1 / pitch);
  return Cover((Length(dx, dy) - radius * (0.6f + 0.4f * h)) * 0.6f, f.step) *
         Select(Hash(column, row, seed ^ 2u) < 0.72f, 1.0f, 0.0f);
}

HWY_INLINE Rgb FallingThings(const FrameSetup& f, Lanes x, Lanes y, Rgb c) {
  const WeatherFrame& w = f.weather;
  if (w.fog > 0) {
    const Lanes bank = Noise2(x * 0.9f + w.time_s * 0.04f + w.pan, y * 2.6f, f.seed ^ 0x9999u);
    const Lanes low = Clamp01(1.0f - Abs(y - f.horizon + 0.04f) * 1.7f);
    c = Mix(c, Rgb(w.fog_colour), Clamp01(w.fog * (0.18f + 0.34f * low + 0.26f * bank * low)));
  }
  if (w.rain > 0) {
    const Lanes a = Streaks(f, x, y, 12, 3.1f, 0.0030f, f.seed ^ 0xAAAAu) * 0.60f +
                    Streaks(f, x, y, 23, 2.3f, 0.0017f, f.seed ^ 0xBBBBu) * 0.45f;
    c = Mix(c, Rgb(Colour3{0.84f, 0.89f, 0.96f}), Clamp01(a * w.rain));
  }
  if (w.snow > 0) {
    const Lanes a = Flakes(f, x, y, 5, 0.17f, 0.021f, f.seed ^ 0xCCCCu) * 0.95f;
    const Lanes b = Flakes(f, x, y, 9, 0.11f, 0.012f, f.seed ^ 0xDDDDu) * 0.85f;
    c = Mix(c, Rgb(Colour3{0.97f, 0.98f, 1.0f}), Clamp01(Max(a, b) * w.snow));
  }
  if (w.bubbles > 0) {
    const float pitch = 4;
    const Lanes v = y * pitch - w.time_s * 0.16f * pitch, low = Floor(v);
    const Lanes row = Wrap(low, kFallPeriod * pitch);
    const Lanes u = (x + w.pan) * pitch + Hash(row, 9.0f, f.seed) * 5.0f, left = Floor(u);
    const Lanes h = Hash(Wrap(left, kFallPeriod * pitch), row, f.seed ^ 0xEEEu);
    const Lanes d = Length(u - left - 0.3f - 0.4f * h, v - low - 0.5f) * (1 / pitch) - 0.016f;
    const Lanes a =
        (CoverLine(d, 0.0028f, f.step) + Cover(d, f.step) * 0.25f) * Select(h < 0.3f, 1.0f, 0.0f);
    c = Mix(c, Rgb(Colour3{0.86f, 0.97f, 1.0f}), Clamp01(a) * w.bubbles);
  }
  return c;
}

// Five steps of light, joined by narrow slopes: no hard edge where a gradient crosses a step.
HWY_INLINE Lanes Posterise(Lanes v) {
  const Lanes s = v * 6.0f, i = Floor(s);
  return (i + Smooth(0.38f, 0.62f, s - i)) * (1 / 6.0f);
}

// `subject` is the share of the pixel that subjects cover.
HWY_INLINE Rgb Finish(const FrameSetup& f, Lanes x, Lanes y, Rgb c, Lanes subject) {
  switch (f.look) {
    case Look::kSoft:
      break;
    case Look::kFlat: {
      const Lanes before = Max(Luma(c), 0.02f);
      const Lanes k = Mix(Posterise(before), before, subject) / before;
      c = Mix(Rgb(Luma(c), Luma(c), Luma(c)), c * k, 1.12f);
      break;
    }
    case Look::kNeon: {  // a dark stage, strong colours
      const Lanes l = Luma(c);
      const Rgb vivid = Mix(Rgb(l, l, l), c, 1.55f);
      const Rgb stage = vivid * (0.20f + 0.34f * l) * Rgb(Colour3{0.80f, 0.55f, 1.25f}) +
                        Rgb(Colour3{0.03f, 0.0f, 0.07f});
      c = Mix(stage, vivid * 0.92f, subject);
      break;
    }
    case Look::kInk: {  // grey washes on paper; the subject keeps its colour
      const Lanes l = Clamp01(0.10f + 0.98f * Posterise(Clamp01(Luma(c) * 1.1f + 0.1f)));
      const Rgb wash = Mix(Rgb(Colour3{0.10f, 0.10f, 0.13f}), Rgb(f.paper), l);
      c = Mix(wash, c, subject * 0.85f);
      break;
    }
    case Look::kPastel: {
      const Lanes l = Luma(c);
      const Rgb pale = Mix(Rgb(l, l, l), c, 0.78f);
      c = Mix(pale * 0.62f + Rgb(Colour3{0.36f, 0.34f, 0.35f}), c, subject * 0.35f);
      break;
    }
    case Look::kVintage: {  // sepia film: warm, faded, darker to the rims
      const Lanes l = Luma(c);
      const Rgb sepia(l * 0.98f + 0.09f, l * 0.84f + 0.05f, l * 0.62f + 0.03f);
      c = Mix(sepia, c, 0.22f + 0.38f * subject);
      const Lanes q = Square(x * (1 / f.half_width)) + Square(y * (1 / f.half_height));
      c = c * (1.0f - 0.24f * q * q * 0.5f);
      break;
    }
  }
  return {Clamp01(c.r), Clamp01(c.g), Clamp01(c.b)};
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
