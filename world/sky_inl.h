// SPDX-License-Identifier: Apache-2.0
// The sky and what stands far away in front of it, as functions of a place: water asks them for the
// mirrored place. Included once for each instruction set.
#if defined(AOZORA_WORLD_SKY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_WORLD_SKY_INL_H_
#undef AOZORA_WORLD_SKY_INL_H_
#else
#define AOZORA_WORLD_SKY_INL_H_
#endif

#include "world/lanes_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

// A colour and what it shows: shares of the pixel that are far things and lights.
// Constructors are written out: implicit ones are compiled for the wrong instruction set.
struct Seen {
  HWY_INLINE Seen() {}
  HWY_INLINE Seen(Rgb c, Lanes far_share, Lanes light_share)
      : colour(c), far(far_share), light(light_share) {}
  Rgb colour;
  Lanes far, light;
};

// Round points, one in a cell of side 1 / pitch, `share` of the cells. Thin ones keep their light.
HWY_INLINE Lanes StarField(Lanes x, Lanes y, float pitch, float share, float radius, float edge,
                           uint32_t seed) {
  const Lanes cx = Floor(x * pitch), cy = Floor(y * pitch);
  const Lanes h = Hash(cx, cy, seed);
  const Lanes sx = (cx + 0.2f + 0.6f * Hash(cx, cy, seed ^ 0x51u)) * (1 / pitch);
  const Lanes sy = (cy + 0.2f + 0.6f * Hash(cx, cy, seed ^ 0xA3u)) * (1 / pitch);
  const float wide = radius + 0.5f * edge;
  const Lanes q = (Square(x - sx) + Square(y - sy)) * (1 / (wide * wide));
  const float kept = radius * radius / (wide * wide);
  return Select(h < share, Blob(q * 0.5f) * (0.4f + 0.6f * h * (1 / share)), 0.0f) * (2 * kept);
}

HWY_INLINE Rgb Stars(const FrameSetup& f, Lanes x, Lanes y) {
  const float edge = f.step * f.sky_view.scale;
  const Lanes big = StarField(x, y, 7, 0.35f, 0.0055f, edge, f.seed ^ 0x1111u);
  const Lanes small = StarField(x, y, 17, 0.5f, 0.003f, edge, f.seed ^ 0x2222u);
  const Lanes light = (big + small * 0.7f) * f.sky.stars;
  return Rgb(Colour3{0.95f, 0.97f, 1.0f}) * light;
}

HWY_INLINE Rgb MilkyWay(const FrameSetup& f, Lanes x, Lanes y) {
  const Lanes across = y - 0.32f - 0.45f * x + 0.16f * (Noise1(x * 2.1f, f.seed ^ 0x33u) - 0.5f);
  const Lanes n = Noise2(x * 3.0f, y * 5.0f, f.seed ^ 0x44u);
  const Lanes light = Blob(across * across * 14.0f) * (0.25f + 0.75f * n) * f.sky.milky;
  return Rgb(Colour3{0.42f, 0.40f, 0.62f}) * light;
}

HWY_INLINE Rgb Nebula(const FrameSetup& f, Lanes x, Lanes y) {
  const Lanes n = Noise2(x * 1.6f, y * 1.9f, f.seed ^ 0x55u);
  const Lanes m = Noise2(x * 1.3f + 7.0f, y * 1.5f, f.seed ^ 0x66u);
  const Rgb violet(Colour3{0.38f, 0.12f, 0.52f}), teal(Colour3{0.04f, 0.30f, 0.46f});
  return (violet * (n * n) + teal * (m * m)) * f.sky.nebula;
}

