// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/thread_pool.h"
#include "pipeline/frame_sink.h"

namespace aozora {

struct SpriteSheetShape {
  uint32_t columns = 5;
  uint32_t rows = 4;
  uint32_t cell_width_px = 256;
  uint32_t cell_height_px = 144;

  uint32_t cell_count() const { return columns * rows; }
};

inline constexpr uint32_t kSpriteCellsPerSideMax = 64;
inline constexpr uint64_t kSpriteSheetPixelsMax = 32ull << 20;
inline constexpr int kSpriteSheetQuality = 80;

// Collects evenly spaced small pictures of a clip, row by row from the top left, in one JPEG: cell
// i shows the frame in the middle of the i-th part of the clip, floor((2 i + 1) frame_count / (2
// cells)). Frames of another shape than the cell are cropped around the centre. Memory is that of
// the sheet and one frame. Written by Finish, whole or not at all; cells that got no frame, because
// the clip ended early, stay black.
class SpriteSheetSink : public FrameSink {
 public:
  // frame_count: of the whole clip, known beforehand. `pool` outlives it.
  static Result<SpriteSheetSink> Create(std::filesystem::path path, uint64_t frame_count,
                                        const SpriteSheetShape& shape, ThreadPool& pool);

  Status Write(const Image& frame) override;
  Status Finish() override;

 private:
  SpriteSheetSink(std::filesystem::path path, uint64_t frame_count, const SpriteSheetShape& shape,
                  ThreadPool& pool);
  uint64_t FrameOfCell(uint32_t cell) const {
    return (2 * uint64_t{cell} + 1) * frame_count_ / (2 * uint64_t{shape_.cell_count()});
  }
  void Place(const Image& thumbnail, uint32_t cell);

  std::filesystem::path path_;
  uint64_t frame_count_;
  SpriteSheetShape shape_;
  ThreadPool* pool_;
  Image sheet_;
  uint64_t next_frame_ = 0;
  uint32_t next_cell_ = 0;
};

}  // namespace aozora
