// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/mini/painter_sprite.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "models/mini/painter_kernels.h"
#include "models/mini/painter_lanes_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::mini::HWY_NAMESPACE {

constexpr float kSpriteWindow = 1.4f;  // local units; nothing is painted beyond

struct LocalPoint {
  Lanes u, v;
};

HWY_INLINE LocalPoint LocalOf(const ActorSetup& actor, Lanes x, Lanes y) {
  const Lanes dx = (x - actor.x) * actor.inverse, dy = (y - actor.y) * actor.inverse;
  return {(dx * actor.cosine + dy * actor.sine) * actor.flip, dy * actor.cosine - dx * actor.sine};
}

HWY_INLINE void PutSpriteInputs(LocalPoint at, float fine_share, float* to) {
  constexpr float kFrequencies[] = {0.25f, 0.5f, 1, 2, 4};
  const auto put = [&](Lanes value) HWY_ATTR {
    Store(value, to);
    to += kBlockPoints;
  };
  put(at.u);
  put(at.v);
  for (const Lanes& place : {at.u, at.v}) {
    for (const float f : kFrequencies) put(CosTurns(place * f));
    for (const float f : kFrequencies) put(SinTurns(place * f));
  }
  for (const Lanes& place : {at.u, at.v}) {
    put(CosTurns(place * kSpriteFinest) * fine_share);
    put(SinTurns(place * kSpriteFinest) * fine_share);
  }
}

// The logit and the colour at all points of the grid's row, the logit without regard to the window.
void PaintSpriteRow(const ActorSetup& actor, const PixelFrame& frame, int32_t row,
                    BlockScratch& scratch, PointGrid& grid) {
  const Lanes y = frame.Y(grid.PixelRow(row));
  const auto columns = static_cast<size_t>(grid.columns);
  for (size_t begin = 0; begin < columns; begin += kBlockPoints) {
    const size_t count = std::min(kBlockPoints, columns - begin);
    for (size_t point = 0; point < count; point += kLanes) {
      const auto column = static_cast<float>(grid.PixelColumn(static_cast<int64_t>(begin + point)));
      const Lanes x =
          (MulAdd(Count(), static_cast<float>(grid.stride), column) - frame.middle_x) * frame.pixel;
      PutSpriteInputs(LocalOf(actor, x, y), actor.fine_share, scratch.inputs() + point);
    }
    const float* out = RunNetwork(actor.network, count, scratch);
    for (int32_t channel = 0; channel < kSpriteChannels; ++channel) {
      const float scale = channel == kSpriteLogit ? actor.logit_scale : 1;
      float* to = grid.Row(channel, row) + begin;
      for (size_t point = 0; point < count; point += kLanes) {
        Store(Load(out + channel * kBlockPoints + point) * scale, to + point);
      }
    }
  }
}

// The points of a cell, row by row.
HWY_INLINE void PaintCell(const ActorSetup& actor, const PixelFrame& frame, int32_t left_px,
                          int32_t top_px, BlockScratch& scratch, size_t pitch,
                          float* const (&to)[kSpriteChannels]) {
  float xs[kBlockPoints], ys[kBlockPoints];
  for (int32_t row = 0; row < kCellSide; ++row) {
    for (int32_t column = 0; column < kCellSide; ++column) {
      xs[row * kCellSide + column] = frame.X(left_px + column);
      ys[row * kCellSide + column] = frame.Y(top_px + row);
    }
  }
  float shares[kBlockPoints];
  for (size_t point = 0; point < kBlockPoints; point += kLanes) {
    PutSpriteInputs(LocalOf(actor, Load(xs + point), Load(ys + point)), actor.fine_share,
                    scratch.inputs() + point);
  }
  const float* out = RunNetwork(actor.network, kBlockPoints, scratch);
  for (size_t point = 0; point < kBlockPoints; point += kLanes) {
    const LocalPoint at = LocalOf(actor, Load(xs + point), Load(ys + point));
    const auto inside = hn::And(hn::Lt(hn::Abs(at.u.v), Lanes(kSpriteWindow).v),
                                hn::Lt(hn::Abs(at.v.v), Lanes(kSpriteWindow).v));
    const Lanes share = Sigmoid(Load(out + point) * actor.logit_scale);
    Store(hn::IfThenElseZero(inside, share.v), shares + point);
  }
  for (int32_t channel = 0; channel < kSpriteChannels; ++channel) {
    const float* from = channel == kSpriteLogit ? shares : out + channel * kBlockPoints;
    for (size_t row = 0; row < kCellSide; ++row) {
      std::copy_n(from + row * kCellSide, kCellSide, to[channel] + row * pitch);
    }
  }
}

