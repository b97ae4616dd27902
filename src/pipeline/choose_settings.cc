// SPDX-License-Identifier: Apache-2.0
#include "pipeline/choose_settings.h"

#include <algorithm>
#include <cmath>

#include "pipeline/segments.h"
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
  if (request.extension || request.bridge) {
    settings->source_frame_count = source->settings.clip.frame_count;
    count += settings->source_frame_count + settings->target_frame_count;
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
  if (request.extension || request.bridge) {
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
  const bool goes_on =
      settings.source_use == SourceUse::kExtension || settings.source_use == SourceUse::kBridge;
  if (settings.has_image && goes_on) {
    return Error::Invalid("a clip that goes on starts from where it ended: give no picture");
  }
  if (settings.source_use == SourceUse::kBridge && !can.bridges) {
    return Error::Unsupported(
        "{} {} cannot make what lies between two clips: it is not told how to "
        "end",
        can.family, can.variant);
  }
  if (settings.has_image && can.image_conditioning == ImageConditioning::kNone) {
    return Error::Unsupported("{} {} cannot start from a picture: use an image-to-video model",
                              can.family, can.variant);
  }
  if (!settings.has_image && !goes_on && !can.text_to_video) {
    return Error::Invalid("{} {} starts from a picture: give one", can.family, can.variant);
  }
  return Ok();
}

// The start of a clip that is to go on earlier than where it ended.
Result<std::shared_ptr<const ClipLatent>> KeptOf(const Capabilities& can, const ClipLatent& source,
                                                 double seconds) {
  const Settings& of = source.settings;
  const double count = std::round(seconds * of.frame_rate);
  if (!(count >= 1) || count > of.clip.frame_count) {
    return Error::Invalid("{} s to keep: the clip has {:.2f}", seconds,
                          of.clip.frame_count / of.frame_rate);
  }
  const auto kept = static_cast<uint32_t>(count);
  // A latent frame that is given stands for all of its pictures.
  const uint32_t step = FramesPerCut(can);
  if (kept < of.clip.frame_count && kept % step != 0) {
    const uint32_t below = std::max(kept / step, 1u) * step;
    return Error::Invalid("{} s to keep: {} {} can go on from every {:g} s, so keep {:g} or {:g}",
                          seconds, can.family, can.variant, step / of.frame_rate,
                          below / of.frame_rate, (below + step) / of.frame_rate);
  }
  return std::make_shared<const ClipLatent>(source.Start(can.latent, kept));
}

// Both ends of a bridge. What of the source stands for no whole latent frame is left out.
Result<Sources> EndsOf(const Capabilities& can, const Bridge& bridge) {
  const uint32_t step = FramesPerCut(can);
  const uint32_t kept = bridge.source->settings.clip.frame_count / step * step;
  if (kept == 0) {
    return Error::Invalid(
        "the clip has {:.2f} s: {} {} needs {:g} to go on from",
        bridge.source->settings.clip.frame_count / bridge.source->settings.frame_rate, can.family,
        can.variant, step / bridge.source->settings.frame_rate);
  }
  Sources from;
  from.source = std::make_shared<const ClipLatent>(bridge.source->Start(can.latent, kept));
  from.target = bridge.target != nullptr ? bridge.target : from.source;
  return from;
}

// What follows the first scene, behind it. A latent frame that is given stands for all of its
// pictures, so scenes change between two of them.
Status ChooseScenes(const Capabilities& can, const GenerateRequest& request, Settings* settings) {
  if (request.further_scenes.empty()) return Ok();
  if (request.remix || request.extension || request.bridge) {
    return Error::Invalid("scenes are of a clip that starts from nothing else");
  }
  if (request.further_scenes.size() >= kScenesMax) {
    return Error::Invalid("{} scenes: at most {}", request.further_scenes.size() + 1, kScenesMax);
  }
  const uint32_t step = FramesPerCut(can);
  for (const Scene& scene : request.further_scenes) {
    uint32_t& all = settings->clip.frame_count;
    if (all % step != 0) {
      return Error::Invalid("a scene that ends after {:g} s: {} {} goes on after each {:g}",
                            all / settings->frame_rate, can.family, can.variant,
                            step / settings->frame_rate);
    }
    const double count = std::round(scene.seconds * settings->frame_rate);
    if (!(count >= 1) || all + count > kFrameCountMax) {
      return Error::Invalid("a scene of {} s: with all before it {} to {} frames", scene.seconds, 1,
                            kFrameCountMax);
    }
    std::string prompt = TRY_WITHIN("prompt", CleanPrompt(scene.prompt));
    SceneStart start{all, std::move(prompt)};
    if (start.prompt.empty()) {
      return Error::Invalid("the prompt of scene {} is empty", settings->further_scenes.size() + 2);
    }
    settings->further_scenes.push_back(std::move(start));
    all += static_cast<uint32_t>(count);
  }
  return Ok();
}

// What both ends of a bridge, and what is made between them, must have in common.
Status ChooseBridge(const Capabilities& can, const GenerateRequest& request, const Sources& from,
                    Settings* settings) {
  const Settings &source = from.source->settings, &target = from.target->settings;
  settings->source_use = SourceUse::kBridge;
  settings->target_hash = from.target->Hash();
  if (request.bridge->target != nullptr) settings->target_frame_count = target.clip.frame_count;
  const bool same_size = source.clip.width_px == target.clip.width_px &&
                         source.clip.height_px == target.clip.height_px;
  if (source.frame_rate != target.frame_rate || (!same_size && !can.latent.fixed_grid)) {
    return Error::Invalid(
        "clips of {}x{} at {}/s and {}x{} at {}/s: both must have one size and "
        "rate",
        source.clip.width_px, source.clip.height_px, source.frame_rate, target.clip.width_px,
        target.clip.height_px, target.frame_rate);
  }
  return Ok();
}

// A latent frame of a bridge stands for all of its pictures.
Status CheckBridgeLength(const Capabilities& can, const Settings& settings) {
  const uint32_t step = FramesPerCut(can);
  const uint32_t made =
      settings.clip.frame_count - settings.source_frame_count - settings.target_frame_count;
  if (settings.source_use != SourceUse::kBridge || made % step == 0) return Ok();
  return Error::Invalid("a bridge of {:g} s: {} {} makes multiples of {:g}",
                        made / settings.frame_rate, can.family, can.variant,
                        step / settings.frame_rate);
}

}  // namespace

