// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "api/download_name.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random_source.h"
#include "engine.h"
#include "jobs/data_folder.h"
#include "media/image_io.h"
#include "media/scale.h"
#include "model_options.h"
#include "pipeline/generator.h"
#include "pipeline/machine.h"
#include "policy/text_check.h"
#include "progress.h"
#include "render/delivery.h"
#include "render/seal.h"
#include "safeguards.h"
#include "server_options.h"

namespace aozora::app {
namespace {

constexpr uint32_t kThreadsMax = 1024;

struct GenerateCommand {
  ModelOptions model;
  SafeguardOptions safeguards;
  DataOptions data;
  std::string creator;
  std::string prompt, output, size, fps, sampler, noise, decoder, image, resume;
  std::string keep_latent, remix, extend, blend_into;
  std::string upscale, interpolate, poster, sprite_sheet, codec = "h264", effort = "medium";
  std::vector<std::string> then;
  std::optional<std::string> negative;
  std::optional<double> seconds, keep, guidance, shift, strength;
  std::optional<uint32_t> frames;
  std::optional<uint64_t> seed;
  std::optional<int> steps;
  std::optional<uint64_t> memory_mb;
  float cache = 0;
  uint32_t threads = 0;
  bool json = false, plan_only = false, reference = false, only_new = false, loop = false;
  bool clean = false, prompt_in_manifest = false;
};

void AddOptions(CLI::App& app, GenerateCommand* o) {
  app.add_option("prompt", o->prompt, "What to make")->required();
  app.add_option("-o,--output", o->output, "The video file (made from the prompt if left out)");
  o->model.AddTo(app);
  o->safeguards.AddTo(app);
  o->data.AddTo(app);
  app.add_option("--creator", o->creator, "Name beside the visible mark");
  app.add_flag("--no-visible-mark", o->clean, "A clean copy, where the policy allows admins one");
  app.add_flag("--prompt-in-manifest", o->prompt_in_manifest,
               "Whoever gets the file can read the prompt in its manifest");
  app.add_option("--size", o->size, "WIDTHxHEIGHT that the model makes");
  app.add_option("--seconds", o->seconds, "Length; with --extend that of the new part");
  app.add_option("--then", o->then, "Another scene, as long again, that goes on from there; repeat")
      ->expected(1)
      ->take_all();
  app.add_option("--frames", o->frames, "Length in frames, instead of --seconds");
  app.add_option("--fps", o->fps, "Frames per second that the model makes");
  app.add_option("--seed", o->seed, "Number that decides the noise (random if left out)");
  app.add_option("--noise", o->noise, "Whose noise a seed means: philox (CUDA) or mt19937 (CPU)");
  app.add_option("--steps", o->steps, "Denoising steps");
  app.add_option("--guidance", o->guidance, "How strictly the prompt is followed; 1 is off");
  app.add_option("--shift", o->shift, "Moves the noise levels towards noise");
  app.add_option("--sampler", o->sampler, "unipc, euler, dpm++, dmd, lcm or rcm");
  app.add_option("--negative", o->negative, "What to avoid");
  app.add_option("--image", o->image, "Picture to start from (PNG, JPEG, WebP)");
  app.add_option("--keep-latent", o->keep_latent,
                 "Also keep what --remix and --extend start from, in this file");
  app.add_option("--remix", o->remix, "Latent of a clip to make again with another prompt");
  app.add_option("--strength", o->strength,
                 "How much of it: above 0 (nearly the source) to 1 (only its seed); 0.5");
  app.add_option("--extend", o->extend, "Latent of a clip that is to go on");
  app.add_flag("--loop", o->loop,
               "With --extend: back to the clip's first picture in --seconds, to be played again");
  app.add_option("--blend-into", o->blend_into,
                 "With --extend: latent of a clip to go over into, in --seconds; it follows");
  app.add_option("--keep", o->keep, "With --extend: seconds of the clip that stay; the rest goes");
  app.add_flag("--only-new", o->only_new, "With --extend: leave the clip's own pictures out");
  app.add_option("--decoder", o->decoder, "full, exact (f32 throughout) or tiny");
  app.add_option("--cache", o->cache, "Skip steps that change little: 0.05 to 0.2; 0 is off");
  app.add_option("--upscale", o->upscale, "Deliver as WIDTHxHEIGHT (Lanczos)");
  app.add_option("--interpolate", o->interpolate, "Deliver at this frame rate (follows motion)");
  app.add_option("--codec", o->codec, "h264, av1 or vp9");
  app.add_option("--effort", o->effort, "Encoder: ultrafast to veryslow");
  app.add_option("--poster", o->poster, "Also write a still (WebP)");
  app.add_option("--sprite-sheet", o->sprite_sheet, "Also write small pictures in one JPEG");
  app.add_option("--threads", o->threads, "0: as many as there are");
  app.add_option("--memory", o->memory_mb, "Megabytes to plan with (what is free if left out)");
  app.add_option("--resume", o->resume,
                 "Folder that keeps the run's state, to go on after a crash");
  app.add_flag("--plan", o->plan_only, "Say what it would take, and stop");
  app.add_flag("--reference", o->reference, "Compute with the slow reference operations");
  app.add_flag("--json", o->json, "Print JSON lines, also on a terminal");
}

struct SizePx {
  uint32_t width_px, height_px;
};

Result<SizePx> ParseSize(std::string_view text) {
  SizePx size{};
  const char* end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width_px);
  if (width.ec == std::errc() && width.ptr != end && *width.ptr == 'x') {
    const auto height = std::from_chars(width.ptr + 1, end, size.height_px);
    if (height.ec == std::errc() && height.ptr == end) return size;
  }
  return Error::Invalid("size {}: write it as 832x480", text);
}

Result<VideoCodec> ParseCodec(std::string_view name) {
  if (name == "h264") return VideoCodec::kH264;
  if (name == "av1") return VideoCodec::kAv1;
  if (name == "vp9") return VideoCodec::kVp9;
  return Error::Invalid("codec {}: there are h264, av1 and vp9", name);
}

Result<uint64_t> RandomSeed() {
  uint32_t seed = 0;  // 32 bits, so that every other program takes it too
  if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
    return Error::Io("the system gives no random seed: name one with --seed");
  }
  return seed;
}

