// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "render/output.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;

namespace {

api::Problem NotThere(std::string code, std::string message) {
  api::Problem problem;
  problem.status = 404;
  problem.code = std::move(code);
  problem.message = std::move(message);
  return problem;
}

Outcome<http::Response> Content(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  const std::string_view name = call.request.QueryValue("variant").value_or("video");
  const auto* variant =
      std::find_if(kOutputVariants.begin(), kOutputVariants.end(),
                   [&](const OutputVariant& known) { return known.name == name; });
  if (variant == kOutputVariants.end()) {
    return api::BadParameter("variant",
                             "variant must be one of video, thumbnail, "
                             "spritesheet, thumbnail.c2pa, spritesheet.c2pa");
  }
  if (!IsTerminal(job.state)) {
    return NotThere("video_not_ready",
                    fmt::format("video {} is {}, at {} %: its content is there "
                                "once it is completed",
                                job.id, NameOf(job.state), job.progress_percent));
  }
  if (job.state != JobState::kCompleted) {
    return NotThere("video_failed", fmt::format("video {} has failed: it has no content", job.id));
  }
  if (job.files != FilesState::kKept) {
    return NotThere("video_expired",
                    fmt::format("video {} has expired: its files are gone", job.id));
  }
  const JobOutput output = TRY(ParseJobOutput(job.output_json));
  const OutputFile* file = output.Find(name);
  if (file == nullptr) return Error::Corrupt("job {} has no {}", job.id, name);
  http::FileBody body;
  body.path = service.folder.Output(job.id) / variant->file_name;
  body.content_type = variant->media_type;
  body.etag = file->sha256;
  body.download_name =
      job.id + std::string(variant->file_name.substr(variant->file_name.find('.')));
  http::Response response =
      http::Response::File(std::move(body)).With("Cache-Control", "private, no-cache");
  // Where the manifest of a picture is (C2PA 2.2, section 11.4).
  const std::string sidecar = std::string(name) + ".c2pa";
  if (output.Find(sidecar) != nullptr) {
    response.headers.Set("Link", fmt::format("</v1/videos/{}/content?variant={}>; "
                                             "rel=\"c2pa-manifest\"",
                                             job.id, sidecar));
  }
  return response;
}

}  // namespace

void AddContentRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/videos/{video_id}/content", "getVideoContent", Content},
      });
}

}  // namespace aozora::routes
