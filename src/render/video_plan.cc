// SPDX-License-Identifier: Apache-2.0
#include "render/video_plan.h"

#include <algorithm>
#include <cmath>

namespace aozora {
namespace {

uint32_t Side(double wished_px, uint32_t multiple, uint32_t least_px) {
  const auto count = static_cast<uint32_t>(std::lround(wished_px / multiple));
  const uint32_t least = (least_px + multiple - 1) / multiple;
  return std::max({count, least, 1u}) * multiple;
}

// What starts from a finished clip has its size, and a remix its length too.
GenerateRequest RequestOf(const Model& model, const VideoWish& wish) {
  GenerateRequest request;
  request.prompt = wish.prompt;
  request.negative_prompt = wish.spec.negative_prompt;
  request.seed = wish.spec.seed;
  request.step_count = wish.spec.step_count;
  request.guidance = wish.spec.guidance;
  if (wish.source && wish.kind == JobKind::kExtension) {
    if (wish.spec.loops || wish.target) {
      request.bridge = Bridge{wish.source, wish.target};
    } else {
      request.extension.emplace().source = wish.source;
      if (wish.spec.kept_seconds > 0) request.extension->kept_seconds = wish.spec.kept_seconds;
    }
    request.seconds = wish.spec.added_seconds;
  } else if (wish.source) {
    request.remix = Remix{wish.source, wish.spec.strength};
  } else {
    const ClipSize made = MadeSize(model, wish.width_px, wish.height_px);
    request.width_px = made.width_px;
    request.height_px = made.height_px;
    request.seconds = wish.seconds;
    for (size_t i = 0; i < wish.spec.scenes.size(); ++i) {
      const SceneSpec& scene = wish.spec.scenes[i];
      if (i > 0) {
        request.further_scenes.push_back({scene.prompt, double{1} * scene.seconds});
      } else {
        request.prompt = scene.prompt;
        request.seconds = scene.seconds;
      }
    }
    request.image = wish.image;
  }
  return request;
}

}  // namespace

Result<VideoWish> WishOf(const JobRecord& job) {
  VideoWish wish;
  wish.prompt = job.prompt;
  wish.width_px = static_cast<uint32_t>(job.width);
  wish.height_px = static_cast<uint32_t>(job.height);
  wish.seconds = static_cast<uint32_t>(job.seconds);
  wish.kind = job.kind;
  wish.spec = TRY(ParseRenderSpec(job.settings_json));
  return wish;
}

ClipSize MadeSize(const Model& model, uint32_t width_px, uint32_t height_px) {
  const Capabilities& can = model.capabilities();
  const uint32_t multiple = can.latent.pixel_multiple();
  const uint32_t least_px = std::max(can.side_px_min, kSidePxMin);
  const double wished = double{1} * width_px * height_px;
  double most = wished;
  if (!can.latent.fixed_grid) {
    const ClipSize& usual = model.preset().clip;
    most = can.trained_pixel_count > 0 ? static_cast<double>(can.trained_pixel_count)
                                       : double{1} * usual.width_px * usual.height_px;
  }
  const double scale = std::min(std::sqrt(most / wished), 1.0);
  return {Side(width_px * scale, multiple, least_px), Side(height_px * scale, multiple, least_px),
          0};
}

Result<VideoPlan> PlanVideo(const Model& model, const VideoWish& wish, const Machine& machine) {
  const GenerateRequest request = RequestOf(model, wish);
  VideoPlan video;
  video.plan = TRY(MakePlan(model, request, machine));
  DeliverySettings& delivery = video.delivery;
  delivery.source_frame_rate =
      TRY(FrameRate::Parse(fmt::format("{:.3f}", video.plan.settings.frame_rate)));
  delivery.video.frame_rate =
      TRY(FrameRate::Parse(std::to_string(wish.spec.frame_rate.value_or(kDeliveryFrameRate))));
  delivery.width_px = wish.width_px;
  delivery.height_px = wish.height_px;
  return video;
}

}  // namespace aozora
