// SPDX-License-Identifier: Apache-2.0
#include "pipeline/plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "diffusion/guidance.h"
#include "model/vocabulary.h"
#include "pipeline/choose_settings.h"
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

void AddDecode(const Model& model, const ClipSize& clip, const Machine& machine, Plan* plan) {
  AddStage(plan, "decode", model.DecoderCost(clip, plan->settings.decoder), 1, kDecoderEfficiency,
           machine);
  const double pixels = double{1} * clip.width_px * clip.height_px * clip.frame_count;
  plan->stages.back().seconds += pixels * kDeliverySecondsPerPixel;
  plan->seconds += pixels * kDeliverySecondsPerPixel;
}

Status AddStages(const Model& model, const Machine& machine, Plan* plan) {
  const Capabilities& can = model.capabilities();
  const Settings& settings = plan->settings;
  // The encoder goes layer by layer and lets each layer go: its weights pass through memory once.
  size_t token_count = plan->negative_ids.size();
  for (const auto& ids : plan->ids) token_count += ids.size();
  const Cost text = model.TextEncoderCost(token_count);
  AddStage(plan, "text", text, 1, kTextEfficiency, machine);
  plan->stages.back().memory_bytes = text.scratch_bytes + text.weight_bytes / 16 + kFixedBytes;
  plan->memory_bytes_peak = plan->stages.back().memory_bytes;

  const Schedule schedule = TRY(ScheduleOf(settings));
  const auto decode = [&](uint32_t latent_count) {
    ClipSize clip = settings.clip;
    clip.frame_count = can.latent.PictureFrames(latent_count);
    if (plan->joined) clip.loop_frame_count = plan->loop_frame_count();
    AddDecode(model, clip, machine, plan);
  };
  if (!plan->joined && plan->target != nullptr) decode(1);  // the picture that it leads to
  if (!plan->joined && plan->extended() != nullptr) {
    for (const ClipLatent::Piece& piece : DecodedOfSource(*plan)) decode(piece.size.frame_count);
  }
  for (size_t i = 0; i < plan->segments.size(); ++i) {
    const Segment& segment = plan->segments[i];
    if (i == 0 ? StartsFromPicture(*plan) : !plan->joined) {
      ClipSize picture = settings.clip;
      const bool one = can.image_conditioning == ImageConditioning::kFirstLatent;
      picture.frame_count = one ? 1 : can.latent.PictureFrames(segment.latent.frame_count);
      AddStage(plan, "image", model.EncoderCost(picture), 1, kDecoderEfficiency, machine);
    }
    AddStage(plan, "denoise", model.DenoiserCost(segment.latent, plan->ids[segment.scene].size()),
             ForwardCount(settings, schedule), kDenoiserEfficiency, machine);
    if (!plan->joined) decode(segment.latent.frame_count);
  }
  for (const ClipLatent::Piece& piece : DecodedOfTarget(*plan)) decode(piece.size.frame_count);
  if (plan->joined) decode(can.latent.LatentFrames(settings.clip.frame_count));
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
    plan->notes.push_back(
        fmt::format("made in {} pieces of at most {} frames, each continuing from {}",
                    plan->segments.size(), can.trained_frame_count,
                    plan->joined ? "the end of the one before"
                                 : "the last picture of the one before: colours may drift"));
  }
  if (settings.has_image && !can.image_note.empty()) plan->notes.push_back(can.image_note);
  const uint64_t pixels = uint64_t{settings.clip.width_px} * settings.clip.height_px;
  if (can.trained_pixel_count > 0 && pixels > can.trained_pixel_count * 5 / 4) {
    plan->notes.push_back(
        fmt::format("{}x{} is larger than what the model was trained on: make it smaller and "
                    "scale it up if things repeat",
                    settings.clip.width_px, settings.clip.height_px));
  }
  if (can.vocabulary != nullptr) {
    std::string words = settings.prompt;
    for (const SceneStart& scene : settings.further_scenes) words += "\n" + scene.prompt;
    std::string note = UnknownWordsNote(*can.vocabulary, words);
    if (!note.empty()) plan->notes.push_back(std::move(note));
  }
}

Status CutAndCheck(const Capabilities& can, const GenerateRequest& request, Plan* plan) {
  Cut cut = TRY(CutIntoSegments(can, plan->settings, plan->extended()));
  for (const auto& clip : {plan->source, plan->target}) {
    if (clip != nullptr) TRY(CheckSource(can, plan->settings, cut, *clip));
  }
  if (request.extension && !request.extension->deliver_source) {
    plan->frames_skipped = plan->settings.source_frame_count;
  }
  plan->segments = std::move(cut.segments);
  plan->joined = cut.joined;
  return Ok();
}

}  // namespace

std::span<const ClipLatent::Piece> DecodedOfSource(const Plan& plan) {
  CHECK(plan.extended() != nullptr && !plan.joined);
  const std::span<const ClipLatent::Piece> all = plan.extended()->pieces;
  return plan.frames_skipped > 0 ? all.last(1) : all;
}

std::span<const ClipLatent::Piece> DecodedOfTarget(const Plan& plan) {
  if (plan.joined || plan.settings.target_frame_count == 0) return {};
  return plan.target->pieces;
}

bool StartsFromPicture(const Plan& plan) {
  return plan.settings.has_image || (plan.extended() != nullptr && !plan.joined);
}

Result<Plan> MakePlan(const Model& model, const GenerateRequest& request, const Machine& machine) {
  Plan plan;
  Sources from = TRY(SourcesOf(model.capabilities(), request));
  plan.settings = TRY(ChooseSettings(model, request, from));
  plan.source = std::move(from.source);
  plan.target = std::move(from.target);
  TRY(CutAndCheck(model.capabilities(), request, &plan));
  const std::unique_ptr<Tokenizer> tokenizer = TRY(model.OpenTokenizer());
  const size_t most = model.capabilities().text_token_count_max;
  plan.ids.push_back(TRY(tokenizer->Encode(plan.settings.prompt, most)));
  for (const SceneStart& scene : plan.settings.further_scenes) {
    plan.ids.push_back(TRY(tokenizer->Encode(scene.prompt, most)));
  }
  const bool guided = std::any_of(plan.settings.guidance.begin(), plan.settings.guidance.end(),
                                  [](float scale) { return NeedsUnconditional(scale); });
  if (guided) plan.negative_ids = TRY(tokenizer->Encode(plan.settings.negative_prompt, most));
  if (std::any_of(plan.ids.begin(), plan.ids.end(),
                  [&](const auto& ids) { return ids.size() == most; })) {
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

}  // namespace aozora