HWY_INLINE Rgb Aurora(const FrameSetup& f, Lanes x, Lanes y) {
  Rgb sum(0.0f, 0.0f, 0.0f);
  for (int i = 0; i < 2; ++i) {
    const float k = static_cast<float>(i), t = f.time_s * (0.05f + 0.02f * k);
    const Lanes fold = 0.09f * SinTurn(x * (0.55f + 0.2f * k) + t + 0.3f * k) +
                       0.04f * SinTurn(x * 1.7f - t * 1.5f);
    const Lanes h = y - (0.17f + 0.13f * k) - fold;  // above the lower edge
    const Lanes rays = 0.65f + 0.35f * SinTurn(x * (6.0f + 3.0f * k) + fold * 14.0f + t * 3.0f);
    const Lanes body = Smooth(-0.02f, 0.03f, h) * Square(Max(1.0f - Max(h, 0.0f) * 3.4f, 0.0f));
    const Lanes up = Clamp01(h * 3.6f);
    sum = sum + Mix(Rgb(Colour3{0.16f, 0.98f, 0.52f}), Rgb(Colour3{0.62f, 0.22f, 0.86f}), up) *
                    (body * rays * (0.85f - 0.25f * k));
  }
  return sum * f.sky.aurora;
}

// A jagged line from above down to the horizon, and the light around it.
HWY_INLINE Lanes Bolt(const FrameSetup& f, Lanes x, Lanes y, Lanes* body) {
  const Lanes way = f.sky.bolt_x + 0.16f * (Noise1(y * 7.0f, f.sky.bolt_seed) - 0.5f) +
                    0.05f * (Noise1(y * 23.0f, f.sky.bolt_seed ^ 9u) - 0.5f);
  const float edge = f.step * f.sky_view.scale;
  const Lanes d = Abs(x - way);
  const Lanes inside = Select(y > 0.0f, 1.0f, 0.0f) * f.sky.bolt;
  *body = CoverLine(d, 0.0055f, edge) * inside;
  return Blob(Min(d * d * 60.0f, 1.0f)) * 0.5f * inside;
}

HWY_INLINE Lanes CloudDensity(const FrameSetup& f, Lanes x, Lanes y) {
  const Lanes u = x * 1.5f + f.sky.cloud_shift, v = y * 3.6f;
  return 0.62f * Noise2(u, v, f.seed ^ 0x77u) + 0.27f * Noise2(u * 2.3f, v * 2.2f, f.seed ^ 0x88u) +
         0.11f * Noise2(u * 5.1f, v * 4.7f, f.seed ^ 0x99u);
}

HWY_INLINE Rgb Clouds(const FrameSetup& f, Lanes x, Lanes y, Rgb sky) {
  const Lanes n = CloudDensity(f, x, y);
  const float low = 0.72f - 0.42f * f.sky.cloud;
  const Lanes a = Smooth(low, low + 0.17f, n) * Smooth(0.01f, 0.14f, y) * 0.94f;
  const Lanes thick = Smooth(low + 0.06f, low + 0.34f, n);
  return Mix(sky, Mix(Rgb(f.sky.cloud_light), Rgb(f.sky.cloud_shade), thick), a);
}

// x, y on the sky's layer.
HWY_INLINE Seen Sky(const FrameSetup& f, Lanes x, Lanes y) {
  const SkyFrame& sky = f.sky;
  const Lanes low = Clamp01(y * 4.0f), high = Clamp01((y - 0.25f) * 2.2f);
  Rgb c = Mix(Mix(Rgb(sky.horizon), Rgb(sky.middle), low), Rgb(sky.zenith), high);
  if (sky.nebula > 0) c = c + Nebula(f, x, y);
  if (sky.milky > 0) c = c + MilkyWay(f, x, y);
  if (sky.stars > 0) c = c + Stars(f, x, y) * Smooth(-0.01f, 0.12f, y);
  Lanes light = 0.0f;
  if (sky.glow > 0) {
    const Lanes dx = x - sky.sun_x, dy = y - sky.sun_y, q = dx * dx + dy * dy;
    const Lanes near = 1.0f / (1.0f + q * (0.6f / (sky.sun_radius * sky.sun_radius)));
    c = Mix(c, Rgb(sky.sun_colour),
            Clamp01(near * near * sky.glow + Blob(q * 0.9f) * 0.42f * sky.glow));
    if (sky.disc) {
      const float edge = f.step * f.sky_view.scale;
      light = Cover(Sqrt(q) - sky.sun_radius, edge);
      if (sky.crescent) {
        const float r = sky.sun_radius;
        light = Min(light, 1.0f - Cover(Length(dx + r * 0.55f, dy - r * 0.3f) - r * 0.85f, edge));
      }
      c = Mix(c, Mix(Rgb(sky.sun_colour), Rgb(1.0f, 1.0f, 1.0f), 0.55f), light);
    }
  }
  if (sky.aurora > 0) c = c + Aurora(f, x, y);
  if (sky.cloud > 0) {
    const Rgb before = c;
    c = Clouds(f, x, y, before);
  }
  if (sky.flash > 0) c = Mix(c, Rgb(Colour3{0.82f, 0.84f, 1.0f}), sky.flash * 0.55f);
  if (sky.bolt > 0) {
    Lanes body;
    const Lanes halo = Bolt(f, x, y, &body);
    c = Mix(c, Rgb(Colour3{0.93f, 0.93f, 1.0f}), Max(halo, body));
    light = Max(light, body);
  }
  return {c, 0.0f, light};
}

