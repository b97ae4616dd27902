// SPDX-License-Identifier: Apache-2.0
#include "api/video_json.h"

#include <nlohmann/json.hpp>

#include "api/endpoint.h"
#include "base/file.h"
#include "render/output.h"
#include "render/spec.h"

namespace aozora::api {

using nlohmann::json;

namespace {

json TextOrNull(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json ErrorOf(const JobRecord& job) {
  if (job.state == JobState::kCancelled) {
    return {{"code", kCancelledCode}, {"message", "the video was stopped before it was finished"}};
  }
  if (job.state != JobState::kFailed) return nullptr;
  return {{"code", job.error_code.empty() ? "render_failed" : job.error_code},
          {"message", job.error_message}};
}

template <class T>
json ValueOrNull(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json ScenesOf(const RenderSpec& spec) {
  if (spec.scenes.empty()) return nullptr;
  json scenes = json::array();
  for (const SceneSpec& scene : spec.scenes) {
    scenes.push_back({{"prompt", scene.prompt}, {"seconds", scene.seconds}});
  }
  return scenes;
}

// What was asked for beside the fields of the Videos API; null where nothing was said.
json SettingsOf(const JobRecord& job, const RenderSpec& spec) {
  const bool redraws = job.kind == JobKind::kRemix || job.kind == JobKind::kEdit;
  return {{"steps", ValueOrNull(spec.step_count)},
          {"guidance", ValueOrNull(spec.guidance)},
          {"negative_prompt", ValueOrNull(spec.negative_prompt)},
          {"fps", ValueOrNull(spec.frame_rate)},
          {"strength", redraws ? json(spec.strength) : json(nullptr)},
          {"creator", TextOrNull(spec.creator)},
          {"scenes", ScenesOf(spec)}};
}

// When the picture was written, in milliseconds: grows with each, in whichever process.
json PreviewRevision(const DataFolder& folder, const JobRecord& job) {
  if (job.state != JobState::kInProgress) return nullptr;
  return ValueOrNull(ModifiedMs(PreviewPath(folder, job.id)));
}

// How many pictures the finished film has, and how many of them a second.
void AddPictures(const JobRecord& job, json* extras) {
  if (job.state != JobState::kCompleted) return;
  const Result<JobOutput> output = ParseJobOutput(job.output_json);
  if (!output.ok()) return;
  (*extras)["frames"] = output->frame_count;
  (*extras)["fps"] = output->frame_rate;
}

json ExtrasOf(const DataFolder& folder, const JobRecord& job,
              const std::optional<QueuePlace>& place) {
  const Result<RenderSpec> spec = ParseRenderSpec(job.settings_json);
  json extras = {{"kind", NameOf(job.kind)},
                 {"seed", spec.ok() ? json(spec->seed) : json(nullptr)},
                 {"queue_position", nullptr},
                 {"seconds_left", nullptr},
                 {"stage", TextOrNull(job.stage)},
                 {"step", job.step_count > 0 ? json(job.step) : json(nullptr)},
                 {"steps", job.step_count > 0 ? json(job.step_count) : json(nullptr)},
                 {"preview", PreviewRevision(folder, job)},
                 {"frames", nullptr},
                 {"fps", nullptr},
                 {"settings", spec.ok() ? SettingsOf(job, *spec) : json(nullptr)},
                 {"request_id", TextOrNull(job.request_id)},
                 {"source_video_id", TextOrNull(job.source_job_id)},
                 {"target_video_id", spec.ok() ? TextOrNull(spec->target_job_id) : json(nullptr)},
                 {"variations", json::array()}};
  AddPictures(job, &extras);
  if (place && place->position > 0) extras["queue_position"] = place->position;
  if (place) extras["seconds_left"] = SecondsUp(place->ready_in_ms);
  return extras;
}

}  // namespace

std::string_view StatusOf(JobState state) {
  return NameOf(state == JobState::kCancelled ? JobState::kFailed : state);
}

std::filesystem::path PreviewPath(const DataFolder& folder, std::string_view job_id) {
  return folder.State(job_id) / kPreviewFileName;
}

json VideoJson(const DataFolder& folder, const JobRecord& job,
               const std::optional<QueuePlace>& place) {
  const bool completed = job.state == JobState::kCompleted;
  json video = {{"id", job.id},
                {"object", "video"},
                {"model", job.model_asked},
                {"status", StatusOf(job.state)},
                {"progress", completed ? 100 : job.progress_percent},
                {"created_at", SecondsOf(job.created_ms)},
                {"completed_at", completed ? SecondsOf(job.completed_ms) : json(nullptr)},
                {"expires_at", completed ? SecondsOf(job.expires_ms) : json(nullptr)},
                {"prompt", TextOrNull(job.prompt)},
                {"size", fmt::format("{}x{}", job.width, job.height)},
                {"seconds", std::to_string(job.seconds)},
                {"remixed_from_video_id",
                 job.kind == JobKind::kRemix ? TextOrNull(job.source_job_id) : json(nullptr)},
                {"error", ErrorOf(job)}};
  video["aozora"] = ExtrasOf(folder, job, place);
  return video;
}

Result<json> VideoJson(const Service& service, const JobRecord& job) {
  std::optional<QueuePlace> place;
  if (!IsTerminal(job.state)) place = TRY(service.queue.Place(job.id));
  return VideoJson(service.folder, job, place);
}

}  // namespace aozora::api
