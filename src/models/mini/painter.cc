// SPDX-License-Identifier: Apache-2.0
#include "models/mini/painter.h"

#include <algorithm>
#include <optional>

#include "models/mini/painter_picture.h"
#include "models/mini/slots.h"

namespace aozora::mini {
namespace {

constexpr uint32_t kClipSidePxMax = 1 << 14;

// For estimates, with the published sizes: what painting takes in multiply-adds of a large matrix
// product, which is how time is reckoned. A point of the grid is one run of the backdrop's network
// and, in an ordinary clip, most of one of an actor's; a pixel is enlarging, mixing and edges.
constexpr double kFlopsPerGridPoint = 60e3;
constexpr double kFlopsPerPixel = 1.5e3;
constexpr double kGridFloatsPerPoint = kBackdropChannels + 3 * kSpriteChannels;
constexpr uint64_t kTableBytes = 32 << 20;  // weights as they are used, and the threads' scratch

class Decoder : public VideoDecoder {
 public:
  Decoder(PainterWeights weights, uint32_t time_stride)
      : weights_(std::move(weights)), time_stride_(time_stride) {}

  Status Begin(op::Device& device, const LatentSize& latent, const ClipSize& clip) override;
  Status Decode(op::Device& device, std::span<const float> latent_frame, const PictureSink& sink,
                const Probe& probe) override;

 private:
  Status PaintNext(op::Device& device, double time_s, const PictureSink& sink);

  const PainterWeights weights_;
  const uint32_t time_stride_;
  ClipSize clip_;
  uint32_t picture_count_ = 0;  // of the clip
  uint32_t painted_count_ = 0;
  std::optional<SlotClip> slots_;
  std::unique_ptr<PicturePainter> painter_;
  op::Tensor picture_;  // [1, Y, X, 3]
};

Status Decoder::Begin(op::Device& device, const LatentSize& latent, const ClipSize& clip) {
  constexpr FixedGrid kGrid = SlotClip::kGrid;
  if (latent.channel_count != SlotClip::kChannels || latent.height != kGrid.height ||
      latent.width != kGrid.width || latent.frame_count == 0) {
    return Error::Invalid("a latent of {} x {} x {} x {}; the painter takes {} x n x {} x {}",
                          latent.channel_count, latent.frame_count, latent.height, latent.width,
                          SlotClip::kChannels, kGrid.height, kGrid.width);
  }
  if (clip.width_px == 0 || clip.height_px == 0 || clip.width_px > kClipSidePxMax ||
      clip.height_px > kClipSidePxMax) {
    return Error::Invalid("pictures of {}x{}: the painter makes 1 to {} both ways", clip.width_px,
                          clip.height_px, kClipSidePxMax);
  }
  if (!painter_ || clip_.width_px != clip.width_px || clip_.height_px != clip.height_px) {
    painter_ = std::make_unique<PicturePainter>(weights_, clip.width_px, clip.height_px);
    picture_ = op::Tensor();
    picture_ = device.New({1, clip.height_px, clip.width_px, 3});
  }
  clip_ = clip;
  const uint64_t in_all = 1 + (uint64_t{latent.frame_count} - 1) * time_stride_;
  picture_count_ = static_cast<uint32_t>(std::min<uint64_t>(in_all, clip.frame_count));
  painted_count_ = 0;
  slots_.emplace(latent.frame_count);
  return Ok();
}

Status Decoder::PaintNext(op::Device& device, double time_s, const PictureSink& sink) {
  const View rows = picture_.view().As({clip_.height_px, clip_.width_px, 3});
  TRY(painter_->Paint(device.pool(), device.cancel(), slots_->StateAt(time_s), time_s,
                      [&](uint32_t first_row, uint32_t row_count, std::span<const float> pixels) {
                        device.memory().CopyIn(rows.Items(first_row, row_count).data(),
                                               pixels.data(), pixels.size_bytes());
                      }));
  return sink(picture_);
}

Status Decoder::Decode(op::Device& device, std::span<const float> latent_frame,
                       const PictureSink& sink, const Probe&) {
  CHECK(slots_.has_value());
  slots_->Add(latent_frame);
  for (; painted_count_ < picture_count_; ++painted_count_) {
    const double time_s = painted_count_ * kSecondsPerFrame / time_stride_;
    if (!slots_->Knows(time_s)) break;
    TRY(PaintNext(device, time_s, sink));
  }
  return Ok();
}

}  // namespace

Status CheckPainterLatent(const LatentGeometry& latent) {
  constexpr FixedGrid kGrid = SlotClip::kGrid;
  const bool fits = latent.channel_count == SlotClip::kChannels && latent.fixed_grid &&
                    latent.fixed_grid->height == kGrid.height &&
                    latent.fixed_grid->width == kGrid.width;
  if (fits) return Ok();
  return Error::Unsupported("latents that are not of {} x {} x {}: the painter knows no others",
                            SlotClip::kChannels, kGrid.height, kGrid.width);
}

Result<std::unique_ptr<VideoDecoder>> MakePainter(op::Device&, TensorSet weights,
                                                  const LatentGeometry& latent) {
  TRY(CheckPainterLatent(latent));
  return std::unique_ptr<VideoDecoder>(
      std::make_unique<Decoder>(TRY(TakePainterWeights(std::move(weights))), latent.time_stride));
}

Cost PainterCost(const ClipSize& clip) {
  const double area = double{1} * clip.width_px * clip.height_px;
  const PictureWork work = WorkOf(clip.width_px, clip.height_px);
  Cost cost;
  cost.flops = clip.frame_count * (work.grid_points * kFlopsPerGridPoint + area * kFlopsPerPixel);
  const double floats = work.grid_points * kGridFloatsPerPoint + 3 * area;
  cost.scratch_bytes = static_cast<uint64_t>(floats * sizeof(float)) + kTableBytes;
  return cost;
}

}  // namespace aozora::mini