// ---- far things: coverage of one layer at a place of that layer, and its colour ----

HWY_INLINE Lanes HillHeight(const FarLayer& l, Lanes x) {
  return l.base +
         l.height * (0.5f + 0.32f * SinTurn(x * l.pitch + static_cast<float>(l.seed & 63u)) +
                     0.18f * SinTurn(x * l.pitch * 2.3f + static_cast<float>(l.seed & 31u) * 0.7f));
}

HWY_INLINE Lanes PeakHeight(const FarLayer& l, Lanes x) {
  const Lanes a = Noise1(x * l.pitch, l.seed), b = Noise1(x * l.pitch * 2.7f, l.seed ^ 7u);
  const Lanes c = Noise1(x * l.pitch * 7.0f, l.seed ^ 13u);
  return l.base + l.height * (0.66f * (1.0f - Abs(2.0f * a - 1.0f)) +
                              0.26f * (1.0f - Abs(2.0f * b - 1.0f)) + 0.08f * c);
}

HWY_INLINE Lanes Peaks(const FrameSetup& f, const FarLayer& l, Lanes x, Lanes y, Rgb* colour) {
  const Lanes h = PeakHeight(l, x), ahead = PeakHeight(l, x + 0.02f);
  const Lanes slope = (ahead - h) * 50.0f;
  const Lanes side = f.sky.sun_x < 0 ? slope : -slope;
  const Lanes lit = Clamp01(0.5f + side * 0.55f);
  const Lanes line = l.base + l.height * (0.33f + 0.16f * Noise1(x * l.pitch * 11.0f, l.seed ^ 3u));
  const Lanes snow = Smooth(0, 0.035f, y - line);
  const Rgb rock = Rgb(l.colour) * (0.72f + 0.34f * lit);
  *colour = Mix(rock, Rgb(l.second) * (0.76f + 0.24f * lit), snow);
  // The foot lies in the mist of the valley.
  *colour = Mix(*colour, Rgb(f.haze), 0.62f * Blob(Max(y - l.base, 0.0f) * (3.2f / l.height)));
  return Cover((y - h) / Sqrt(1.0f + Min(slope * slope, 6.0f)), l.edge);
}

HWY_INLINE Lanes Dunes(const FrameSetup& f, const FarLayer& l, Lanes x, Lanes y, Rgb* colour) {
  const Lanes h = HillHeight(l, x), slope = (HillHeight(l, x + 0.02f) - h) * 50.0f;
  const Lanes side = f.sky.sun_x < 0 ? slope : -slope;
  *colour = Mix(Rgb(l.colour), Rgb(l.second), Smooth(-0.25f, 0.25f, side + (y - h) * 0.8f + 0.05f));
  return Cover(y - h, l.edge);
}