// Points of the grid that a cell's pixels lie between: the first, and how many, both ways.
constexpr int32_t kCellPoints = kCellSide / kSpriteStride + 3;

enum class CellKind : uint8_t { kEmpty, kEdge, kWithin };

// What the logits around a cell say about it. Between points the logit can differ from theirs by
// what it changes over the distance to the nearest, at most 0.71 strides away: the largest step
// seen here, or that of a true distance (four for each pixel) if that is more.
CellKind KindOf(const PointGrid& grid, int32_t column, int32_t row) {
  constexpr float kSure = 9;  // the share is then within 1.3e-4 of 0 or 1
  float low = grid.Row(kSpriteLogit, row)[column], high = low, step = 4.0f * kSpriteStride;
  for (int32_t y = 0; y < kCellPoints; ++y) {
    const float* here = grid.Row(kSpriteLogit, row + y) + column;
    const float* above = y > 0 ? grid.Row(kSpriteLogit, row + y - 1) + column : here;
    for (int32_t x = 0; x < kCellPoints; ++x) {
      if (!std::isfinite(here[x])) return CellKind::kEdge;
      low = std::min(low, here[x]);
      high = std::max(high, here[x]);
      step = std::max(
          {step, std::fabs(here[x] - above[x]), x > 0 ? std::fabs(here[x] - here[x - 1]) : 0.0f});
    }
  }
  const float between = 0.71f * step;
  if (high + between < -kSure) return CellKind::kEmpty;
  return low - between > kSure ? CellKind::kWithin : CellKind::kEdge;
}

// The cell's pixels from the grid's points around them, by Catmull and Rom's cubic both ways.
HWY_INLINE void InterpolateCell(const PointGrid& grid, int32_t column, int32_t row, size_t pitch,
                                float* const (&to)[kSpriteChannels]) {
  constexpr size_t kTaps = 4;
  using RowTag = hn::CappedTag<float, kCellSide>;
  const RowTag d;
  float weights[kSpriteStride][kTaps];
  // Of a pixel of the cell, how much each point of a row counts.
  float across[kCellPoints][kCellSide] = {};
  for (int32_t phase = 0; phase < kSpriteStride; ++phase) {
    CubicWeights(static_cast<float>(phase) / kSpriteStride, weights[phase]);
  }
  for (int32_t x = 0; x < kCellSide; ++x) {
    for (size_t tap = 0; tap < kTaps; ++tap) {
      across[static_cast<size_t>(x / kSpriteStride) + tap][x] = weights[x % kSpriteStride][tap];
    }
  }
  for (int32_t channel = 0; channel < kSpriteChannels; ++channel) {
    if (channel == kSpriteLogit) {
      for (size_t y = 0; y < kCellSide; ++y) std::fill_n(to[channel] + y * pitch, kCellSide, 1.0f);
      continue;
    }
    for (int32_t y = 0; y < kCellSide; ++y) {
      float line[kCellPoints] = {};
      for (int32_t tap = 0; tap < static_cast<int32_t>(kTaps); ++tap) {
        const float weight = weights[y % kSpriteStride][tap];
        const float* from = grid.Row(channel, row + y / kSpriteStride + tap) + column;
        for (size_t i = 0; i < kCellPoints; ++i) line[i] += weight * from[i];
      }
      float* out = to[channel] + static_cast<size_t>(y) * pitch;
      for (size_t x = 0; x < kCellSide; x += hn::Lanes(d)) {
        auto sum = hn::Zero(d);
        for (size_t i = 0; i < kCellPoints; ++i) {
          sum = hn::MulAdd(hn::Set(d, line[i]), hn::LoadU(d, across[i] + x), sum);
        }
        hn::StoreU(sum, d, out + x);
      }
    }
  }
}

