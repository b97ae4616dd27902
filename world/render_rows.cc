// SPDX-License-Identifier: Apache-2.0
// One pixel, and all of them. Compiled once for each instruction set; the processor chooses.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "world/render_rows.cc"
#include <hwy/foreach_target.h>

#include "world/frame.h"
#include "world/ground_inl.h"
#include "world/lanes_inl.h"
#include "world/paint_inl.h"
#include "world/sky_inl.h"
#include "world/subjects_craft_inl.h"
#include "world/subjects_life_inl.h"
#include "world/subjects_things_inl.h"
#include "world/weather_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::world::HWY_NAMESPACE {

HWY_NOINLINE void PaintLocal(Pen& p) {
  switch (p.actor.subject) {
    case Subject::kSailboat:
      return Sailboat(p);
    case Subject::kBalloon:
      return Balloon(p);
    case Subject::kBird:
      return Bird(p);
    case Subject::kWhale:
      return Whale(p);
    case Subject::kFish:
      return Fish(p);
    case Subject::kCar:
      return Car(p);
    case Subject::kTrain:
      return Train(p);
    case Subject::kRocket:
      return Rocket(p);
    case Subject::kKite:
      return Kite(p);
    case Subject::kButterfly:
      return Butterfly(p);
    case Subject::kLighthouse:
      return Lighthouse(p);
    case Subject::kWindmill:
      return Windmill(p);
    case Subject::kPaperPlane:
      return PaperPlane(p);
    case Subject::kLantern:
      return Lantern(p);
    case Subject::kBall:
      return Ball(p);
    case Subject::kCube:
      return Cube(p);
    case Subject::kAirplane:
      return Airplane(p);
    case Subject::kSaucer:
      return Saucer(p);
    case Subject::kJellyfish:
      return Jellyfish(p);
    case Subject::kFireworks:
      return Fireworks(p);
    case Subject::kTree:
      return Tree(p);
    case Subject::kHouse:
      return House(p);
    case Subject::kMoon:
      return Moon(p);
    case Subject::kSun:
      return Sun(p);
    case Subject::kTurtle:
      return Turtle(p);
    case Subject::kFlower:
      return Flower(p);
  }
}

// Pixels side by side: their places, and the box around them.
struct Block {
  HWY_INLINE Block() {}
  Lanes x, y;
  float x_min, x_max, y_min, y_max;
};

HWY_INLINE bool Reaches(const Sprite& s, const Block& b, float more) {
  return b.x_max > s.x - s.reach_x - more && b.x_min < s.x + s.reach_x + more &&
         b.y_max > s.y - s.reach_y - more && b.y_min < s.y + s.reach_y + more;
}

// The subject at (x, y), all of its copies.
HWY_INLINE void PaintActor(const ActorFrame& a, const Block& b, float more, Ink* ink) {
  for (int i = 0; i < a.count; ++i) {
    const Sprite& s = a.sprites[i];
    if (!Reaches(s, b, more)) continue;
    const Lanes dx = (b.x - s.x) * s.inverse, dy = (b.y - s.y) * s.inverse;
    const Lanes u = dx * s.cosine + dy * s.sine, v = dy * s.cosine - dx * s.sine;
    Ink one;
    const float lx = a.light_x * s.cosine + a.light_y * s.sine;
    const float ly = a.light_y * s.cosine - a.light_x * s.sine;
    Pen pen{a, s, u * s.flip, v, s.edge, s.phase, lx * s.flip, ly, &one};
    PaintLocal(pen);
    // A pixel is inside of the box by its own place, not by that of its block: blocks differ in
    // size between processors.
    const LaneMask inside =
        Max(Abs(b.x - s.x) - (s.reach_x + more), Abs(b.y - s.y) - (s.reach_y + more)) < 0.0f;
    one.colour = one.colour * Select(inside, 1.0f, 0.0f);
    one.cover = Select(inside, one.cover, 0.0f);
    one.distance = Select(inside, one.distance, 1e3f);
    ink->colour = ink->colour * (1.0f - one.cover) + one.colour;
    ink->cover = one.cover + ink->cover * (1.0f - one.cover);
    ink->distance = Min(ink->distance, one.distance * (1 / s.inverse));
  }
}

// Light around what shines by itself.
HWY_INLINE Rgb Glow(const ActorFrame& a, const Block& b, Rgb c) {
  for (int i = 0; i < a.count; ++i) {
    const Sprite& s = a.sprites[i];
    const float reach = 2.1f * std::fmax(s.reach_x, s.reach_y);
    if (b.x_max < s.x - reach || b.x_min > s.x + reach || b.y_max < s.y - reach ||
        b.y_min > s.y + reach)
      continue;
    const Lanes q = (Square(b.x - s.x) + Square(b.y - s.y)) * (1 / (reach * reach));
    c = c + Rgb(a.light) * (Blob(q) * Blob(q) * a.glow);
  }
  return c;
}

