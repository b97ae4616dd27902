// SPDX-License-Identifier: Apache-2.0
#include "pipeline/choose_settings.h"

#include <algorithm>
#include <cmath>

#include "text/clean.h"

namespace aozora {
namespace {

Result<uint32_t> Side(std::string_view name, uint32_t side_px, const Capabilities& can) {
  const uint32_t multiple = can.latent.pixel_multiple();
  const uint32_t least = std::max(kSidePxMin, can.side_px_min);
  if (side_px < least || side_px > kSidePxMax) {
    return Error::Invalid("{} of {} px: must be {} to {}", name, side_px, least, kSidePxMax);
  }
  if (side_px % multiple != 0) {
    const uint32_t below = std::max(side_px / multiple * multiple, multiple);
    return Error::Invalid("{} of {} px: this model makes multiples of {}, so {} or {}", name,
                          side_px, multiple, below, below + multiple);
  }
  return side_px;
}

// What is used where the request leaves things open.
Result<Settings> Defaults(const Model& model, const GenerateRequest& request,
                          const ClipLatent* source) {
  const Preset& preset = model.preset();
  Settings s;
  s.clip = preset.clip;
  s.frame_rate = preset.frame_rate;
  s.sampler = TRY(ParseSamplerKind(preset.sampler));
  s.step_count = static_cast<int>(preset.step_count);
  s.shift = preset.shift;
  s.timesteps = preset.timesteps;
  for (const double scale : preset.guidance) s.guidance.push_back(static_cast<float>(scale));
  s.boundary = preset.boundary;
  s.negative_prompt = preset.negative_prompt;
  if (source == nullptr) return s;
  const Settings& of = source->settings;
  s.clip.width_px = of.clip.width_px, s.clip.height_px = of.clip.height_px;
  if (request.remix) s.clip.frame_count = of.clip.frame_count;
  s.frame_rate = of.frame_rate;
  s.seed = of.seed;
  s.noise = of.noise;
  if (source->model != model.fingerprint()) return s;
  if (of.guidance.size() != s.guidance.size()) {
    return Error::Corrupt("the source has {} guidance scales, its model {}", of.guidance.size(),
                          s.guidance.size());
  }
  s.sampler = of.sampler;
  s.step_count = of.step_count;
  s.shift = of.shift;
  s.timesteps = of.timesteps;
  s.guidance = of.guidance;
  s.negative_prompt = of.negative_prompt;
  return s;
}

Status ChooseLength(const GenerateRequest& request, const ClipLatent* source, Settings* settings) {
  if (request.seconds && request.frame_count) {
    return Error::Invalid("seconds and frames are two ways to say one thing: give one of them");
  }
  double count = settings->clip.frame_count;
  if (request.frame_count) count = *request.frame_count;
  if (request.seconds) count = std::round(*request.seconds * settings->frame_rate);
  if (!(count >= 1) || count > kFrameCountMax) {
    return Error::Invalid("{} frames: must be 1 to {}", count, kFrameCountMax);
  }
  if (request.extension) {
    settings->source_frame_count = source->settings.clip.frame_count;
    count += settings->source_frame_count;
    if (count > kFrameCountMax) {
      return Error::Invalid("{} frames with those that are there: at most {}", count,
                            kFrameCountMax);
    }
  }
  settings->clip.frame_count = static_cast<uint32_t>(count);
  return Ok();
}

Status ChooseClip(const Capabilities& can, const GenerateRequest& request, const ClipLatent* source,
                  Settings* settings) {
  ClipSize& clip = settings->clip;
  clip.width_px = TRY(Side("a width", request.width_px.value_or(clip.width_px), can));
  clip.height_px = TRY(Side("a height", request.height_px.value_or(clip.height_px), can));
  settings->frame_rate = request.frame_rate.value_or(settings->frame_rate);
  if (!(settings->frame_rate > 0) || settings->frame_rate > kClipFrameRateMax) {
    return Error::Invalid("{} frames per second: must be above 0 and at most {}",
                          settings->frame_rate, kClipFrameRateMax);
  }
  if (request.extension) {
    const Settings& of = source->settings;
    if (settings->frame_rate != of.frame_rate) {
      return Error::Invalid("{} frames per second: the clip goes on at its own {}",
                            settings->frame_rate, of.frame_rate);
    }
    const bool same = clip.width_px == of.clip.width_px && clip.height_px == of.clip.height_px;
    if (!same && !can.latent.fixed_grid) {
      return Error::Invalid("{}x{}: the clip goes on at its own {}x{}", clip.width_px,
                            clip.height_px, of.clip.width_px, of.clip.height_px);
    }
  }
  return ChooseLength(request, source, settings);
}

Result<DecoderKind> ChooseDecoder(const Capabilities& can, std::optional<DecoderKind> asked) {
  if (asked && *asked != DecoderKind::kTiny && !can.has_full_decoder) {
    return Error::NotFound("the model has no full decoder (VAE) here: add its file, or use tiny");
  }
  if (asked == DecoderKind::kTiny && !can.has_tiny_decoder) {
    return Error::NotFound("the model has no tiny decoder here: add its file, or use full");
  }
  if (asked) return *asked;
  if (can.has_full_decoder) return DecoderKind::kFull;
  if (can.has_tiny_decoder) return DecoderKind::kTiny;
  return Error::NotFound("the model has no decoder here: add the VAE's file beside it");
}

Status ChooseSampling(const GenerateRequest& request, const Preset& preset, Settings* settings) {
  const int default_count = settings->step_count;
  settings->sampler = request.sampler.value_or(settings->sampler);
  settings->shift = request.shift.value_or(settings->shift);
  settings->step_count = request.step_count.value_or(default_count);
  // A fixed list belongs to its sampler and its length.
  if (request.sampler || settings->step_count != default_count) settings->timesteps.clear();
  settings->cache_threshold = request.cache_threshold;
  if (!(request.cache_threshold >= 0) || request.cache_threshold > 1) {
    return Error::Invalid("cache threshold {}: must be 0 to 1", request.cache_threshold);
  }
  if (request.cache_threshold > 0 && preset.distilled) {
    return Error::Invalid(
        "step caching does harm to a checkpoint that is distilled to {} steps: leave it off",
        preset.step_count);
  }
  if (request.guidance) {
    if (!(*request.guidance >= 1) || *request.guidance > kGuidanceMax) {
      return Error::Invalid("guidance {}: must be 1 to {}", *request.guidance, kGuidanceMax);
    }
    for (float& scale : settings->guidance) scale = static_cast<float>(*request.guidance);
  }
  const Schedule schedule = TRY(ScheduleOf(*settings));  // whether the numbers make one at all
  if (!request.remix) return Ok();
  const double strength = request.remix->strength;
  if (!(strength > 0) || strength > 1) {
    return Error::Invalid("a strength of {}: must be above 0 and at most 1", strength);
  }
  const int all = schedule.step_count();
  settings->first_step = all - std::clamp(static_cast<int>(std::lround(strength * all)), 1, all);
  return Ok();
}

Status CheckStart(const Capabilities& can, const Settings& settings) {
  const bool extension = settings.source_use == SourceUse::kExtension;
  if (settings.has_image && extension) {
    return Error::Invalid("a clip that goes on starts from where it ended: give no picture");
  }
  if (settings.has_image && can.image_conditioning == ImageConditioning::kNone) {
    return Error::Unsupported("{} {} cannot start from a picture: use an image-to-video model",
                              can.family, can.variant);
  }
  if (!settings.has_image && !extension && !can.text_to_video) {
    return Error::Invalid("{} {} starts from a picture: give one", can.family, can.variant);
  }
  return Ok();
}

}  // namespace

Result<std::shared_ptr<const ClipLatent>> SourceOf(const GenerateRequest& request) {
  if (request.remix && request.extension) {
    return Error::Invalid("a remix and an extension are two things: ask for one of them");
  }
  std::shared_ptr<const ClipLatent> source;
  if (request.remix) source = request.remix->source;
  if (request.extension) source = request.extension->source;
  CHECK(source != nullptr || (!request.remix && !request.extension));
  return source;
}

Result<Settings> ChooseSettings(const Model& model, const GenerateRequest& request) {
  const Capabilities& can = model.capabilities();
  const std::shared_ptr<const ClipLatent> source = TRY(SourceOf(request));
  Settings settings = TRY(Defaults(model, request, source.get()));
  settings.prompt = TRY_WITHIN("prompt", CleanPrompt(request.prompt));
  if (settings.prompt.empty()) return Error::Invalid("the prompt is empty: say what to make");
  settings.negative_prompt = TRY_WITHIN(
      "negative prompt", CleanPrompt(request.negative_prompt.value_or(settings.negative_prompt)));
  TRY(ChooseClip(can, request, source.get(), &settings));
  settings.seed = request.seed.value_or(settings.seed);
  settings.noise = request.noise.value_or(settings.noise);
  if (request.remix) settings.source_use = SourceUse::kRemix;
  if (request.extension) settings.source_use = SourceUse::kExtension;
  if (source != nullptr) settings.source_hash = source->Hash();
  TRY(ChooseSampling(request, model.preset(), &settings));
  settings.decoder = TRY(ChooseDecoder(can, request.decoder));
  settings.has_image = request.image.has_value();
  TRY(CheckStart(can, settings));
  return settings;
}

}  // namespace aozora
