// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/mini/painter_backdrop.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "models/mini/painter_kernels.h"
#include "models/mini/painter_lanes_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::mini::HWY_NAMESPACE {

// The constants of trainer/painter.{h,cc}.
constexpr float kCameraHeight = 0.4f;  // above the ground, world units
constexpr float kSkyDepth = 0.12f;     // 1 / distance
constexpr float kSubjectDepthHere = 0.6f;
constexpr float kDownMin = 0.004f;      // below the horizon
constexpr float kCloudDrift = 0.0133f;  // world units a second
constexpr float kFarReach = 2.0f;       // of the table, world units to both sides
constexpr float kSkyReach = 1.7f, kSkyTop = 1.0f;
constexpr float kGroundReach = 3.0f;
constexpr float kGroundLogNear = -0.6f, kGroundLogFar = 2.6f;  // of the distance
constexpr float kSheetPeriodX = 2;
constexpr float kSheetPan = 0.8f, kSheetSwayHz = 0.13f;

// What one sheet is: its period in picture units, how far it slides in a second, its slant, how far
// it sways, and which of the kinds it is of.
struct SheetKind {
  float period_y, slide_y, slant, wind;
  int kind;
};
constexpr SheetKind kSheets[kSheetCount] = {{3.36f, 1.302f, 0.16f, 0, 0},
                                            {3.36f, 0.966f, 0.16f, 0, 0},
                                            {2, 0.17f, 0, 0.06f, 1},
                                            {2, 0.11f, 0, 0.06f, 1},
                                            {2, -0.16f, 0, 0, 2}};

// Puts inputs of a network one behind the other for some points of a block.
class Inputs {
 public:
  explicit Inputs(float* at) : at_(at) {}
  HWY_INLINE void Put(Lanes value) {
    Store(value, at_);
    at_ += kBlockPoints;
  }
  float* Skip(size_t count) {
    float* from = at_;
    at_ += count * kBlockPoints;
    return from;
  }

 private:
  float* at_;
};

// Position in a table of `size` values for places -1 to 1; outside, the last value goes on.
HWY_INLINE Lanes PositionOf(Lanes place, int64_t size) {
  const auto last = static_cast<float>(size - 1);
  return Clamp((place + 1.0f) * 0.5f * last, 0, last);
}

// The plane's channels at places of some points, linearly between its values: as grid_sample of
// torch with align_corners and borders repeated. `to`: [kPlaneChannels][kBlockPoints].
HWY_INLINE void LookUp(const Plane& plane, Lanes place_x, Lanes place_y, float* to) {
  float xs[kLanes], ys[kLanes];
  Store(PositionOf(place_x, plane.width), xs);
  Store(PositionOf(place_y, plane.height), ys);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    // NaN, which only nonsense weights give, becomes 0.
    const float x = xs[lane] >= 0 ? xs[lane] : 0, y = ys[lane] >= 0 ? ys[lane] : 0;
    const auto left = static_cast<int64_t>(x), top = static_cast<int64_t>(y);
    const int64_t right = std::min(left + 1, plane.width - 1);
    const int64_t bottom = std::min(top + 1, plane.height - 1);
    const float fx = x - static_cast<float>(left), fy = y - static_cast<float>(top);
    const float* a = plane.values + (top * plane.width + left) * kPlaneChannels;
    const float* b = plane.values + (top * plane.width + right) * kPlaneChannels;
    const float* c = plane.values + (bottom * plane.width + left) * kPlaneChannels;
    const float* e = plane.values + (bottom * plane.width + right) * kPlaneChannels;
    AOZORA_UNROLL
    for (size_t k = 0; k < kPlaneChannels; ++k) {
      const float upper = a[k] + (b[k] - a[k]) * fx, lower = c[k] + (e[k] - c[k]) * fx;
      to[k * kBlockPoints + lane] = upper + (lower - upper) * fy;
    }
  }
}