Result<Sources> SourcesOf(const Capabilities& can, const GenerateRequest& request) {
  if (request.remix.has_value() + request.extension.has_value() + request.bridge.has_value() > 1) {
    return Error::Invalid(
        "a remix, an extension and a bridge are different things: ask for one of them");
  }
  Sources from;
  if (request.remix) {
    from.source = request.remix->source;
    CHECK(from.source != nullptr);
  } else if (request.extension) {
    from.source = request.extension->source;
    CHECK(from.source != nullptr);
    if (const auto kept_seconds = request.extension->kept_seconds) {
      from.source = TRY(KeptOf(can, *from.source, *kept_seconds));
    }
  } else if (request.bridge) {
    CHECK(request.bridge->source != nullptr);
    from = TRY(EndsOf(can, *request.bridge));
  }
  return from;
}

Result<Settings> ChooseSettings(const Model& model, const GenerateRequest& request,
                                const Sources& from) {
  const Capabilities& can = model.capabilities();
  const ClipLatent* source = from.source.get();
  Settings settings = TRY(Defaults(model, request, source));
  settings.prompt = TRY_WITHIN("prompt", CleanPrompt(request.prompt));
  if (settings.prompt.empty()) return Error::Invalid("the prompt is empty: say what to make");
  settings.negative_prompt = TRY_WITHIN(
      "negative prompt", CleanPrompt(request.negative_prompt.value_or(settings.negative_prompt)));
  if (request.bridge) TRY(ChooseBridge(can, request, from, &settings));
  TRY(ChooseClip(can, request, source, &settings));
  TRY(ChooseScenes(can, request, &settings));
  TRY(CheckBridgeLength(can, settings));
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
