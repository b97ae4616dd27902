// SPDX-License-Identifier: Apache-2.0
#include "render/video_renderer.h"

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "media/image_io.h"
#include "media/scale.h"
#include "pipeline/generator.h"

namespace aozora {
namespace {

constexpr int kPreviewQuality = 70;

// The last percent belongs to the queue: a job is whole when its row says so.
constexpr int64_t kPercentMax = 99;

std::filesystem::path FileOf(const std::filesystem::path& folder, std::string_view variant) {
  const auto* found =
      std::find_if(kOutputVariants.begin(), kOutputVariants.end(),
                   [&](const OutputVariant& known) { return known.name == variant; });
  CHECK(found != kOutputVariants.end());
  return folder / found->file_name;
}

Status MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Error::Io("cannot make {}: {}", folder.string(), error.message());
  return Ok();
}

// It may have been deleted since the job was made.
Result<std::shared_ptr<const ClipLatent>> LoadSource(const std::filesystem::path& folder,
                                                     const std::string& job_id) {
  const std::filesystem::path path = folder / kLatentFileName;
  if (std::error_code error; !std::filesystem::exists(path, error)) {
    return Error::NotFound("video {}, which this one starts from, is gone", job_id);
  }
  return std::make_shared<const ClipLatent>(TRY(ClipLatent::Load(path)));
}

// Steps are counted over all segments.
RenderProgress ProgressOf(const Progress& progress) {
  RenderProgress shown;
  const auto percent = static_cast<int64_t>(progress.fraction * 100);
  shown.percent = std::clamp<int64_t>(percent, 0, kPercentMax);
  shown.stage = progress.stage;
  if (progress.stage == "denoise") {
    shown.step = int64_t{progress.segment_index} * progress.total + progress.done;
    shown.step_count = int64_t{progress.segment_count} * progress.total;
  }
  return shown;
}

std::string TextOf(const policy::OutputReason& reason) {
  return fmt::format("{} from picture {} on ({})", reason.id, reason.frame_index, reason.detail);
}

// Of those that decided: "flash, skin".
std::string ReasonsOf(const policy::OutputDecision& decision) {
  std::string text;
  for (const policy::OutputReason& reason : decision.reasons) {
    if (reason.action != decision.verdict) continue;
    text += (text.empty() ? "" : ", ") + TextOf(reason);
  }
  return text;
}

// For the reviewers, each of those that decided.
std::vector<FlagReasonRecord> FlagsOf(const policy::OutputDecision& decision) {
  std::vector<FlagReasonRecord> flags;
  if (decision.action != policy::Action::kReview) return flags;
  for (const policy::OutputReason& reason : decision.reasons) {
    if (reason.action != decision.verdict) continue;
    FlagReasonRecord flag;
    flag.source = FlagSource::kPictures;
    // "blocked_picture:case-17" is a kind and which one.
    flag.category = reason.category ? std::string(policy::NameOf(*reason.category))
                                    : reason.id.substr(0, reason.id.find(':'));
    flag.reason = TextOf(reason);
    flag.set_by = kPolicyFlags;
    flags.push_back(std::move(flag));
  }
  return flags;
}

}  // namespace

Result<RenderOutput> VideoRenderer::Render(const JobRecord& job, const RenderContext& context) {
  const Model* model = TRY(shelf_.Find(job.model));
  VideoWish wish = TRY(WishOf(job));
  if (!wish.spec.image_file_id.empty()) {
    wish.image = TRY(ReadImage(folder_.File(wish.spec.image_file_id)));
  }
  if (!job.source_job_id.empty()) {
    wish.source = TRY(LoadSource(folder_.Output(job.source_job_id), job.source_job_id));
  }
  if (const std::string& target = wish.spec.target_job_id; !target.empty()) {
    wish.target = TRY(LoadSource(folder_.Output(target), target));
  }
  const std::unique_ptr<Compute> compute = compute_(context.cancel);
  return RenderFiles(*model, job, std::move(wish), *compute, context);
}

