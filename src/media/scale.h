// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "pipeline/frame_sink.h"

namespace aozora {

inline constexpr uint32_t kScaleSidePxMax = 16384;
inline constexpr uint64_t kScalePixelsMax = 64ull << 20;  // 8192x8192: 192 MiB as an Image

// Lanczos-3 resampling of R, G and B each for itself, in the encoded (not linear) values, as video
// scalers do; wider when shrinking, so that nothing aliases. Edges repeat. The result does not
// depend on the number of threads. One thread at a time.
class Scaler {
 public:
  // Sides from 1 to kScaleSidePxMax. `pool` outlives the scaler.
  static Result<Scaler> Create(uint32_t from_width_px, uint32_t from_height_px,
                               uint32_t to_width_px, uint32_t to_height_px, ThreadPool& pool);
  ~Scaler();
  Scaler(Scaler&&) noexcept;
  Scaler& operator=(Scaler&&) noexcept;

  // Resamples `from`, which has the size given to Create, into `*to`, whose memory is reused.
  void Run(const Image& from, Image* to);

 private:
  struct State;
  explicit Scaler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

Result<Image> Resize(const Image& image, uint32_t width_px, uint32_t height_px, ThreadPool& pool);

// The largest part of the image around its centre that has the shape of the result (to half a pixel
// of the image), resampled to width_px x height_px. The way a picture becomes the first frame of a
// video of another shape.
Result<Image> CenterCropResize(const Image& image, uint32_t width_px, uint32_t height_px,
                               ThreadPool& pool);

// Resamples every frame on its way to `next`. Frames that have the right size already pass
// untouched. `next` and `pool` outlive it.
class ScalingSink : public FrameSink {
 public:
  ScalingSink(FrameSink& next, uint32_t width_px, uint32_t height_px, ThreadPool& pool)
      : next_(next), width_px_(width_px), height_px_(height_px), pool_(pool) {}

  Status Write(const Image& frame) override;
  Status Finish() override { return next_.Finish(); }

 private:
  FrameSink& next_;
  const uint32_t width_px_;
  const uint32_t height_px_;
  ThreadPool& pool_;
  std::unique_ptr<Scaler> scaler_;  // for the size of the first frame
  Image scaled_;
};

}  // namespace aozora