HWY_INLINE void PutFourier(Inputs& inputs, Lanes x, const float (&frequencies)[3]) {
  for (const float f : frequencies) inputs.Put(CosTurns(x * f));
  for (const float f : frequencies) inputs.Put(SinTurns(x * f));
}
// The same, less of it where its period is not much more than `size`.
HWY_INLINE void PutFaded(Inputs& inputs, Lanes x, Lanes size, const float (&frequencies)[3]) {
  Lanes kept[3];
  for (size_t i = 0; i < 3; ++i) kept[i] = Exp(-Square(size * (2 * frequencies[i])));
  for (size_t i = 0; i < 3; ++i) inputs.Put(CosTurns(x * frequencies[i]) * kept[i]);
  for (size_t i = 0; i < 3; ++i) inputs.Put(SinTurns(x * frequencies[i]) * kept[i]);
}

HWY_INLINE void PutMarks(Inputs& inputs, const PictureSetup& p, Lanes x, Lanes y) {
  Lanes halo[kActorsMax], shadow[kActorsMax], mirror[kActorsMax];
  for (size_t a = 0; a < kActorsMax; ++a) {
    const ActorMark& mark = p.marks[a];
    const Lanes dx = (x - mark.x) * mark.inverse, dy = (y - mark.y) * mark.inverse;
    const Lanes below = (y - mark.foot) * mark.inverse;
    const Lanes slid = dx + 0.4f * p.sun;  // shadows fall away from the light
    halo[a] = Exp((Square(dx) + Square(dy)) * -0.5f) * mark.present;
    shadow[a] = Exp(-Square(slid) - Square(below) * 16.0f) * mark.present;
    mirror[a] = Exp(Square(dx) * -1.5f - Square(below + 1.0f) * 0.5f) * Sigmoid(below * -8.0f) *
                mark.present;
  }
  for (const Lanes& value : halo) inputs.Put(value);
  for (const Lanes& value : shadow) inputs.Put(value);
  for (const Lanes& value : mirror) inputs.Put(value);
}

HWY_INLINE void PutFar(Inputs& inputs, const PictureSetup& p, Lanes x, Lanes up) {
  Lanes high[kFarLayers], edge[kFarLayers];
  for (size_t i = 0; i < kFarLayers; ++i) {
    const FarLayer& far = p.far[i];
    const Lanes across = x * (1 / far.zoom) + p.pan * far.depth;
    float* ridge = inputs.Skip(kPlaneChannels);
    LookUp(far.table, across * (1 / kFarReach), 0.0f, ridge);
    high[i] = up * (1 / far.zoom);
    edge[i] = Tanh((high[i] - Load(ridge)) * 30.0f);
  }
  for (const Lanes& value : high) inputs.Put(value);
  for (const Lanes& value : edge) inputs.Put(value);
}