Result<RenderOutput> VideoRenderer::RenderFiles(const Model& model, const JobRecord& job,
                                                VideoWish wish, Compute& compute,
                                                const RenderContext& context) {
  Machine machine;
  machine.memory_bytes = TRY(AvailableMemoryBytes());
  machine.flops_per_second = TRY(MeasureFlopsPerSecond(compute.device(), clock_));
  VideoPlan video = TRY(PlanVideo(model, wish, machine));
  ClipSize clip = video.plan.settings.clip;
  clip.frame_count = video.plan.frames_delivered();
  if (wish.image) {
    wish.image = TRY(CenterCropResize(*wish.image, clip.width_px, clip.height_px, compute.pool()));
  }
  const Image* first = wish.image ? &*wish.image : nullptr;
  TRY(MakeFolder(context.output_folder));
  DeliverySettings& delivery_settings = video.delivery;
  delivery_settings.video.effort = settings_.effort;
  delivery_settings.video.generator = settings_.generator;
  delivery_settings.video.comment = job.id;
  delivery_settings.marks = {.key = maker_.mark_key,
                             .id = static_cast<uint32_t>(job.mark_id),
                             .visible = wish.spec.visible_mark,
                             .creator = wish.spec.creator};
  delivery_settings.policy = policy_.Current();
  delivery_settings.classifier = classifier_;
  delivery_settings.role =
      policy::FromName<policy::Role>(wish.spec.role).value_or(policy::Role::kArtist);
  delivery_settings.video_path = FileOf(context.output_folder, "video");
  delivery_settings.poster_path = FileOf(context.output_folder, "thumbnail");
  delivery_settings.sprite_sheet_path = FileOf(context.output_folder, "spritesheet");
  const RunFolder state =
      TRY(RunFolder::Open(context.state_folder, RunIdentity(model, video.plan.settings, first)));
  const std::unique_ptr<Delivery> delivery =
      TRY(Delivery::Create(delivery_settings, clip, compute.pool()));
  GeneratorOptions options;
  options.run_folder = &state;
  options.steps_per_checkpoint = settings_.steps_per_checkpoint;
  options.embedding_folder = settings_.embedding_folder;
  options.latent_path = context.output_folder / kLatentFileName;
  options.progress = [&](const Progress& progress) { context.progress(ProgressOf(progress)); };
  options.preview = [&](const Image& picture) {
    const std::filesystem::path path = context.state_folder / kPreviewFileName;
    const Status status = WriteImage(path, picture, ImageFormat::kWebp, kPreviewQuality);
    if (!status.ok()) Log(LogLevel::kWarning, "{}: preview: {}", job.id, status.error().message());
  };
  TRY(Generate(model, compute.device(), video.plan, first, clock_, options, delivery->first()));
  const Status finished = delivery->first().Finish();
  const policy::OutputDecision decision = delivery->Decide();
  RenderOutput result;
  if (decision.action == policy::Action::kBlock) {
    std::error_code error;  // what stays, the sweeper finds
    std::filesystem::remove_all(context.output_folder, error);
    result.refused_code = "content_filter";
    result.refused_message = fmt::format("the video was made and not kept: {} (policy {})",
                                         ReasonsOf(decision), decision.policy_version);
    return result;
  }
  TRY(finished);
  result.flags = FlagsOf(decision);
  TRY(Seal(job, wish.spec, video.plan.settings, delivery_settings));
  JobOutput output;
  output.files = TRY(ReadOutputFiles(context.output_folder));
  output.frame_count = delivery->frame_count();
  output.frame_rate = delivery_settings.video.frame_rate.per_second();
  result.output_json = ToJson(output);
  return result;
}

Status VideoRenderer::Seal(const JobRecord& job, const RenderSpec& spec, const Settings& settings,
                           const DeliverySettings& delivery) {
  ManifestContent content;
  content.title = job.id;
  content.generator = maker_.generator;
  content.soft_bindings = BindingsOf(delivery);
  content.settings = ManifestSettings(settings);
  content.settings.emplace_back("model", job.model);
  if (spec.prompt_in_manifest) content.prompt = job.prompt;
  const auto film_of = [&](const std::string& job_id) {
    return SourceAsset{FileOf(folder_.Output(job_id), "video"), job_id, "video/mp4"};
  };
  if (!spec.target_job_id.empty()) content.components.push_back(film_of(spec.target_job_id));
  if (!job.source_job_id.empty()) {
    content.parent = film_of(job.source_job_id);
  } else if (!spec.image_file_id.empty()) {
    const std::filesystem::path image = folder_.File(spec.image_file_id);
    const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(image));
    const std::optional<ImageFormat> format = SniffImageFormat(file->bytes());
    CHECK(format.has_value());  // the clip was made from it
    content.parent = SourceAsset{image, spec.image_file_id, std::string(ImageMediaType(*format))};
  }
  return SealFiles({delivery.video_path, delivery.poster_path, delivery.sprite_sheet_path}, content,
                   {maker_, clock_, random_});
}

}  // namespace aozora
