// SPDX-License-Identifier: Apache-2.0
// The loops over points of models/mini/painter_picture.h, each for one thread, on whatever
// instructions the processor has. Results do not depend on how points are divided into calls.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/mini/painter_setup.h"

namespace aozora::mini {

// Points that a coordinate network runs on at once.
inline constexpr size_t kBlockPoints = 64;

// sum += chance * values of each class, classes one after the other in `values`.
void MixInto(std::span<const float> chances, std::span<const float> values, std::span<float> sum);

// How much the two points before and the two behind count at a share of the way from the second to
// the third: Catmull & Rom's cubic.
inline void CubicWeights(float f, float (&weights)[4]) {
  const float f2 = f * f, f3 = f2 * f;
  weights[0] = 0.5f * (-f + 2 * f2 - f3);
  weights[1] = 0.5f * (2 - 5 * f2 + 3 * f3);
  weights[2] = 0.5f * (f + 4 * f2 - 3 * f3);
  weights[3] = 0.5f * (-f2 + f3);
}

// What a network needs for a block: inputs [in][kBlockPoints] and two layers of hidden values.
class BlockScratch {
 public:
  explicit BlockScratch(const PainterSizes& sizes);
  float* inputs() { return inputs_.data(); }
  float* hidden(size_t which) { return hidden_[which].data(); }

 private:
  std::vector<float> inputs_;
  std::array<std::vector<float>, 2> hidden_;
};

// Where the points of a picture lie: x = (column - middle_x) * pixel, y = (middle_y - row) * pixel.
struct PixelFrame {
  int32_t width_px = 0, height_px = 0;
  float pixel = 0;  // side, picture units
  float middle_x = 0, middle_y = 0;

  float X(int64_t column) const { return (static_cast<float>(column) - middle_x) * pixel; }
  float Y(int64_t row) const { return (middle_y - static_cast<float>(row)) * pixel; }
};

// Values at every `stride`-th pixel both ways, of the pixels -stride, 0, stride, 2 stride ... so
// that each pixel has two points on all sides; a plane for each channel.
struct PointGrid {
  // Covers pixels [left, right) x [top, bottom) from now on; left and top are multiples of the
  // stride. Memory that it has is used again, with whatever is in it.
  void Cover(int32_t channel_count, int32_t grid_stride, int32_t left, int32_t top, int32_t right,
             int32_t bottom);

  int32_t stride = 1;
  int32_t left_px = 0, top_px = 0;
  int32_t columns = 0, rows = 0;
  size_t pitch = 0;  // values from row to row
  size_t plane = 0;  // values from channel to channel
  std::vector<float> values;

  int64_t PixelColumn(int64_t column) const { return left_px + (column - 1) * stride; }
  int64_t PixelRow(int64_t row) const { return top_px + (row - 1) * stride; }
  float* Row(int32_t channel, int64_t row) {
    return values.data() + static_cast<size_t>(channel) * plane + static_cast<size_t>(row) * pitch;
  }
  const float* Row(int32_t channel, int64_t row) const {
    return const_cast<PointGrid*>(this)->Row(channel, row);
  }
};

// Channels of the backdrop's grid.
enum BackdropChannel : int32_t {
  kSky = 0,
  kLand = 3,
  kSkyLogit = 6,
  kVeil = 7,
  kFirstSheet = 8,
  kBackdropChannels = kFirstSheet + kSheetKinds,
};
// One row of the grid.
void PaintBackdropRow(const PainterWeights& weights, const PictureSetup& picture,
                      const PixelFrame& frame, int32_t row, BlockScratch& scratch, PointGrid& grid);

// Channels of an actor's grid and cells.
enum SpriteChannel : int32_t { kSpriteLogit = 0, kSpriteColour = 1, kSpriteChannels = 4 };
void PaintSpriteRow(const ActorSetup& actor, const PixelFrame& frame, int32_t row,
                    BlockScratch& scratch, PointGrid& grid);

// Square pieces of a picture that are painted as a block.
inline constexpr int32_t kCellSide = 8;
static_assert(size_t{kCellSide} * kCellSide == kBlockPoints);

// An actor in kCellSide rows of a picture: its share of each pixel and its colour.
struct SpriteStrip {
  explicit SpriteStrip(int32_t width_px);
  size_t pitch;                          // whole cells
  int32_t first_cell = 0, end_cell = 0;  // of the columns that it may show in; the rest is empty
  std::array<std::vector<float>, kSpriteChannels> values;  // share, colour: [kCellSide][pitch]
};
// Paints the cells from strip.first_cell on at `top_px`. With a grid (of stride kSpriteStride),
// only edges are painted point by point: what lies within is smooth. `grid` may be null.
inline constexpr int32_t kSpriteStride = 4;
void PaintSpriteCells(const ActorSetup& actor, const PixelFrame& frame, const PointGrid* grid,
                      int32_t top_px, BlockScratch& scratch, SpriteStrip& strip);

// One row of the picture, [width][3] from -1 to 1: backdrop, actors (the foremost first), veil and
// what falls.
class RowScratch {
 public:
  explicit RowScratch(int32_t width_px);
  float* channel(int32_t index) { return values_.data() + static_cast<size_t>(index) * pitch_; }
  float* columns() { return columns_.data(); }

 private:
  size_t pitch_;
  std::vector<float> values_, columns_;
};
void ComposeRow(const PainterWeights& weights, const PictureSetup& picture, const PixelFrame& frame,
                const PointGrid& backdrop, std::span<const SpriteStrip> sprites, int32_t row,
                RowScratch& scratch, float* out);

}  // namespace aozora::mini
