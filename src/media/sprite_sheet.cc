// SPDX-License-Identifier: Apache-2.0
#include "media/sprite_sheet.h"

#include <cstring>

#include "media/image_io.h"
#include "media/scale.h"

namespace aozora {
namespace {

constexpr uint64_t kFrameCountMax = 1'000'000;  // keeps FrameOfCell far from overflow

Status CheckShape(const SpriteSheetShape& shape) {
  const auto cells_ok = [](uint32_t n) { return n >= 1 && n <= kSpriteCellsPerSideMax; };
  const auto side_ok = [](uint32_t px) { return px >= 1 && px <= kScaleSidePxMax; };
  if (cells_ok(shape.columns) && cells_ok(shape.rows) && side_ok(shape.cell_width_px) &&
      side_ok(shape.cell_height_px) &&
      uint64_t{shape.cell_width_px} * shape.cell_height_px * shape.cell_count() <=
          kSpriteSheetPixelsMax) {
    return Ok();
  }
  return Error::Invalid(
      "a sprite sheet of {}x{} cells of {}x{}: at most {} cells a side and {} "
      "pixels in all",
      shape.columns, shape.rows, shape.cell_width_px, shape.cell_height_px, kSpriteCellsPerSideMax,
      kSpriteSheetPixelsMax);
}

}  // namespace

Result<SpriteSheetSink> SpriteSheetSink::Create(std::filesystem::path path, uint64_t frame_count,
                                                const SpriteSheetShape& shape, ThreadPool& pool) {
  TRY(CheckShape(shape));
  if (frame_count < 1 || frame_count > kFrameCountMax) {
    return Error::Invalid("a sprite sheet of {} frames: must be 1 to {}", frame_count,
                          kFrameCountMax);
  }
  return SpriteSheetSink(std::move(path), frame_count, shape, pool);
}

SpriteSheetSink::SpriteSheetSink(std::filesystem::path path, uint64_t frame_count,
                                 const SpriteSheetShape& shape, ThreadPool& pool)
    : path_(std::move(path)),
      frame_count_(frame_count),
      shape_(shape),
      pool_(&pool),
      sheet_(Image::Black(shape.columns * shape.cell_width_px, shape.rows * shape.cell_height_px)) {
}

Status SpriteSheetSink::Write(const Image& frame) {
  const uint64_t index = next_frame_++;
  if (next_cell_ >= shape_.cell_count() || FrameOfCell(next_cell_) != index) return Ok();
  const Image thumbnail =
      TRY(CenterCropResize(frame, shape_.cell_width_px, shape_.cell_height_px, *pool_));
  // A clip shorter than the sheet shows the same frame in several cells.
  while (next_cell_ < shape_.cell_count() && FrameOfCell(next_cell_) == index) {
    Place(thumbnail, next_cell_++);
  }
  return Ok();
}

void SpriteSheetSink::Place(const Image& thumbnail, uint32_t cell) {
  const size_t left = size_t{cell % shape_.columns} * shape_.cell_width_px;
  const size_t top = size_t{cell / shape_.columns} * shape_.cell_height_px;
  for (uint32_t y = 0; y < thumbnail.height_px; ++y) {
    const auto row = thumbnail.row(y);
    std::memcpy(sheet_.rgb.data() + 3 * ((top + y) * sheet_.width_px + left), row.data(),
                row.size());
  }
}

Status SpriteSheetSink::Finish() {
  if (next_frame_ == 0) return Error::Invalid("{}: a sprite sheet of no frames", path_.string());
  return WriteImage(path_, sheet_, ImageFormat::kJpeg, kSpriteSheetQuality);
}

}  // namespace aozora
