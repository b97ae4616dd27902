// SPDX-License-Identifier: Apache-2.0
#include "render/delivery.h"

#include "media/interpolate.h"
#include "media/poster.h"
#include "media/scale.h"
#include "media/sprite_sheet.h"
#include "media/tee_sink.h"
#include "provenance/invisible_mark.h"
#include "provenance/visible_mark.h"

namespace aozora {
namespace {

constexpr uint32_t kPosterSidePxMax = 1920;

}  // namespace

Result<std::unique_ptr<Delivery>> Delivery::Create(const DeliverySettings& settings,
                                                   const ClipSize& clip, ThreadPool& pool) {
  auto delivery = std::make_unique<Delivery>();
  delivery->frame_count_ =
      ConvertedFrameCount(clip.frame_count, settings.source_frame_rate, settings.video.frame_rate);
  std::vector<FrameSink*> ends;
  const auto keep = [&](std::unique_ptr<FrameSink> sink) {
    ends.push_back(sink.get());
    delivery->sinks_.push_back(std::move(sink));
  };
  if (!settings.poster_path.empty()) {
    keep(std::make_unique<PosterSink>(settings.poster_path, delivery->frame_count_ / 3,
                                      kPosterSidePxMax, pool));
  }
  if (!settings.sprite_sheet_path.empty()) {
    keep(std::make_unique<SpriteSheetSink>(TRY(SpriteSheetSink::Create(
        settings.sprite_sheet_path, delivery->frame_count_, SpriteSheetShape{}, pool))));
  }
  // The video last: when its file appears, the others are there.
  keep(TRY(VideoWriter::Create(settings.video_path, settings.width_px, settings.height_px,
                               settings.video)));
  delivery->first_ = ends.back();
  if (ends.size() > 1) delivery->Put<TeeSink>(ends);
  // At the size that leaves, on everything that does; the invisible one over the visible one.
  const ClipMarks& marks = settings.marks;
  delivery->Put<InvisibleMarkSink>(InvisibleMarkSettings{.key = marks.key, .id = marks.id}, pool,
                                   *delivery->first_);
  if (marks.visible) {
    VisibleMarkSettings visible;
    visible.width_px = settings.width_px;
    visible.height_px = settings.height_px;
    visible.frame_rate = settings.video.frame_rate;
    visible.key = marks.id;
    visible.creator = marks.creator;
    delivery->Put<VisibleMarkSink>(visible, *delivery->first_);
  }
  auto check = std::make_unique<policy::OutputCheckSink>(*delivery->first_, settings.policy,
                                                         settings.video.frame_rate, settings.role,
                                                         settings.classifier);
  delivery->check_ = check.get();
  delivery->first_ = check.get();
  delivery->sinks_.push_back(std::move(check));
  if (settings.width_px != clip.width_px || settings.height_px != clip.height_px) {
    delivery->Put<ScalingSink>(*delivery->first_, settings.width_px, settings.height_px, pool);
  }
  // In-between frames are made before enlarging: motion is cheaper to find on the smaller picture.
  if (!(settings.source_frame_rate == settings.video.frame_rate)) {
    delivery->Put<InterpolatingSink>(*delivery->first_, settings.source_frame_rate,
                                     settings.video.frame_rate, pool);
  }
  return delivery;
}

}  // namespace aozora