// The inputs of the backdrop's network for kLanes points: x to the right, y up, picture units.
HWY_NOINLINE inline void PutBackdropInputs(const PainterWeights& weights, const PictureSetup& p,
                                           Lanes x, Lanes y, float* to) {
  Inputs inputs(to);
  const Lanes up = y - p.horizon;
  for (const Lanes& value : {x, y, up, Tanh(up * 8.0f), Tanh(up * 40.0f)}) inputs.Put(value);
  // Sky.
  const float sky_zoom = 1 + (p.zoom - 1) * (0.35f + 0.65f / kSubjectDepthHere * kSkyDepth);
  const Lanes sky_x = x * (1 / sky_zoom) + p.pan * kSkyDepth, sky_y = up * (1 / sky_zoom);
  PutFourier(inputs, sky_x, {0.5f, 1, 2});
  PutFourier(inputs, sky_y, {0.5f, 1, 2});
  const Lanes sky_row = sky_y * (2 / kSkyTop) - 1.0f;
  LookUp(p.sky_still, sky_x * (1 / kSkyReach), sky_row, inputs.Skip(kPlaneChannels));
  LookUp(p.sky_moving, (sky_x + kCloudDrift * p.time_s) * (1 / kSkyReach), sky_row,
         inputs.Skip(kPlaneChannels));
  PutFar(inputs, p, x, up);
  // Ground, in perspective; what is finer than a point's cell fades.
  const Lanes down = Max(-up, kDownMin) * (1 / p.zoom);
  const Lanes far = Lanes(kCameraHeight) / down, log_far = Log(far);
  const Lanes side = x * (1 / p.zoom) * far + p.pan;
  const Lanes edge = far * (p.footprint / p.zoom), far_edge = edge * far * (1 / kCameraHeight);
  inputs.Put(down);
  inputs.Put(log_far);
  PutFaded(inputs, side, edge, {0.5f, 1, 2});
  PutFaded(inputs, far, far_edge, {0.35f, 0.7f, 1.4f});
  const Lanes row = (log_far - kGroundLogNear) * (2 / (kGroundLogFar - kGroundLogNear)) - 1.0f;
  LookUp(p.ground, side * (1 / kGroundReach), row, inputs.Skip(kPlaneChannels));
  // Waves that travel, over land and sky.
  const Lanes calm = Lanes(1.0f) / (Square(far_edge * 6.0f) + 1.0f);
  const Lanes places[kWavePlaces] = {x, up, Clamp(side, -4, 4), Min(far, 8.0f), p.time_s};
  const float* weight = weights.wave_weight.data();
  for (const float phase : weights.wave_phase) {
    Lanes turns = phase;
    for (const Lanes& place : places) turns = MulAdd(place, *weight++, turns);
    inputs.Put(SinTurns(turns) * calm);
  }
  PutMarks(inputs, p, x, y);
}

// How much of each kind falls at some points: as LookUp in planes that repeat.
HWY_INLINE void SumSheets(const PainterWeights& weights, const PictureSetup& p, Lanes x, Lanes y,
                          Lanes (&sums)[kSheetKinds]) {
  const int64_t size = weights.sizes.sheet_side;
  for (size_t i = 0; i < kSheetCount; ++i) {
    const SheetKind& kind = kSheets[i];
    const float sway = kind.wind * std::sin(kTurn * kSheetSwayHz * p.time_s);
    const Lanes u = (x + y * kind.slant + (p.pan * kSheetPan + sway)) * (1 / kSheetPeriodX);
    const Lanes v = (y + kind.slide_y * p.time_s) * (1 / kind.period_y);
    float xs[kLanes], ys[kLanes], shares[kLanes];
    Store((u - Floor(u)) * static_cast<float>(size), xs);
    Store((v - Floor(v)) * static_cast<float>(size), ys);
    const float* sheet = weights.sheets.data() + static_cast<int64_t>(i) * size * size;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const float at_x = xs[lane] >= 0 ? xs[lane] : 0, at_y = ys[lane] >= 0 ? ys[lane] : 0;
      const int64_t left = std::min(static_cast<int64_t>(at_x), size - 1);
      const int64_t top = std::min(static_cast<int64_t>(at_y), size - 1);
      const int64_t right = left + 1 < size ? left + 1 : 0;
      const int64_t bottom = top + 1 < size ? top + 1 : 0;
      const float fx = at_x - static_cast<float>(left), fy = at_y - static_cast<float>(top);
      const float* a = sheet + top * size;
      const float* b = sheet + bottom * size;
      const float upper = a[left] + (a[right] - a[left]) * fx;
      const float lower = b[left] + (b[right] - b[left]) * fx;
      shares[lane] = upper + (lower - upper) * fy;
    }
    sums[kind.kind] = sums[kind.kind] + Load(shares);
  }
}

