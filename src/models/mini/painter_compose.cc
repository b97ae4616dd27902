// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/mini/painter_compose.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>

#include "models/mini/painter_kernels.h"
#include "models/mini/painter_lanes_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::mini::HWY_NAMESPACE {

constexpr size_t kTaps = 4;

// The pixels of one row of a channel, from the grid's points around them. `columns` has room for a
// row of the grid; `to` for whole vectors.
void EnlargeRow(const PointGrid& grid, int32_t channel, int32_t row, size_t width, float* columns,
                float* to) {
  const int32_t stride = grid.stride;
  const int32_t above = row / stride;  // the point before the one at or above the pixel
  if (stride == 1) {
    std::copy_n(grid.Row(channel, above + 1) + 1, width, to);
    return;
  }
  float weights[kTaps];
  CubicWeights(static_cast<float>(row % stride) / static_cast<float>(stride), weights);
  const auto count = static_cast<size_t>(grid.columns);
  for (size_t i = 0; i < count; i += kLanes) {
    Lanes sum = 0.0f;
    for (size_t tap = 0; tap < kTaps; ++tap) {
      sum =
          MulAdd(Load(grid.Row(channel, above + static_cast<int64_t>(tap)) + i), weights[tap], sum);
    }
    Store(sum, columns + i);
  }
  const size_t step = static_cast<size_t>(stride);
  for (int32_t phase = 0; phase < stride; ++phase) {
    CubicWeights(static_cast<float>(phase) / static_cast<float>(stride), weights);
    float part[kLanes];
    for (size_t i = 0; i * step < width; i += kLanes) {
      Lanes sum = 0.0f;
      for (size_t tap = 0; tap < kTaps; ++tap) {
        sum = MulAdd(Load(columns + i + tap), weights[tap], sum);
      }
      Store(sum, part);
      float* at = to + i * step + static_cast<size_t>(phase);
      for (size_t lane = 0; lane < kLanes; ++lane) at[lane * step] = part[lane];
    }
  }
}

// Draws the actor over the colours of a row.
HWY_INLINE void Cover(const SpriteStrip& sprite, size_t strip_row, size_t width,
                      float* const (&colours)[3]) {
  const size_t offset = strip_row * sprite.pitch;
  const auto end = std::min(static_cast<size_t>(sprite.end_cell) * kCellSide, width);
  for (size_t x = static_cast<size_t>(sprite.first_cell) * kCellSide; x < end; x += kLanes) {
    Lanes share = Load(sprite.values[kSpriteLogit].data() + offset + x);
    // The last vector may reach behind the cells that were painted.
    const float left = static_cast<float>(end - x);
    share = hn::IfThenElseZero(hn::Lt(Count().v, Lanes(left).v), share.v);
    for (size_t c = 0; c < 3; ++c) {
      const Lanes own = Load(sprite.values[kSpriteColour + c].data() + offset + x);
      const Lanes below = Load(colours[c] + x);
      // Where nothing is painted, colours may be anything.
      const Lanes mixed = Mix(below, own, share);
      Store(hn::IfThenElse(hn::Gt(share.v, Lanes(0.0f).v), mixed.v, below.v), colours[c] + x);
    }
  }
}

void ComposeRow(const PainterWeights& weights, const PictureSetup& p, const PixelFrame& frame,
                const PointGrid& backdrop, std::span<const SpriteStrip> sprites, int32_t row,
                RowScratch& scratch, float* out) {
  const auto width = static_cast<size_t>(frame.width_px);
  for (int32_t channel = 0; channel < kBackdropChannels; ++channel) {
    EnlargeRow(backdrop, channel, row, width, scratch.columns(), scratch.channel(channel));
  }
  const auto at = [&](int32_t channel, size_t x) { return scratch.channel(channel) + x; };
  for (size_t x = 0; x < width; x += kLanes) {
    const Lanes sky = Sigmoid(Load(at(kSkyLogit, x)));
    for (int32_t c = 0; c < 3; ++c) {
      Store(Mix(Load(at(kLand + c, x)), Load(at(kSky + c, x)), sky), at(kSky + c, x));
    }
  }
  float* const colours[] = {at(kSky, 0), at(kSky + 1, 0), at(kSky + 2, 0)};
  for (size_t i = sprites.size(); i-- > 0;) {  // the first stands before the others
    Cover(sprites[i], static_cast<size_t>(row % kCellSide), width, colours);
  }
  for (size_t x = 0; x < width; x += kLanes) {
    Lanes mixed[3];
    const Lanes veil = Clamp(Load(at(kVeil, x)), 0, 1);
    Lanes shares[kSheetKinds];
    for (int32_t kind = 0; kind < kSheetKinds; ++kind) {
      shares[kind] = Clamp(Load(at(kFirstSheet + kind, x)), 0, 1);
    }
    for (size_t c = 0; c < 3; ++c) {
      mixed[c] = Mix(Load(colours[c] + x), p.veil_colour[c], veil);
      for (size_t kind = 0; kind < kSheetKinds; ++kind) {
        mixed[c] = Mix(mixed[c], weights.sheet_colour[kind * 3 + c], shares[kind]);
      }
      mixed[c] = mixed[c] * 2.0f - 1.0f;  // 0 to 1 becomes -1 to 1
    }
    if (x + kLanes <= width) {
      hn::StoreInterleaved3(mixed[0].v, mixed[1].v, mixed[2].v, FloatTag(), out + 3 * x);
      continue;
    }
    float last[3 * kLanes];
    hn::StoreInterleaved3(mixed[0].v, mixed[1].v, mixed[2].v, FloatTag(), last);
    std::copy_n(last, 3 * (width - x), out + 3 * x);
  }
}

}  // namespace aozora::mini::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::mini {

HWY_EXPORT(ComposeRow);

void ComposeRow(const PainterWeights& weights, const PictureSetup& picture, const PixelFrame& frame,
                const PointGrid& backdrop, std::span<const SpriteStrip> sprites, int32_t row,
                RowScratch& scratch, float* out) {
  HWY_DYNAMIC_DISPATCH(ComposeRow)
  (weights, picture, frame, backdrop, sprites, row, scratch, out);
}

RowScratch::RowScratch(int32_t width_px)
    // Vectors may be written past the end of a row, one for each phase of a stride.
    : pitch_(static_cast<size_t>(width_px) + 16 * kBlockPoints),
      values_(pitch_ * kBackdropChannels),
      columns_(pitch_) {}

}  // namespace aozora::mini
#endif  // HWY_ONCE