HWY_INLINE void DrawActor(const FrameSetup& f, const ActorFrame& a, const Block& b, Rgb* c,
                          Lanes* cover) {
  *cover = 0.0f;
  if (!a.present) return;
  if (a.glow > 0) *c = Glow(a, b, *c);
  const bool lined = f.look == Look::kInk || f.look == Look::kNeon;
  Ink ink;
  PaintActor(a, b, lined ? 0.05f : 0.0f, &ink);
  const Rgb hazed = Mix(ink.colour, Rgb(f.haze) * ink.cover, a.haze);
  *c = *c * (1.0f - ink.cover) + hazed;
  *cover = ink.cover;
  if (f.look == Look::kInk) {
    *c = Mix(*c, Rgb(Colour3{0.08f, 0.08f, 0.1f}), CoverLine(ink.distance, 0.0045f, f.step) * 0.9f);
  } else if (f.look == Look::kNeon) {
    const Lanes out = Max(ink.distance, 0.0f) * 22.0f;
    *c = *c + Rgb(a.light) * (CoverLine(ink.distance, 0.0045f, f.step) * 0.8f +
                              Blob(out) * 0.55f * (1.0f - ink.cover));
  }
}

// The subject upside down in the water, or its shadow on the ground.
HWY_INLINE Rgb Below(const FrameSetup& f, const ActorFrame& a, const Block& b, Rgb c) {
  if (!a.present) return c;
  if (a.mirrored) {
    const float reach = (a.foot_y - b.y_min) + 0.01f;
    if (reach < 0) return c;
    const Spot s = SpotOf(f, b.x, b.y);
    const Lanes off = Ripple(f, s) * (f.ground.wave * 0.028f);
    Block m = b;
    m.x = b.x + off;
    m.y = 2.0f * a.foot_y - b.y + off * 0.6f;
    m.x_min -= 0.03f, m.x_max += 0.03f;
    m.y_min = 2 * a.foot_y - b.y_max - 0.03f, m.y_max = 2 * a.foot_y - b.y_min + 0.03f;
    Ink ink;
    PaintActor(a, m, 0, &ink);
    return Mix(c, ink.colour + c * (1.0f - ink.cover),
               0.62f * Clamp01((a.foot_y - b.y) * 90.0f + 0.5f));
  }
  if (a.shadow <= 0) return c;
  // On the ground: darkest at the foot, then along the way that the light goes.
  for (int i = 0; i < a.count; ++i) {
    const Sprite& s = a.sprites[i];
    const Lanes dx = b.x - s.x - a.shadow_skew * 0.5f * s.reach_x, dy = b.y - s.ground_y + 0.01f;
    const float rx = s.reach_x * (1.05f + 0.4f * std::fabs(a.shadow_skew)),
                ry = 0.06f * a.shadow_stretch;
    c = c * (1.0f - Blob(Square(dx * (1 / rx)) + Square(dy * (1 / ry))) * a.shadow);
  }
  return c;
}

struct Shares {
  HWY_INLINE Shares() {}
  Lanes map[kMapCount];
};