Status AddSource(const GenerateCommand& o, GenerateRequest* request) {
  const auto load = [](const std::string& path) -> Result<std::shared_ptr<const ClipLatent>> {
    return std::make_shared<const ClipLatent>(TRY(ClipLatent::Load(path)));
  };
  if (o.strength && o.remix.empty()) return Error::Invalid("--strength belongs to --remix");
  if (o.keep && o.extend.empty()) return Error::Invalid("--keep belongs to --extend");
  if (o.only_new && o.extend.empty()) return Error::Invalid("--only-new belongs to --extend");
  if (!o.remix.empty()) {
    request->remix = Remix{.source = TRY(load(o.remix))};
    if (o.strength) request->remix->strength = *o.strength;
  }
  if ((o.loop || !o.blend_into.empty()) && (o.extend.empty() || o.keep || o.only_new)) {
    return Error::Invalid(
        "--loop and --blend-into belong to --extend, without --keep and --only-new");
  }
  if (o.loop && !o.blend_into.empty()) {
    return Error::Invalid("--loop goes back to the clip itself, --blend-into to another: take one");
  }
  if (o.loop || !o.blend_into.empty()) {
    request->bridge = Bridge{.source = TRY(load(o.extend)), .target = nullptr};
    if (!o.loop) request->bridge->target = TRY(load(o.blend_into));
  } else if (!o.extend.empty()) {
    request->extension = Extension{TRY(load(o.extend)), !o.only_new, o.keep};
  }
  return Ok();
}