enum class Window : uint8_t { kOutside, kCrossed, kInside };

// Where a cell lies to the window of the actor, with what is around it.
Window WindowOf(const ActorSetup& actor, const PixelFrame& frame, int32_t left_px, int32_t top_px) {
  const float middle = 0.5f * (kCellSide - 1);
  const float dx = (frame.X(left_px) + middle * frame.pixel - actor.x) * actor.inverse;
  const float dy = (frame.Y(top_px) - middle * frame.pixel - actor.y) * actor.inverse;
  const float u = dx * actor.cosine + dy * actor.sine, v = dy * actor.cosine - dx * actor.sine;
  const float radius = (kCellSide + 2.0f * kSpriteStride) * 0.71f * frame.pixel * actor.inverse;
  const float far = std::max(std::fabs(u), std::fabs(v));
  if (!(far - radius < kSpriteWindow)) return Window::kOutside;
  return far + radius < kSpriteWindow ? Window::kInside : Window::kCrossed;
}

void PaintSpriteCells(const ActorSetup& actor, const PixelFrame& frame, const PointGrid* grid,
                      int32_t top_px, BlockScratch& scratch, SpriteStrip& strip) {
  for (int32_t cell = strip.first_cell; cell < strip.end_cell; ++cell) {
    const int32_t left_px = cell * kCellSide;
    float* to[kSpriteChannels];
    for (size_t c = 0; c < kSpriteChannels; ++c) to[c] = strip.values[c].data() + left_px;
    const Window window = WindowOf(actor, frame, left_px, top_px);
    CellKind kind = window == Window::kOutside ? CellKind::kEmpty : CellKind::kEdge;
    int32_t column = 0, row = 0;
    if (window == Window::kInside && grid != nullptr) {
      column = (left_px - grid->left_px) / kSpriteStride;
      row = (top_px - grid->top_px) / kSpriteStride;
      kind = KindOf(*grid, column, row);
    }
    switch (kind) {
      case CellKind::kEmpty:
        for (size_t y = 0; y < kCellSide; ++y)
          std::fill_n(to[0] + y * strip.pitch, kCellSide, 0.0f);
        break;
      case CellKind::kEdge:
        PaintCell(actor, frame, left_px, top_px, scratch, strip.pitch, to);
        break;
      case CellKind::kWithin:
        InterpolateCell(*grid, column, row, strip.pitch, to);
        break;
    }
  }
}

}  // namespace aozora::mini::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::mini {

HWY_EXPORT(PaintSpriteRow);
HWY_EXPORT(PaintSpriteCells);

void PaintSpriteRow(const ActorSetup& actor, const PixelFrame& frame, int32_t row,
                    BlockScratch& scratch, PointGrid& grid) {
  HWY_DYNAMIC_DISPATCH(PaintSpriteRow)(actor, frame, row, scratch, grid);
}

void PaintSpriteCells(const ActorSetup& actor, const PixelFrame& frame, const PointGrid* grid,
                      int32_t top_px, BlockScratch& scratch, SpriteStrip& strip) {
  HWY_DYNAMIC_DISPATCH(PaintSpriteCells)(actor, frame, grid, top_px, scratch, strip);
}

SpriteStrip::SpriteStrip(int32_t width_px)
    : pitch(static_cast<size_t>((width_px + kCellSide - 1) / kCellSide) * kCellSide) {
  // A vector of ComposeRow may look behind the last row.
  for (std::vector<float>& channel : values) channel.resize(pitch * kCellSide + kBlockPoints);
}

}  // namespace aozora::mini
#endif  // HWY_ONCE
