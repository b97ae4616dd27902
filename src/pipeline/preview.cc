// SPDX-License-Identifier: Apache-2.0
#include "pipeline/preview.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "pipeline/latent_frames.h"
#include "pipeline/pictures.h"

namespace aozora {
namespace {

// The smallest that there is.
std::optional<DecoderKind> DecoderFor(const Capabilities& can) {
  if (can.has_tiny_decoder) return DecoderKind::kTiny;
  if (can.has_full_decoder) return DecoderKind::kFull;
  return std::nullopt;
}

const StageCost* FindStage(const Plan& plan, std::string_view name) {
  const auto found = std::find_if(plan.stages.begin(), plan.stages.end(),
                                  [&](const StageCost& stage) { return stage.name == name; });
  return found == plan.stages.end() ? nullptr : &*found;
}

// One picture of the clip, small where the model can paint it so.
ClipSize PictureOf(const ClipSize& clip, const LatentGeometry& latent) {
  const uint32_t longer_px = std::max(clip.width_px, clip.height_px);
  if (!latent.fixed_grid || longer_px <= Previewer::kSidePx) {
    return {clip.width_px, clip.height_px, 1};
  }
  const auto smaller = [&](uint32_t side_px) {
    const uint32_t scaled_px = side_px * Previewer::kSidePx / longer_px / LatentGeometry::kEven;
    return std::max(1u, scaled_px) * LatentGeometry::kEven;
  };
  return {smaller(clip.width_px), smaller(clip.height_px), 1};
}

}  // namespace

Previewer::Previewer(const Model& model, op::Device& device, const Plan& plan, int step_count,
                     const PreviewSink& sink)
    : model_(model),
      device_(device),
      sink_(sink),
      step_count_(step_count),
      kind_(DecoderFor(model.capabilities())),
      picture_(PictureOf(plan.settings.clip, model.capabilities().latent)),
      count_max_(sink ? CountMax(plan) : 0) {}

int Previewer::CountMax(const Plan& plan) const {
  const StageCost* denoise = FindStage(plan, "denoise");
  const StageCost* decode = FindStage(plan, "decode");
  if (!kind_ || denoise == nullptr || decode == nullptr || decode->cost.flops <= 0) return 0;
  const Cost one = model_.DecoderCost(picture_, *kind_);
  const auto memory_bytes =
      static_cast<double>(denoise->memory_bytes + one.weight_bytes + one.scratch_bytes);
  if (memory_bytes > (1 + kShareMax) * static_cast<double>(plan.memory_bytes_peak)) return 0;
  const double seconds = decode->seconds * one.flops / decode->cost.flops;
  const double allowed_seconds =
      kShareMax * plan.seconds / static_cast<double>(plan.segments.size());
  return static_cast<int>(std::min(double{1} * step_count_, allowed_seconds / seconds));
}

Status Previewer::Show(const StepInput& step, const LatentSize& size, std::span<const float> x,
                       std::span<const float> velocity) {
  // Spread over the steps, so that the last one, of the clip as it will be, is among them.
  const auto shown_before = [&](int index) { return index * count_max_ / step_count_; };
  if (shown_before(step.step_index + 1) == shown_before(step.step_index)) return Ok();
  const uint32_t middle = size.frame_count / 2;
  std::vector<float> latent = LatentFramesOf(x, size, middle, 1);
  const std::vector<float> flow = LatentFramesOf(velocity, size, middle, 1);
  for (size_t i = 0; i < latent.size(); ++i) latent[i] -= static_cast<float>(step.sigma) * flow[i];
  LatentSize one = size;
  one.frame_count = 1;
  const std::unique_ptr<VideoDecoder> decoder = TRY(model_.OpenDecoder(device_, *kind_));
  TRY(decoder->Begin(device_, one, picture_));
  bool shown = false;
  const PictureSink show = [&](ConstView pictures) -> Status {
    if (shown) return Ok();
    std::vector<float> values(static_cast<size_t>(pictures.shape().item_count()));
    device_.Download(pictures.Items(0, 1), values);
    sink_(ToImage(values, picture_.width_px, picture_.height_px));
    shown = true;
    return Ok();
  };
  return decoder->Decode(device_, latent, show);
}

}  // namespace aozora