HWY_INLINE Lanes Skyline(const FarLayer& l, Lanes x, Lanes y, Rgb* colour) {
  const Lanes cell = Floor(x * l.pitch), u = Fract(x * l.pitch) - 0.5f;
  const Lanes tall = Hash(cell, 0.0f, l.seed), broad = Hash(cell, 1.0f, l.seed);
  const Lanes h = l.base + l.height * (0.3f + 0.7f * tall * tall);
  const Lanes half = 0.36f + 0.15f * broad;
  const float unit = 1 / l.pitch;
  const Lanes d = Max((Abs(u) - half) * unit, y - h);
  // Windows: a grid on the front, some of them lit.
  const float wide = unit * 0.25f, high = unit * 0.3f;
  const Lanes wx = (u * unit) * (1 / wide), wy = (h - y) * (1 / high);
  const Lanes ix = Floor(wx), iy = Floor(wy);
  const Lanes inside =
      Box((wx - ix - 0.5f) * wide, (wy - iy - 0.5f) * high, wide * 0.27f, high * 0.3f);
  const Lanes on = Select(Hash(ix + cell * 17.0f, iy, l.seed ^ 5u) < 0.55f, 1.0f, 0.0f);
  const Lanes window = Cover(inside, l.edge) * on * Cover(d + unit * 0.07f, l.edge);
  const Rgb wall = Rgb(l.colour) * (0.86f + 0.28f * broad);
  *colour = Mix(wall, Rgb(l.second), window);
  return Cover(d, l.edge);
}

HWY_INLINE Lanes TreeRow(const FarLayer& l, Lanes x, Lanes y, Rgb* colour) {
  const Lanes cell = Floor(x * l.pitch), u = (Fract(x * l.pitch) - 0.5f) * (1 / l.pitch);
  const Lanes tall = Hash(cell, 2.0f, l.seed);
  const Lanes h = l.base + l.height * (0.62f + 0.38f * tall);
  const Lanes down = h - y;  // below the tip
  // Three skirts, each a little wider than the one above.
  const Lanes skirt = down - Floor(down * (3.2f / l.height)) * (l.height / 3.2f) * 0.5f;
  const float slope = 1.15f / (l.pitch * l.height);
  const Lanes d = Max((Abs(u) - skirt * slope) * 0.93f, -down);
  const Lanes floor_line = y - (l.base + l.height * 0.12f);
  *colour = Rgb(l.colour) * (0.85f + 0.3f * tall + Clamp(u * l.pitch, -0.3f, 0.3f) * 0.5f);
  return Cover(Min(d, floor_line), l.edge);
}

HWY_INLINE Lanes FarCover(const FrameSetup& f, const FarLayer& l, Lanes x, Lanes y, Rgb* colour) {
  switch (f.far_kind) {
    case FarKind::kPeaks:
      return Peaks(f, l, x, y, colour);
    case FarKind::kDunes:
      return Dunes(f, l, x, y, colour);
    case FarKind::kSkyline:
      return Skyline(l, x, y, colour);
    case FarKind::kTrees:
      return TreeRow(l, x, y, colour);
    default:
      break;
  }
  const Lanes h = HillHeight(l, x);
  *colour = Mix(Rgb(l.second), Rgb(l.colour), Clamp01((h - y) * (1.4f / l.height)));
  return Cover(y - h, l.edge);
}

// Sky and far things at places of the picture, none of them below y_min.
HWY_INLINE Seen BackdropInline(const FrameSetup& f, Lanes x, Lanes y, float y_min) {
  const Lanes up = y - f.horizon;
  Seen seen = Sky(f, x * f.sky_view.scale + f.sky_view.shift, up * f.sky_view.scale);
  for (int i = 0; i < f.far_count; ++i) {
    const FarLayer& l = f.far[i];
    // No ridge is higher than this.
    if ((y_min - f.horizon) * l.view.scale > l.base + l.height + l.edge) continue;
    Rgb colour;
    const Lanes a = FarCover(f, l, x * l.view.scale + l.view.shift, up * l.view.scale, &colour);
    seen.colour = Mix(seen.colour, colour, a);
    seen.far = Mix(seen.far, 1.0f, a);
    seen.light = seen.light * (1.0f - a);
  }
  return seen;
}

HWY_NOINLINE void Backdrop(const FrameSetup& f, const Lanes& x, const Lanes& y, float y_min,
                           Seen* seen) {
  *seen = BackdropInline(f, x, y, y_min);
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
