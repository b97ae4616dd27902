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
  using StripSink = PicturePainter::StripSink;
  Status Paint(op::Device& device, double slots_s, double time_s, const StripSink& sink) {
    return painter_->Paint(device.pool(), device.cancel(), slots_->StateAt(slots_s), time_s, sink);
  }
  Status PaintNext(op::Device& device, const PictureSink& sink);
  double SecondsAt(uint32_t picture) const { return picture * kSecondsPerFrame / time_stride_; }

  const PainterWeights weights_;
  const uint32_t time_stride_;
  ClipSize clip_;
  uint32_t picture_count_ = 0;  // of the clip
  uint32_t painted_count_ = 0;
  std::optional<SlotClip> slots_;
  std::unique_ptr<PicturePainter> painter_;
  op::Tensor picture_;         // [1, Y, X, 3]
  std::vector<float> fading_;  // a picture of a loop as it would be if it went on
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

// Waves, clouds and wings move with the time, whatever the slots say. The last pictures of a loop
// go over from the time that it is to the one that ends where the clip begins.
Status Decoder::PaintNext(op::Device& device, const PictureSink& sink) {
  const View rows = picture_.view().As({clip_.height_px, clip_.width_px, 3});
  const auto copy = [&](uint32_t first_row, uint32_t row_count, std::span<const float> pixels) {
    device.memory().CopyIn(rows.Items(first_row, row_count).data(), pixels.data(),
                           pixels.size_bytes());
  };
  const double now_s = SecondsAt(painted_count_);
  const uint32_t left = picture_count_ - painted_count_;
  if (left > clip_.loop_frame_count) {
    TRY(Paint(device, now_s, now_s, copy));
    return sink(picture_);
  }
  const size_t row_floats = size_t{3} * clip_.width_px;
  fading_.resize(row_floats * clip_.height_px);
  TRY(Paint(device, now_s, now_s, [&](uint32_t first_row, uint32_t, std::span<const float> pixels) {
    std::copy(pixels.begin(), pixels.end(),
              fading_.begin() + static_cast<std::ptrdiff_t>(first_row * row_floats));
  }));
  const float share = static_cast<float>(left) / static_cast<float>(clip_.loop_frame_count + 1);
  TRY(Paint(device, now_s, now_s - SecondsAt(picture_count_),
            [&](uint32_t first_row, uint32_t row_count, std::span<const float> pixels) {
              std::vector<float> mixed(pixels.begin(), pixels.end());
              const float* fading = fading_.data() + first_row * row_floats;
              for (size_t i = 0; i < mixed.size(); ++i) mixed[i] += (fading[i] - mixed[i]) * share;
              copy(first_row, row_count, mixed);
            }));
  return sink(picture_);
}

Status Decoder::Decode(op::Device& device, std::span<const float> latent_frame,
                       const PictureSink& sink, const Probe&) {
  CHECK(slots_.has_value());
  slots_->Add(latent_frame);
  for (; painted_count_ < picture_count_; ++painted_count_) {
    if (!slots_->Knows(SecondsAt(painted_count_))) break;
    TRY(PaintNext(device, sink));
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
  const uint32_t painted_count = clip.frame_count + clip.loop_frame_count;
  cost.flops = painted_count * (work.grid_points * kFlopsPerGridPoint + area * kFlopsPerPixel);
  const double floats = work.grid_points * kGridFloatsPerPoint + 3 * area;
  cost.scratch_bytes = static_cast<uint64_t>(floats * sizeof(float)) + kTableBytes;
  return cost;
}

}  // namespace aozora::mini
