// SPDX-License-Identifier: Apache-2.0
#include "pipeline/plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "diffusion/guidance.h"
#include "model/vocabulary.h"
#include "text/clean.h"
#include "text/tokenizer.h"

namespace aozora {
namespace {

// How near the parts come to the speed of a large matrix product (measured with `aozora bench`);
// for estimates only.
constexpr double kTextEfficiency = 0.7;
constexpr double kDenoiserEfficiency = 0.9;
constexpr double kDecoderEfficiency = 0.75;
// Reading weights from disk the first time, in bytes a second: an ordinary solid-state disk.
constexpr double kDiskBytesPerSecond = 1e9;
// What comes behind the decoder, for a pixel of its pictures: marking and encoding with the default
// effort (two cores, H.264).
constexpr double kDeliverySecondsPerPixel = 3e-8;
// The process itself, frames on their way to the encoder, and the encoder.
constexpr uint64_t kFixedBytes = 400_MiB;

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

Result<uint32_t> FrameCount(const GenerateRequest& request, const Preset& preset,
                            double frame_rate) {
  if (request.seconds && request.frame_count) {
    return Error::Invalid("seconds and frames are two ways to say one thing: give one of them");
  }
  double count = preset.clip.frame_count;
  if (request.frame_count) count = *request.frame_count;
  if (request.seconds) count = std::round(*request.seconds * frame_rate);
  if (!(count >= 1) || count > kFrameCountMax) {
    return Error::Invalid("{} frames: must be 1 to {}", count, kFrameCountMax);
  }
  return static_cast<uint32_t>(count);
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

Status ChooseGuidance(const GenerateRequest& request, const Preset& preset, Settings* settings) {
  for (double scale : preset.guidance) settings->guidance.push_back(static_cast<float>(scale));
  if (!request.guidance) return Ok();
  if (!(*request.guidance >= 1) || *request.guidance > kGuidanceMax) {
    return Error::Invalid("guidance {}: must be 1 to {}", *request.guidance, kGuidanceMax);
  }
  for (float& scale : settings->guidance) scale = static_cast<float>(*request.guidance);
  return Ok();
}

Status ChooseSampling(const GenerateRequest& request, const Preset& preset, Settings* settings) {
  settings->sampler = request.sampler ? *request.sampler : TRY(ParseSamplerKind(preset.sampler));
  settings->shift = request.shift.value_or(preset.shift);
  settings->step_count = request.step_count.value_or(static_cast<int>(preset.step_count));
  const bool as_preset =
      !request.sampler && settings->step_count == static_cast<int>(preset.step_count);
  if (as_preset) settings->timesteps = preset.timesteps;
  settings->boundary = preset.boundary;
  settings->cache_threshold = request.cache_threshold;
  if (!(request.cache_threshold >= 0) || request.cache_threshold > 1) {
    return Error::Invalid("cache threshold {}: must be 0 to 1", request.cache_threshold);
  }
  if (request.cache_threshold > 0 && preset.distilled) {
    return Error::Invalid(
        "step caching does harm to a checkpoint that is distilled to {} steps: leave it off",
        preset.step_count);
  }
  TRY(ScheduleOf(*settings));  // whether the numbers make one at all
  return Ok();
}

Result<Settings> ChooseSettings(const Model& model, const GenerateRequest& request) {
  const Preset& preset = model.preset();
  const Capabilities& can = model.capabilities();
  Settings settings;
  settings.prompt = TRY_WITHIN("prompt", CleanPrompt(request.prompt));
  if (settings.prompt.empty()) return Error::Invalid("the prompt is empty: say what to make");
  settings.negative_prompt = TRY_WITHIN(
      "negative prompt", CleanPrompt(request.negative_prompt.value_or(preset.negative_prompt)));
  settings.clip.width_px =
      TRY(Side("a width", request.width_px.value_or(preset.clip.width_px), can));
  settings.clip.height_px =
      TRY(Side("a height", request.height_px.value_or(preset.clip.height_px), can));
  settings.frame_rate = request.frame_rate.value_or(preset.frame_rate);
  if (!(settings.frame_rate > 0) || settings.frame_rate > kClipFrameRateMax) {
    return Error::Invalid("{} frames per second: must be above 0 and at most {}",
                          settings.frame_rate, kClipFrameRateMax);
  }
  settings.clip.frame_count = TRY(FrameCount(request, preset, settings.frame_rate));
  settings.seed = request.seed;
  settings.noise = request.noise;
  TRY(ChooseSampling(request, preset, &settings));
  TRY(ChooseGuidance(request, preset, &settings));
  settings.decoder = TRY(ChooseDecoder(can, request.decoder));
  settings.has_image = request.image.has_value();
  if (settings.has_image && can.image_conditioning == ImageConditioning::kNone) {
    return Error::Unsupported("{} {} cannot start from a picture: use an image-to-video model",
                              can.family, can.variant);
  }
  if (!settings.has_image && !can.text_to_video) {
    return Error::Invalid("{} {} starts from a picture: give one", can.family, can.variant);
  }
  return settings;
}

Result<std::vector<Segment>> CutIntoSegments(const Capabilities& can, const Settings& settings) {
  const uint32_t total = settings.clip.frame_count;
  const uint32_t most = can.trained_frame_count;
  const auto whole = [&](uint32_t count) {  // whole latent frames
    return can.latent.PictureFrames(can.latent.LatentFrames(count));
  };
  if (total <= most || most <= 1) return std::vector<Segment>{{whole(total), 0, total}};
  if (can.image_conditioning == ImageConditioning::kNone || !can.has_encoder) {
    return Error::Unsupported(
        "{} frames: {} {} makes at most {} ({:.1f} s) and cannot continue a clip from a picture: "
        "ask for less, a lower frame rate, or use an image-to-video model",
        total, can.family, can.variant, most, most / settings.frame_rate);
  }
  std::vector<Segment> segments = {{most, 0, most}};
  for (uint32_t left = total - most; left > 0;) {
    const uint32_t delivered = std::min(left, most - 1);
    segments.push_back({whole(delivered + 1), 1, delivered});
    left -= delivered;
  }
  return segments;
}

// Adds a stage; weights that are mapped count as memory, since a stage that does not hold them
// reads them from disk again and again.
void AddStage(Plan* plan, std::string name, const Cost& cost, double times, double efficiency,
              const Machine& machine) {
  StageCost stage;
  stage.name = std::move(name);
  stage.cost = cost;
  stage.memory_bytes = cost.weight_bytes + cost.scratch_bytes + kFixedBytes;
  if (machine.flops_per_second > 0) {
    stage.seconds = cost.flops * times / (machine.flops_per_second * efficiency);
  }
  stage.seconds += static_cast<double>(cost.weight_bytes) / kDiskBytesPerSecond;
  plan->seconds += stage.seconds;
  plan->memory_bytes_peak = std::max(plan->memory_bytes_peak, stage.memory_bytes);
  plan->stages.push_back(std::move(stage));
}

// How many forwards a step makes, summed over the schedule.
double ForwardCount(const Settings& settings, const Schedule& schedule) {
  double count = 0;
  for (float timestep : schedule.timesteps) {
    const bool high = timestep >= settings.boundary * 1000;
    const size_t index = high ? 0 : settings.guidance.size() - 1;
    count += NeedsUnconditional(settings.guidance[index]) ? 2 : 1;
  }
  return count;
}

Status AddStages(const Model& model, const Machine& machine, Plan* plan) {
  const Capabilities& can = model.capabilities();
  const Settings& settings = plan->settings;
  // The encoder goes layer by layer and lets each layer go: its weights pass through memory once.
  Cost text = model.TextEncoderCost(plan->ids.size() + plan->negative_ids.size());
  AddStage(plan, "text", text, 1, kTextEfficiency, machine);
  plan->stages.back().memory_bytes = text.scratch_bytes + text.weight_bytes / 16 + kFixedBytes;
  plan->memory_bytes_peak = plan->stages.back().memory_bytes;

  const Schedule schedule = TRY(ScheduleOf(settings));
  for (size_t i = 0; i < plan->segments.size(); ++i) {
    ClipSize clip = settings.clip;
    clip.frame_count = plan->segments[i].frame_count;
    const LatentSize latent = can.latent.Latent(clip);
    if (settings.has_image || i > 0) {
      ClipSize picture = clip;
      if (can.image_conditioning == ImageConditioning::kFirstLatent) picture.frame_count = 1;
      AddStage(plan, "image", model.EncoderCost(picture), 1, kDecoderEfficiency, machine);
    }
    AddStage(plan, "denoise", model.DenoiserCost(latent, plan->ids.size()),
             ForwardCount(settings, schedule), kDenoiserEfficiency, machine);
    AddStage(plan, "decode", model.DecoderCost(clip, settings.decoder), 1, kDecoderEfficiency,
             machine);
    const double pixels = double{1} * clip.width_px * clip.height_px * clip.frame_count;
    plan->stages.back().seconds += pixels * kDeliverySecondsPerPixel;
    plan->seconds += pixels * kDeliverySecondsPerPixel;
  }
  return Ok();
}

Status CheckMemory(const Plan& plan, const Machine& machine) {
  if (plan.memory_bytes_peak <= machine.memory_bytes) return Ok();
  const auto worst = std::max_element(
      plan.stages.begin(), plan.stages.end(),
      [](const StageCost& a, const StageCost& b) { return a.memory_bytes < b.memory_bytes; });
  const bool decode = worst->name == "decode" && plan.settings.decoder != DecoderKind::kTiny;
  return Error::Exhausted(
      "{}x{}, {} frames needs {} ({}: {} of weights, {} to work in) and {} is free: make it "
      "smaller or shorter{}{}",
      plan.settings.clip.width_px, plan.settings.clip.height_px, plan.settings.clip.frame_count,
      HumanBytes(worst->memory_bytes), worst->name, HumanBytes(worst->cost.weight_bytes),
      HumanBytes(worst->cost.scratch_bytes), HumanBytes(machine.memory_bytes),
      worst->cost.weight_bytes > worst->cost.scratch_bytes ? ", or take a quantised checkpoint"
                                                           : "",
      decode ? ", or use the tiny decoder" : "");
}

void AddNotes(const Capabilities& can, Plan* plan) {
  const Settings& settings = plan->settings;
  if (plan->segments.size() > 1) {
    plan->notes.push_back(fmt::format(
        "made in {} pieces of at most {} frames, each continuing from the last picture of the one "
        "before: colours may drift",
        plan->segments.size(), can.trained_frame_count));
  }
  const uint64_t pixels = uint64_t{settings.clip.width_px} * settings.clip.height_px;
  if (can.trained_pixel_count > 0 && pixels > can.trained_pixel_count * 5 / 4) {
    plan->notes.push_back(
        fmt::format("{}x{} is larger than what the model was trained on: make it smaller and "
                    "scale it up if things repeat",
                    settings.clip.width_px, settings.clip.height_px));
  }
  if (can.vocabulary != nullptr) {
    std::string note = UnknownWordsNote(*can.vocabulary, settings.prompt);
    if (!note.empty()) plan->notes.push_back(std::move(note));
  }
}

}  // namespace

Result<Plan> MakePlan(const Model& model, const GenerateRequest& request, const Machine& machine) {
  Plan plan;
  plan.settings = TRY(ChooseSettings(model, request));
  plan.segments = TRY(CutIntoSegments(model.capabilities(), plan.settings));
  const std::unique_ptr<Tokenizer> tokenizer = TRY(model.OpenTokenizer());
  const size_t most = model.capabilities().text_token_count_max;
  plan.ids = TRY(tokenizer->Encode(plan.settings.prompt, most));
  const bool guided = std::any_of(plan.settings.guidance.begin(), plan.settings.guidance.end(),
                                  [](float scale) { return NeedsUnconditional(scale); });
  if (guided) plan.negative_ids = TRY(tokenizer->Encode(plan.settings.negative_prompt, most));
  if (plan.ids.size() == most) {
    plan.notes.push_back(
        fmt::format("the prompt is longer than the {} tokens that the model reads:"
                    " its end is ignored",
                    most));
  }
  TRY(AddStages(model, machine, &plan));
  TRY(CheckMemory(plan, machine));
  AddNotes(model.capabilities(), &plan);
  return plan;
}

Result<Schedule> ScheduleOf(const Settings& settings) {
  if (settings.timesteps.empty()) {
    return MakeDefaultSchedule(settings.sampler, settings.step_count, settings.shift);
  }
  const std::vector<int> list(settings.timesteps.begin(), settings.timesteps.end());
  const FewStepTimes times =
      settings.sampler == SamplerKind::kDmd ? FewStepTimes::kAsListed : FewStepTimes::kWarped;
  return MakeFewStepSchedule(times, list, settings.shift);
}

std::string SettingsJson(const Settings& s) {
  const nlohmann::json json = {
      {"prompt", s.prompt},
      {"negative_prompt", s.negative_prompt},
      {"width", s.clip.width_px},
      {"height", s.clip.height_px},
      {"frames", s.clip.frame_count},
      {"frame_rate", s.frame_rate},
      {"seed", s.seed},
      {"noise", Name(s.noise)},
      {"sampler", Name(s.sampler)},
      {"steps", s.step_count},
      {"shift", s.shift},
      {"timesteps", s.timesteps},
      {"guidance", s.guidance},
      {"boundary", s.boundary},
      {"decoder", Name(s.decoder)},
      {"cache_threshold", s.cache_threshold},
      {"image", s.has_image},
  };
  return json.dump();
}

}  // namespace aozora