void PaintBackdropRow(const PainterWeights& weights, const PictureSetup& p, const PixelFrame& frame,
                      int32_t row, BlockScratch& scratch, PointGrid& grid) {
  const float step = static_cast<float>(grid.stride);
  const Lanes y = frame.Y(grid.PixelRow(row));
  const auto columns = static_cast<size_t>(grid.columns);
  for (size_t begin = 0; begin < columns; begin += kBlockPoints) {
    const size_t count = std::min(kBlockPoints, columns - begin);
    const auto x_of = [&](size_t point) HWY_ATTR {
      const auto column = static_cast<float>(grid.PixelColumn(static_cast<int64_t>(begin + point)));
      return (MulAdd(Count(), step, column) - frame.middle_x) * frame.pixel;
    };
    for (size_t point = 0; point < count; point += kLanes) {
      PutBackdropInputs(weights, p, x_of(point), y, scratch.inputs() + point);
    }
    const float* out = RunNetwork(p.backdrop, count, scratch);
    for (size_t point = 0; point < count; point += kLanes) {
      const auto to = [&](int32_t channel) { return grid.Row(channel, row) + begin + point; };
      const auto from = [&](int32_t output)
                            HWY_ATTR { return Load(out + output * kBlockPoints + point); };
      for (int32_t colour = 0; colour < 3; ++colour) {
        Store(from(colour), to(kSky + colour));
        Store(from(3 + colour), to(kLand + colour));
      }
      Store(from(6) * p.edge_scale, to(kSkyLogit));
      Store(Sigmoid(from(7) * 2.0f - 3.0f), to(kVeil));
      Lanes sums[kSheetKinds];
      SumSheets(weights, p, x_of(point), y, sums);
      for (int32_t kind = 0; kind < kSheetKinds; ++kind) {
        Store(Clamp(sums[kind] * p.gates[static_cast<size_t>(kind)], 0, 1), to(kFirstSheet + kind));
      }
    }
  }
}

void MixInto(std::span<const float> chances, std::span<const float> values, std::span<float> sum) {
  for (size_t c = 0; c < chances.size(); ++c) {
    const float* from = values.data() + c * sum.size();
    size_t i = 0;
    for (; i + kLanes <= sum.size(); i += kLanes) {
      Store(MulAdd(Load(from + i), chances[c], Load(sum.data() + i)), sum.data() + i);
    }
    for (; i < sum.size(); ++i) sum[i] = std::fma(from[i], chances[c], sum[i]);
  }
}

}  // namespace aozora::mini::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::mini {

HWY_EXPORT(PaintBackdropRow);
HWY_EXPORT(MixInto);

void PaintBackdropRow(const PainterWeights& weights, const PictureSetup& picture,
                      const PixelFrame& frame, int32_t row, BlockScratch& scratch,
                      PointGrid& grid) {
  HWY_DYNAMIC_DISPATCH(PaintBackdropRow)(weights, picture, frame, row, scratch, grid);
}

void MixInto(std::span<const float> chances, std::span<const float> values, std::span<float> sum) {
  CHECK_EQ(chances.size() * sum.size(), values.size());
  HWY_DYNAMIC_DISPATCH(MixInto)(chances, values, sum);
}

BlockScratch::BlockScratch(const PainterSizes& sizes) {
  const auto block = [](int64_t rows) { return static_cast<size_t>(rows) * kBlockPoints; };
  inputs_.resize(block(std::max<int64_t>(sizes.backdrop_inputs(), kSpriteInputs)));
  const int64_t widest = std::max<int64_t>(sizes.hidden, kBackdropOutputs) + kOutputGroup;
  for (std::vector<float>& layer : hidden_) layer.resize(block(widest));
}

void PointGrid::Cover(int32_t channel_count, int32_t grid_stride, int32_t left, int32_t top,
                      int32_t right, int32_t bottom) {
  CHECK(grid_stride > 0 && left < right && top < bottom);
  stride = grid_stride;
  left_px = left;
  top_px = top;
  // From one point before to two behind the last pixel's.
  columns = (right - 1 - left) / stride + 4;
  rows = (bottom - 1 - top) / stride + 4;
  // Vectors may be written past the end of a row.
  pitch = (static_cast<size_t>(columns) + 2 * kBlockPoints - 1) / kBlockPoints * kBlockPoints;
  plane = pitch * static_cast<size_t>(rows);
  values.resize(plane * static_cast<size_t>(channel_count));
}

}  // namespace aozora::mini
#endif  // HWY_ONCE
