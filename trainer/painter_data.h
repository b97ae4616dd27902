// SPDX-License-Identifier: Apache-2.0
// Examples for the painter: points of rendered frames with the colours that they should have.
#pragma once

#include "trainer/latent.h"
#include "trainer/painter.h"
#include "world/render.h"
#include "world/scene.h"

namespace aozora::trainer {

// The state of a latent at an instant, appended frame by frame.
class FrameCollector {
 public:
  void Add(const SlotLatent& latent, double time_s, double footprint);
  PainterFrames Finish(const torch::Device& device);

 private:
  std::vector<float> scene_codes_, scene_curves_, actor_codes_, actor_curves_, actor_rates_;
  std::vector<float> actor_phases_;
  std::vector<float> time_s_, footprint_;
  int64_t active_ = 0;
};

struct PainterBatch {
  PainterFrames frames;
  torch::Tensor points;   // [F, P, 2]
  torch::Tensor colour;   // [F, P, 3], 0..1
  torch::Tensor sky;      // [F, P], share of the pixel that is sky
  torch::Tensor covered;  // [F, P], share that the first subject covers, all copies
  int64_t sprites_from = 0;
};

struct PainterBatchSize {
  int frame_count = 16;
  int open_points = 1280;  // of a frame, outside of all actors
  int actor_points = 768;  // where actors may be
};

// The batch that `seed` stands for.
PainterBatch MakePainterBatch(uint64_t seed, const world::WorldSubset& subset,
                              const PainterBatchSize& size, const torch::Device& device);

// All points of a picture, row by row: [1, width * height, 2], and the side of a pixel.
torch::Tensor PicturePoints(uint32_t width_px, uint32_t height_px);
double FootprintOf(uint32_t width_px, uint32_t height_px);

// Paints whole pictures of a latent: [H, W, 3], 0..1.
torch::Tensor PaintPicture(Painter& painter, const SlotLatent& latent, double time_s,
                           uint32_t width_px, uint32_t height_px, const torch::Device& device);

}  // namespace aozora::trainer