// A block's colours. With `shares`, what they are of too.
HWY_INLINE Rgb Shade(const FrameSetup& f, const Block& b, Shares* shares) {
  Seen seen, mirrored;
  Lanes ground = 0.0f;
  Rgb c;
  if (f.ground.kind == GroundKind::kSeabed) {
    c = Seabed(f, b.x, b.y, &ground);
    seen.light = seen.far = 0.0f;
  } else {
    const bool land = f.ground.kind < GroundKind::kDarkHill;
    // Where a row of ground is all there is, the backdrop need not be worked out.
    const bool closed = land || f.ground.kind == GroundKind::kClouds;
    const float dip = f.ground.kind == GroundKind::kStorm ? 0.02f : 0.0f;  // of its horizon
    const bool open = !closed || b.y_max + 2 * f.step > f.horizon - dip;
    if (open) Backdrop(f, b.x, b.y, b.y_min, &seen);
    c = seen.colour;
    if (f.ground.kind == GroundKind::kSpace) {
      c = Planet(f, b.x, b.y, c, &ground);
    } else if (f.ground.kind == GroundKind::kClouds) {
      c = CloudSea(f, b.x, b.y, b.y_min, b.y_max, c, &ground);
    } else if (b.y_min - 0.1f < f.horizon) {
      Lanes line = f.horizon;
      if (f.ground.kind == GroundKind::kDarkHill) {
        const Lanes u = b.x * f.ground.scale + f.ground.pan * 0.4f;
        line = f.horizon + 0.05f * SinTurn(u * 0.42f + 0.1f) + 0.02f * SinTurn(u * 1.1f);
      } else if (f.ground.kind == GroundKind::kStorm) {
        line = f.horizon + 0.012f * SinTurn(b.x * 2.2f + f.time_s * 0.2f + f.ground.pan);
      }
      ground = Cover(b.y - line, f.step);
      Rgb below;
      Ground(f, b.x, Min(b.y, line), b.y_min, b.y_max, &below, &mirrored);
      below = Below(f, f.actors[1], b, Below(f, f.actors[0], b, below));
      // Haze towards the horizon.
      const Lanes near = Clamp01((f.horizon - b.y) * 9.0f);
      below = Mix(below, Rgb(f.haze), (1.0f - near) * (1.0f - near) * 0.6f);
      c = Mix(c, below, ground);
    }
  }
  const int order[2] = {f.second_in_front ? 0 : 1, f.second_in_front ? 1 : 0};
  Lanes cover[2];
  Lanes left = 1.0f;
  DrawActor(f, f.actors[order[0]], b, &c, &cover[order[0]]);
  DrawActor(f, f.actors[order[1]], b, &c, &cover[order[1]]);
  cover[order[0]] *= 1.0f - cover[order[1]];
  left = 1.0f - cover[0] - cover[1];
  c = FallingThings(f, b.x, b.y, c);
  if (shares != nullptr) {
    const Lanes open = left * (1.0f - ground);
    shares->map[static_cast<int>(MapKind::kGround)] = left * ground;
    shares->map[static_cast<int>(MapKind::kFar)] = open * seen.far;
    shares->map[static_cast<int>(MapKind::kLight)] = open * seen.light;
    shares->map[static_cast<int>(MapKind::kSky)] = open * (1.0f - seen.far - seen.light);
    shares->map[static_cast<int>(MapKind::kFirst)] = cover[0];
    shares->map[static_cast<int>(MapKind::kSecond)] = cover[1];
  }
  return Finish(f, b.x, b.y, c, 1.0f - left);
}

HWY_INLINE void StoreBytes(Lanes c, float* lanes) {
  hn::StoreU((c * 255.0f + 0.5f).v, FloatTag(), lanes);
}

void RowsHere(const FrameSetup& f, uint32_t width_px, uint32_t height_px, uint8_t* rgb,
              float* coverage) {
  const Lanes index = hn::Iota(FloatTag(), 0.0f);
  HWY_ALIGN float r[kLaneCount], g[kLaneCount], b[kLaneCount];
  Shares shares;
  for (uint32_t row = 0; row < height_px; ++row) {
    Block block;
    const float y = f.y_first - f.step * static_cast<float>(row);
    block.y = y;
    block.y_min = y - f.step, block.y_max = y + f.step;
    for (uint32_t at = 0; at < width_px; at += kLaneCount) {
      block.x = f.x_first + f.step * (index + static_cast<float>(at));
      block.x_min = f.x_first + f.step * (static_cast<float>(at) - 1);
      block.x_max = block.x_min + f.step * static_cast<float>(kLaneCount + 1);
      const Rgb c = Shade(f, block, coverage == nullptr ? nullptr : &shares);
      const uint32_t end = std::min<uint32_t>(kLaneCount, width_px - at);
      const size_t pixel = size_t{row} * width_px + at;
      if (rgb != nullptr) {
        StoreBytes(c.r, r), StoreBytes(c.g, g), StoreBytes(c.b, b);
        for (uint32_t i = 0; i < end; ++i) {
          rgb[(pixel + i) * 3] = static_cast<uint8_t>(r[i]);
          rgb[(pixel + i) * 3 + 1] = static_cast<uint8_t>(g[i]);
          rgb[(pixel + i) * 3 + 2] = static_cast<uint8_t>(b[i]);
        }
      }
      for (size_t m = 0; coverage != nullptr && m < kMapCount; ++m) {
        hn::StoreU(shares.map[m].v, FloatTag(), r);
        float* out = coverage + m * width_px * height_px + pixel;
        for (uint32_t i = 0; i < end; ++i) out[i] = r[i];
      }
    }
  }
}

}  // namespace aozora::world::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::world {

HWY_EXPORT(RowsHere);

void RenderRows(const FrameSetup& frame, uint32_t width_px, uint32_t height_px, uint8_t* rgb,
                float* coverage) {
  HWY_DYNAMIC_DISPATCH(RowsHere)(frame, width_px, height_px, rgb, coverage);
}

}  // namespace aozora::world
#endif  // HWY_ONCE
