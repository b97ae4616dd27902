// SPDX-License-Identifier: Apache-2.0
#include "api/video_content.h"

#include <algorithm>

#include "render/output.h"

namespace aozora::api {
namespace {

const OutputVariant* FindVariant(std::string_view name) {
  const auto* variant =
      std::find_if(kOutputVariants.begin(), kOutputVariants.end(),
                   [&](const OutputVariant& known) { return known.name == name; });
  return variant == kOutputVariants.end() ? nullptr : variant;
}

Result<StoredFile> StoredFileOf(const DataFolder& folder, const JobRecord& job,
                                const JobOutput& output, const OutputVariant& variant) {
  const OutputFile* file = output.Find(variant.name);
  if (file == nullptr) return Error::Corrupt("job {} has no {}", job.id, variant.name);
  return StoredFile{folder.Output(job.id) / variant.file_name, file->sha256};
}

}  // namespace

Result<StoredFile> FindStored(const DataFolder& folder, const JobRecord& job,
                              std::string_view variant) {
  const OutputVariant* known = FindVariant(variant);
  CHECK(known != nullptr);
  return StoredFileOf(folder, job, TRY(ParseJobOutput(job.output_json)), *known);
}

Outcome<http::Response> VideoContent(const Service& service, const JobRecord& job,
                                     const http::Request& request, const std::string& called) {
  const std::string_view name = request.QueryValue("variant").value_or("video");
  const OutputVariant* variant = FindVariant(name);
  if (variant == nullptr) {
    return BadParameter("variant",
                        "variant must be one of video, thumbnail, spritesheet, "
                        "thumbnail.c2pa, spritesheet.c2pa");
  }
  if (!IsTerminal(job.state)) {
    return Refuse(404, "video_not_ready",
                  fmt::format("video {} is {}, at {} %: its content is there "
                              "once it is completed",
                              job.id, NameOf(job.state), job.progress_percent));
  }
  if (job.state != JobState::kCompleted) {
    return Refuse(404, "video_failed",
                  fmt::format("video {} has failed: it has no content", job.id));
  }
  if (job.files != FilesState::kKept) {
    return Refuse(404, "video_expired",
                  fmt::format("video {} has expired: its files are gone", job.id));
  }
  const JobOutput output = TRY(ParseJobOutput(job.output_json));
  const StoredFile file = TRY(StoredFileOf(service.folder, job, output, *variant));
  http::FileBody body;
  body.path = file.path;
  body.content_type = variant->media_type;
  body.etag = file.sha256;
  body.download_name =
      called + std::string(variant->file_name.substr(variant->file_name.find('.')));
  http::Response response =
      http::Response::File(std::move(body)).With("Cache-Control", "private, no-cache");
  // Where the manifest of a picture is (C2PA 2.2, section 11.4): beside it, in the same place.
  const std::string sidecar = std::string(name) + ".c2pa";
  if (output.Find(sidecar) != nullptr) {
    response.headers.Set(
        "Link", fmt::format("<{}?variant={}>; rel=\"c2pa-manifest\"", request.path, sidecar));
  }
  return response;
}

}  // namespace aozora::api
