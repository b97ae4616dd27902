// SPDX-License-Identifier: Apache-2.0
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

// How much of the source is drawn anew. A remix keeps where things are and takes what is there from
// the prompt; an edit keeps more.
constexpr double kRemixStrength = 0.8;
constexpr double kEditStrength = 0.5;
constexpr uint64_t kBodyBytesMax = 1'000'000;
constexpr uint64_t kVideoBytesMax = 512'000'000;

// {"id": ...} or the id itself.
std::string IdOf(const json& video) {
  return video.is_string() ? video.get<std::string>() : video["id"].get<std::string>();
}

// A video of the caller's that something can be made of; `param` named it.
Outcome<JobRecord> FindSource(const api::Service& service, const Call& call, std::string_view id,
                              const std::string& param = "video") {
  JobRecord job = TRY(FindVideo(service, call, id));
  if (job.state != JobState::kCompleted) {
    return api::BadParameter(
        param, fmt::format("video {} is {}: wait until it is completed", id, NameOf(job.state)));
  }
  if (job.files != FilesState::kKept) {
    return api::BadParameter(param, fmt::format("video {} has expired: its files are gone", id));
  }
  return job;
}

// A file is nothing that any installed model can begin with.
Outcome<JobRecord> SourceOf(const api::Service& service, const Call& call) {
  if (call.request.form && call.request.form->FindFile("video") != nullptr) {
    return api::BadParameter("video",
                             "video: uploaded videos cannot be changed, since no installed "
                             "model is conditioned on video; name a video that was made "
                             "here as {\"id\": \"video_...\"}");
  }
  return FindSource(service, call, IdOf(call.body["video"]));
}

Outcome<http::Response> AnswerDerived(const api::Service& service, const Call& call,
                                      const api::DerivedVideo& video) {
  return AnswerVideo(service, TRY(api::CreateDerivedVideo(service, OriginOf(call), video)));
}

api::DerivedVideo Derived(JobKind kind, JobRecord source, const json& body) {
  api::DerivedVideo video;
  video.kind = kind;
  video.source = std::move(source);
  video.prompt = body["prompt"].get<std::string>();
  if (body.contains("seed")) video.seed = body["seed"].get<uint64_t>();
  return video;
}

Outcome<http::Response> DrawAnew(const api::Service& service, const Call& call, JobKind kind,
                                 JobRecord source, double strength) {
  const api::ServedModel& model = *TRY(api::ModelOf(service, source));
  if (!model.remixes) {
    return api::BadParameter("video", fmt::format("{} cannot start from a finished video: it keeps "
                                                  "no latents to start from",
                                                  model.name));
  }
  api::DerivedVideo video = Derived(kind, std::move(source), call.body);
  video.strength = strength;
  return AnswerDerived(service, call, video);
}

Outcome<http::Response> RemixVideo(const api::Service& service, const Call& call) {
  JobRecord source = TRY(FindSource(service, call, call.Value("video_id")));
  const double strength = call.body.value("strength", kRemixStrength);
  return DrawAnew(service, call, JobKind::kRemix, std::move(source), strength);
}

Outcome<http::Response> EditVideo(const api::Service& service, const Call& call) {
  JobRecord source = TRY(SourceOf(service, call));
  return DrawAnew(service, call, JobKind::kEdit, std::move(source), kEditStrength);
}

Outcome<http::Response> ExtendVideo(const api::Service& service, const Call& call) {
  JobRecord source = TRY(SourceOf(service, call));
  const api::ServedModel& model = *TRY(api::ModelOf(service, source));
  std::optional<JobRecord> target;
  if (call.body.contains("into")) {
    target = TRY(FindSource(service, call, IdOf(call.body["into"]), "into"));
  }
  const api::Continuation way =
      TRY(api::ReadContinuation(model, source, target ? &*target : nullptr, call.body));
  api::DerivedVideo video = Derived(JobKind::kExtension, std::move(source), call.body);
  video.continuation = way;
  return AnswerDerived(service, call, video);
}

}  // namespace

void AddDerivedRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, "/v1/videos/{video_id}/remix", "remixVideo", RemixVideo,
                          BodyKind::kFormOrJson},
                         {Method::kPost, "/v1/videos/edits", "editVideo", EditVideo,
                          BodyKind::kFormOrJson, kBodyBytesMax, kVideoBytesMax},
                         {Method::kPost, "/v1/videos/extensions", "extendVideo", ExtendVideo,
                          BodyKind::kFormOrJson, kBodyBytesMax, kVideoBytesMax},
                     });
}

}  // namespace aozora::routes