Result<GenerateRequest> MakeRequest(const GenerateCommand& o) {
  GenerateRequest request;
  request.prompt = o.prompt;
  request.negative_prompt = o.negative;
  if (!o.size.empty()) {
    const SizePx size = TRY(ParseSize(o.size));
    request.width_px = size.width_px;
    request.height_px = size.height_px;
  }
  request.frame_count = o.frames;
  request.seconds = o.seconds;
  if (!o.then.empty() && !o.seconds) return Error::Invalid("--then needs --seconds, of each scene");
  for (const std::string& prompt : o.then) request.further_scenes.push_back({prompt, *o.seconds});
  if (!o.fps.empty()) request.frame_rate = TRY(FrameRate::Parse(o.fps)).per_second();
  TRY(AddSource(o, &request));
  const bool has_source = request.remix || request.extension || request.bridge;
  if (!o.resume.empty() && !o.seed && !has_source) {
    return Error::Invalid("--resume needs --seed: a run with another seed is another run");
  }
  request.seed = o.seed;
  if (!o.seed && !has_source) request.seed = TRY(RandomSeed());
  if (!o.noise.empty()) {
    request.noise = ParseNormalKind(o.noise);
    if (!request.noise) return Error::Invalid("noise {}: there are philox and mt19937", o.noise);
  }
  if (!o.sampler.empty()) request.sampler = TRY(ParseSamplerKind(o.sampler));
  request.step_count = o.steps;
  request.shift = o.shift;
  request.guidance = o.guidance;
  request.decoder = ParseDecoderKind(o.decoder);
  if (!o.decoder.empty() && !request.decoder) {
    return Error::Invalid("decoder {}: there are full, exact and tiny", o.decoder);
  }
  request.cache_threshold = o.cache;
  if (!o.image.empty()) request.image = TRY(ReadImage(o.image));
  return request;
}

// "a-red-sailboat-42.mp4"
std::string NameFromPrompt(std::string_view prompt, uint64_t seed, VideoCodec codec) {
  return fmt::format("{}-{}.{}", api::DownloadName(prompt, "aozora"), seed,
                     codec == VideoCodec::kVp9 ? "webm" : "mp4");
}

Result<DeliverySettings> MakeDelivery(const GenerateCommand& o, const Settings& settings) {
  DeliverySettings delivery;
  delivery.video.codec = TRY(ParseCodec(o.codec));
  delivery.video.effort = TRY(ParseEncoderEffort(o.effort));
  delivery.source_frame_rate = TRY(FrameRate::Parse(fmt::format("{:.3f}", settings.frame_rate)));
  delivery.video.frame_rate = delivery.source_frame_rate;
  if (!o.interpolate.empty()) delivery.video.frame_rate = TRY(FrameRate::Parse(o.interpolate));
  delivery.width_px = settings.clip.width_px;
  delivery.height_px = settings.clip.height_px;
  if (!o.upscale.empty()) {
    const SizePx size = TRY(ParseSize(o.upscale));
    delivery.width_px = size.width_px;
    delivery.height_px = size.height_px;
  }
  delivery.video.generator = "Aozora " AOZORA_VERSION;
  delivery.video.comment = SettingsJson(settings).substr(0, kVideoTagBytesMax);
  delivery.video_path = o.output.empty()
                            ? NameFromPrompt(settings.prompt, settings.seed, delivery.video.codec)
                            : o.output;
  delivery.poster_path = o.poster;
  delivery.sprite_sheet_path = o.sprite_sheet;
  return delivery;
}

nlohmann::json PlanJson(const Plan& plan) {
  nlohmann::json stages = nlohmann::json::array();
  for (const StageCost& stage : plan.stages) {
    stages.push_back({{"stage", stage.name},
                      {"seconds", stage.seconds},
                      {"memory_bytes", stage.memory_bytes},
                      {"flops", stage.cost.flops}});
  }
  return {{"event", "plan"},
          {"settings", nlohmann::json::parse(SettingsJson(plan.settings))},
          {"pieces", plan.segments.size()},
          {"stages", stages},
          {"seconds", plan.seconds},
          {"memory_bytes", plan.memory_bytes_peak},
          {"notes", plan.notes}};
}

