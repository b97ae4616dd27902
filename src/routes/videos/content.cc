// SPDX-License-Identifier: Apache-2.0
#include "api/download_name.h"
#include "api/video_content.h"
#include "api/video_json.h"
#include "base/file.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;

namespace {

Outcome<http::Response> Content(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  return api::VideoContent(service, job, call.request, api::DownloadName(job.prompt, job.id));
}

Outcome<http::Response> Preview(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  const std::filesystem::path path = api::PreviewPath(service.folder, job.id);
  const std::optional<int64_t> revision = ModifiedMs(path);
  if (job.state != JobState::kInProgress || !revision) return api::NoSuch("preview", job.id);
  return http::Response::File(
             {.path = path, .content_type = "image/webp", .etag = std::to_string(*revision)})
      .With("Cache-Control", "private, no-cache");
}

}  // namespace

void AddContentRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/videos/{video_id}/content", "getVideoContent", Content},
          {Method::kGet, "/v1/videos/{video_id}/preview", "getVideoPreview", Preview},
      });
}

}  // namespace aozora::routes
