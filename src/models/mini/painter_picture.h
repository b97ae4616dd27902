// SPDX-License-Identifier: Apache-2.0
// Whole pictures, on the threads of a pool; the same values for any number of threads.
//
// The backdrop is painted on a grid as fine as the pictures that the painter was trained on, and
// enlarged smoothly: its two colours and the distance between them are smooth, and where the sky
// ends is decided for each pixel. Actors are painted point by point at their edges and enlarged
// within. Pictures no finer than the grid are painted point by point altogether.
#pragma once

#include "base/cancel.h"
#include "base/thread_pool.h"
#include "models/mini/painter_kernels.h"

namespace aozora::mini {

// The finest pictures of the training have this many rows in 16:9 (trainer/painter_data.cc).
inline constexpr uint32_t kTrainedRows = 288;

// How much there is to do for a picture.
struct PictureWork {
  int32_t stride = 1;  // of the backdrop's grid, pixels
  double grid_points = 0;
};
PictureWork WorkOf(uint32_t width_px, uint32_t height_px, uint32_t grid_rows = kTrainedRows);

class PicturePainter {
 public:
  // `grid_rows`: the backdrop's grid has at most that many points for the height of a picture of
  // 16:9.
  PicturePainter(PainterWeights weights, uint32_t width_px, uint32_t height_px,
                 uint32_t grid_rows = kTrainedRows);

  // Called with strips of rows as they are finished, on several threads at once and in any order;
  // `pixels` are [rows][width][3], from -1 to 1.
  using StripSink =
      std::function<void(uint32_t first_row, uint32_t row_count, std::span<const float> pixels)>;
  Status Paint(ThreadPool& pool, const CancelToken& cancel, const SlotStates& states, double time_s,
               const StripSink& sink);

 private:
  struct Worker {  // what a thread works in
    Worker(const PainterSizes& sizes, const PixelFrame& frame);
    BlockScratch block;
    RowScratch row;
    std::vector<SpriteStrip> sprites;
    std::vector<float> pixels;
  };
  // The pixels where an actor may show: whole cells, empty if there are none.
  struct Box {
    int32_t left = 0, top = 0, right = 0, bottom = 0;
    bool empty() const { return left >= right || top >= bottom; }
  };
  Box BoxOf(const ActorSetup& actor) const;
  void PaintGrids(ThreadPool& pool, const CancelToken& cancel, const PictureSetup& picture,
                  std::span<const Box> boxes);
  void PaintStrip(const PictureSetup& picture, std::span<const Box> boxes, int32_t top_px,
                  Worker& worker, const StripSink& sink) const;

  const PainterTables tables_;
  PixelFrame frame_;
  int32_t stride_ = 1;
  PointGrid backdrop_;
  std::vector<PointGrid> sprites_;  // of actors with a box, where pixels are finer than the grid
  std::vector<Worker> workers_;
};

}  // namespace aozora::mini
