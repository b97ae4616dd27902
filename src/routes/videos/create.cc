// SPDX-License-Identifier: Apache-2.0
#include "api/video_json.h"
#include "base/file.h"
#include "base/hash.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

// A prompt of 32,000 characters and a picture of 20 MiB as base64.
constexpr uint64_t kCreateBodyBytesMax = 29'000'000;
constexpr uint64_t kPictureBytesMax = 32'000'000;
constexpr size_t kIdempotencyKeyBytesMax = 255;

// What is said twice must be the same to be the same request: fields and the bytes of the picture.
Result<std::string> HashOf(const json& body, const http::FormFile* upload) {
  std::string hash = Sha256Hex(body.dump(-1, ' ', false, json::error_handler_t::replace));
  if (upload == nullptr) return hash;
  const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(upload->path()));
  const Bytes bytes = file->bytes();
  return Sha256Hex(hash + Sha256Hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

Outcome<http::Response> CreateVideo(const api::Service& service, const Call& call) {
  http::FormFile* upload =
      call.request.form ? call.request.form->FindFile("input_reference") : nullptr;
  api::Origin origin = OriginOf(call);
  if (const auto key = call.request.headers.Find("idempotency-key")) {
    if (key->empty() || key->size() > kIdempotencyKeyBytesMax) {
      return api::BadParameter(
          "Idempotency-Key",
          fmt::format("Idempotency-Key has 1 to {} characters", kIdempotencyKeyBytesMax));
    }
    origin.idempotency_key = *key;
    origin.body_sha256 = TRY(HashOf(call.body, upload));
  }
  const std::vector<JobRecord> jobs = TRY(api::CreateVideo(service, origin, call.body, upload));
  std::optional<QueuePlace> place;
  if (!IsTerminal(jobs.front().state)) place = TRY(service.queue.Place(jobs.front().id));
  json video = api::VideoJson(service.folder, jobs.front(), place);
  if (jobs.size() > 1) {
    for (const JobRecord& job : jobs) video["aozora"]["variations"].push_back(job.id);
  }
  return AnswerVideo(video, jobs.front(), place);
}

Outcome<http::Response> EstimateVideo(const api::Service& service, const Call& call) {
  const api::VideoForecast made = TRY(api::ForecastVideo(service, OriginOf(call), call.body));
  return api::AnswerJson({{"object", "video.estimate"},
                          {"model", made.model},
                          {"size", made.size},
                          {"seconds", std::to_string(made.seconds)},
                          {"n", made.count},
                          {"quota_seconds", made.quota_seconds},
                          {"quota_seconds_left", made.quota_seconds_left},
                          {"render_seconds", api::SecondsUp(made.forecast.render_ms)},
                          {"wait_seconds", api::SecondsUp(made.forecast.place.start_in_ms)},
                          {"queue_position", made.forecast.place.position}});
}

}  // namespace

void AddCreateRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kPost, "/v1/videos", "createVideo", CreateVideo, BodyKind::kFormOrJson,
           kCreateBodyBytesMax, kPictureBytesMax},
          {Method::kPost, "/v1/videos/estimate", "estimateVideo", EstimateVideo, BodyKind::kJson},
      });
}

}  // namespace aozora::routes