void PrintPlan(const Plan& plan, bool json) {
  if (json) {
    fmt::print("{}\n", PlanJson(plan).dump());
    std::fflush(stdout);
    return;
  }
  const Settings& s = plan.settings;
  fmt::print(stderr, "{}x{}, {} frames at {}/s, {} steps of {}, seed {}: about {}, {} of memory\n",
             s.clip.width_px, s.clip.height_px, plan.frames_delivered(), s.frame_rate,
             s.step_count - s.first_step, Name(s.sampler), s.seed, HumanSeconds(plan.seconds),
             HumanBytes(plan.memory_bytes_peak));
  for (const std::string& note : plan.notes) fmt::print(stderr, "note: {}\n", note);
}

void PrintDone(const DeliverySettings& delivery, uint64_t frame_count, double seconds, bool json) {
  const std::string path = delivery.video_path.string();
  if (json) {
    const nlohmann::json line = {{"event", "done"},
                                 {"path", path},
                                 {"width", delivery.width_px},
                                 {"height", delivery.height_px},
                                 {"frames", frame_count},
                                 {"frame_rate", delivery.video.frame_rate.ToString()},
                                 {"seconds", seconds},
                                 {"memory_bytes_peak", PeakResidentBytes()}};
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print("{}\n", path);
  fmt::print(
      stderr, "{}x{}, {:.1f} s at {}/s, made in {}, {} of memory at most\n", delivery.width_px,
      delivery.height_px, static_cast<double>(frame_count) / delivery.video.frame_rate.per_second(),
      delivery.video.frame_rate.ToString(), HumanSeconds(seconds), HumanBytes(PeakResidentBytes()));
}

// Who works at the machine itself is its admin.
Status CheckPolicy(const GenerateCommand& o, const policy::Policy& policy) {
  const auto admin = policy::Role::kAdmin;
  if (o.clean && !policy.may_copy_clean[static_cast<size_t>(admin)]) {
    return Error::Invalid(
        "--no-visible-mark: the policy allows no clean copies (clean_copy in a "
        "file of your own: --policy)");
  }
  for (const std::string& text : {o.prompt, o.creator}) {
    const policy::TextDecision decision = policy::Check(policy, text, admin);
    // A prompt that is too long was read by no rule: who plans the clip says what is wrong with it.
    if (decision.action == policy::Action::kBlock && decision.category) {
      return Error::Invalid(
          "the prompt goes against the content policy ({}): describe the scene in "
          "other words",
          policy::NameOf(*decision.category));
    }
  }
  return Ok();
}

// The same settings give the same marks, so that the same command gives the same pictures; who does
// not have the key cannot tell which. 0 means no mark to those who look for one.
uint32_t MarkIdOf(const MarkKey& key, const Settings& settings) {
  const std::string_view secret(reinterpret_cast<const char*>(key.data()), key.size());
  const std::string digest = HmacSha256(secret, SettingsJson(settings));
  uint32_t id = 0;
  std::memcpy(&id, digest.data(), sizeof(id));
  return std::max(id, uint32_t{1});
}

Status Seal(const GenerateCommand& o, const Settings& settings, const DeliverySettings& delivery,
            const Maker& maker) {
  ManifestContent content;
  content.title = delivery.video_path.filename();
  content.generator = maker.generator;
  content.soft_bindings = BindingsOf(delivery);
  content.settings = ManifestSettings(settings);
  if (o.prompt_in_manifest) content.prompt = o.prompt;
  if (!o.image.empty()) {
    const std::unique_ptr<MappedFile> image = TRY(MappedFile::Open(o.image));
    const std::optional<ImageFormat> format = SniffImageFormat(image->bytes());
    if (!format) return Error::Unsupported("{} is no picture any more", o.image);
    content.parent = SourceAsset{o.image, std::filesystem::path(o.image).filename(),
                                 std::string(ImageMediaType(*format))};
  }
  std::vector<std::filesystem::path> files = {delivery.video_path};
  if (!o.poster.empty()) files.push_back(o.poster);
  if (!o.sprite_sheet.empty()) files.push_back(o.sprite_sheet);
  return SealFiles(files, content, {maker, SystemClock(), SystemRandom()});
}

Status Execute(const GenerateCommand& o, const Environment& environment) {
  const Clock& clock = SystemClock();
  const double start = clock.Seconds();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const bool json = o.json || !terminal;
  if (o.threads > kThreadsMax)
    return Error::Invalid("{} threads: at most {}", o.threads, kThreadsMax);
  const DataFolder data{TRY(o.data.Path())};
  const Safeguards safeguards = TRY(Safeguards::Open(o.safeguards, data.secrets()));
  TRY(CheckPolicy(o, *safeguards.policy->Current()));
  GenerateRequest request = TRY(MakeRequest(o));
  const std::unique_ptr<Model> model = TRY(o.model.Open(environment));
  Engine engine(o.threads, o.reference ? BackendChoice::kReference : BackendChoice::kFast,
                environment.cancel);
  Machine machine;
  machine.memory_bytes = o.memory_mb ? *o.memory_mb * 1000 * 1000 : TRY(AvailableMemoryBytes());
  machine.flops_per_second = TRY(MeasureFlopsPerSecond(engine.device(), clock));
  const Plan plan = TRY(MakePlan(*model, request, machine));
  DeliverySettings delivery_settings = TRY(MakeDelivery(o, plan.settings));
  delivery_settings.marks = {.key = safeguards.maker.mark_key,
                             .id = MarkIdOf(safeguards.maker.mark_key, plan.settings),
                             .visible = !o.clean,
                             .creator = o.creator};
  delivery_settings.policy = safeguards.policy->Current();
  delivery_settings.classifier = safeguards.classifier.get();
  delivery_settings.role = policy::Role::kAdmin;
  PrintPlan(plan, json);
  if (o.plan_only) return Ok();

  ClipSize clip = plan.settings.clip;
  clip.frame_count = plan.frames_delivered();
  std::optional<Image> image;
  if (request.image) {
    image = TRY(CenterCropResize(*request.image, clip.width_px, clip.height_px, engine.pool()));
  }
  const Image* first = image ? &*image : nullptr;
  std::optional<RunFolder> folder;
  if (!o.resume.empty()) {
    folder = TRY(RunFolder::Open(o.resume, RunIdentity(*model, plan.settings, first)));
  }
  const std::unique_ptr<Delivery> delivery =
      TRY(Delivery::Create(delivery_settings, clip, engine.pool()));
  ProgressDisplay display(json, terminal, clock);
  GeneratorOptions options;
  options.run_folder = folder ? &*folder : nullptr;
  if (!environment.cache_folder.empty()) {
    options.embedding_folder = environment.cache_folder / "text";
  }
  options.latent_path = o.keep_latent;
  options.progress = [&](const Progress& progress) { display.Show(progress); };
  TRY(Generate(*model, engine.device(), plan, first, clock, options, delivery->first()));
  TRY(delivery->first().Finish());
  for (const policy::OutputReason& reason : delivery->Decide().reasons) {
    if (reason.action != policy::Action::kReview) continue;
    fmt::print(stderr, "note: have a look from picture {} on: {} ({})\n", reason.frame_index,
               reason.id, reason.detail);
  }
  TRY(Seal(o, plan.settings, delivery_settings, safeguards.maker));
  if (folder) TRY(folder->Clear());
  display.Clear();
  PrintDone(delivery_settings, delivery->frame_count(), clock.Seconds() - start, json);
  return Ok();
}

}  // namespace

Command AddGenerate(CLI::App& app) {
  const auto options = std::make_shared<GenerateCommand>();
  AddOptions(app, options.get());
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
