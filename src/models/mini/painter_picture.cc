// SPDX-License-Identifier: Apache-2.0
#include "models/mini/painter_picture.h"

#include <algorithm>
#include <cmath>

namespace aozora::mini {
namespace {

constexpr float kSpriteReach = 1.98f;  // half the diagonal of a window of 1.4, local units

// A picture of any shape has the area of one of 16:9 that is 1 high (trainer/painter_data.cc).
double PixelOf(uint32_t width_px, uint32_t height_px) {
  return 1 / std::sqrt(double{1} * width_px * height_px * 9 / 16);
}

// `value` as a whole number of [low, high], whatever it is.
int32_t Bounded(float value, int32_t low, int32_t high) {
  if (!(value > static_cast<float>(low))) return low;
  return value < static_cast<float>(high) ? static_cast<int32_t>(value) : high;
}

int32_t CellsUp(int32_t pixels) { return (pixels + kCellSide - 1) / kCellSide; }

}  // namespace

PictureWork WorkOf(uint32_t width_px, uint32_t height_px, uint32_t grid_rows) {
  const double rows = 1 / PixelOf(width_px, height_px);
  PictureWork work;
  // A little less, so that a picture of just that many rows is not halved by rounding.
  work.stride = std::max(static_cast<int32_t>(std::ceil(rows / grid_rows - 1e-6)), 1);
  work.grid_points = double{1} * width_px * height_px / (work.stride * work.stride);
  return work;
}

PicturePainter::Worker::Worker(const PainterSizes& sizes, const PixelFrame& frame)
    : block(sizes),
      row(frame.width_px),
      sprites(kActorsMax, SpriteStrip(frame.width_px)),
      pixels(size_t{3} * static_cast<size_t>(frame.width_px) * kCellSide) {}

PicturePainter::PicturePainter(PainterWeights weights, uint32_t width_px, uint32_t height_px,
                               uint32_t grid_rows)
    : tables_(std::move(weights)) {
  CHECK(width_px > 0 && height_px > 0 && grid_rows > 0);
  const double pixel = PixelOf(width_px, height_px);
  frame_.width_px = static_cast<int32_t>(width_px);
  frame_.height_px = static_cast<int32_t>(height_px);
  frame_.pixel = static_cast<float>(pixel);
  frame_.middle_x = static_cast<float>((width_px - 1) / 2.0);
  frame_.middle_y = static_cast<float>((height_px - 1) / 2.0);
  stride_ = WorkOf(width_px, height_px, grid_rows).stride;
  backdrop_.Cover(kBackdropChannels, stride_, 0, 0, frame_.width_px, frame_.height_px);
  sprites_.resize(kActorsMax);
}

PicturePainter::Box PicturePainter::BoxOf(const ActorSetup& actor) const {
  const float reach = kSpriteReach / actor.inverse / frame_.pixel;
  const float column = actor.x / frame_.pixel + frame_.middle_x;
  const float row = frame_.middle_y - actor.y / frame_.pixel;
  const auto whole = [](int32_t px) { return px / kCellSide * kCellSide; };
  Box box;
  box.left = whole(Bounded(column - reach, 0, frame_.width_px));
  box.top = whole(Bounded(row - reach, 0, frame_.height_px));
  box.right = whole(Bounded(column + reach + kCellSide, 0, frame_.width_px + kCellSide - 1));
  box.bottom = whole(Bounded(row + reach + kCellSide, 0, frame_.height_px + kCellSide - 1));
  return box;
}

void PicturePainter::PaintGrids(ThreadPool& pool, const CancelToken& cancel,
                                const PictureSetup& picture, std::span<const Box> boxes) {
  struct Row {
    int32_t actor, row;  // actor -1: the backdrop
  };
  std::vector<Row> rows;
  for (int32_t row = 0; row < backdrop_.rows; ++row) rows.push_back({-1, row});
  for (size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    if (stride_ == 1 || box.empty()) continue;
    sprites_[i].Cover(kSpriteChannels, kSpriteStride, box.left, box.top, box.right, box.bottom);
    for (int32_t row = 0; row < sprites_[i].rows; ++row) {
      rows.push_back({static_cast<int32_t>(i), row});
    }
  }
  pool.ParallelFor(rows.size(), [&](uint64_t task, uint32_t worker) {
    if (cancel.cancelled()) return;
    const auto [actor, row] = rows[task];
    BlockScratch& scratch = workers_[worker].block;
    if (actor < 0) {
      PaintBackdropRow(tables_.weights(), picture, frame_, row, scratch, backdrop_);
    } else {
      const auto index = static_cast<size_t>(actor);
      PaintSpriteRow(picture.actors[index], frame_, row, scratch, sprites_[index]);
    }
  });
}

void PicturePainter::PaintStrip(const PictureSetup& picture, std::span<const Box> boxes,
                                int32_t top_px, Worker& worker, const StripSink& sink) const {
  for (size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    SpriteStrip& strip = worker.sprites[i];
    const bool shows = !box.empty() && box.top <= top_px && top_px < box.bottom;
    strip.first_cell = shows ? box.left / kCellSide : 0;
    strip.end_cell = shows ? box.right / kCellSide : 0;
    const PointGrid* grid = stride_ == 1 ? nullptr : &sprites_[i];
    if (shows) PaintSpriteCells(picture.actors[i], frame_, grid, top_px, worker.block, strip);
  }
  const int32_t row_count = std::min(kCellSide, frame_.height_px - top_px);
  const auto pitch = size_t{3} * static_cast<size_t>(frame_.width_px);
  const auto sprites = std::span(worker.sprites).first(boxes.size());
  for (int32_t row = 0; row < row_count; ++row) {
    ComposeRow(tables_.weights(), picture, frame_, backdrop_, sprites, top_px + row, worker.row,
               worker.pixels.data() + static_cast<size_t>(row) * pitch);
  }
  sink(static_cast<uint32_t>(top_px), static_cast<uint32_t>(row_count),
       std::span(worker.pixels).first(pitch * static_cast<size_t>(row_count)));
}

Status PicturePainter::Paint(ThreadPool& pool, const CancelToken& cancel, const SlotStates& states,
                             double time_s, const StripSink& sink) {
  while (workers_.size() < pool.thread_count()) {
    workers_.emplace_back(tables_.weights().sizes, frame_);
  }
  const float grid = frame_.pixel * static_cast<float>(stride_);
  const PictureSetup picture = tables_.SetUp(states, time_s, frame_.pixel, grid);
  std::vector<Box> boxes;
  for (const ActorSetup& actor : picture.actors) boxes.push_back(BoxOf(actor));
  PaintGrids(pool, cancel, picture, boxes);
  const auto strip_count = static_cast<uint64_t>(CellsUp(frame_.height_px));
  pool.ParallelFor(strip_count, [&](uint64_t task, uint32_t worker) {
    if (cancel.cancelled()) return;
    PaintStrip(picture, boxes, static_cast<int32_t>(task) * kCellSide, workers_[worker], sink);
  });
  return cancel.cancelled() ? Status(Error::Cancelled()) : Ok();
}

}  // namespace aozora::mini
