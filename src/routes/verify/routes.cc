// SPDX-License-Identifier: Apache-2.0
#include "routes/verify/routes.h"

#include <mutex>

#include "api/endpoint.h"
#include "provenance/verification.h"
#include "store/mark_records.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint64_t kBodyBytesMax = 10'000;
constexpr uint64_t kFileBytesMax = 512'000'000;
constexpr uint32_t kRetryAfterS = 5;
// Beside renders, which have their own.
constexpr uint32_t kThreads = 1;

// Verifying takes seconds of a processor: one at a time, whoever asks.
std::mutex& Turn() {
  static std::mutex turn;
  return turn;
}

api::Problem Busy() {
  api::Problem problem;
  problem.status = 429;
  problem.type = "rate_limit_error";
  problem.code = "busy";
  problem.message = "another file is being verified: try again in a moment";
  problem.retry_after_s = kRetryAfterS;
  return problem;
}

bool MaySeeAll(const Principal& principal) {
  return principal.role == "admin" || principal.role == "reviewer";
}

// Whose video it is, is told to whom it belongs and to those who review.
Outcome<json> OriginJson(const api::Service& service, const Call& call, uint32_t mark_id) {
  const std::optional<MarkRecord> mark = TRY(service.store.Read(
      [&](Transaction& t) { return t.Find<MarkRecord>(static_cast<int64_t>(mark_id)); }));
  if (!mark) return json(nullptr);
  json origin{{"made_at", api::SecondsOf(mark->made_ms)}, {"video_id", nullptr}};
  const Result<JobRecord> job = service.queue.Get(mark->job_id);
  if (job.ok() && (job->person_id == call.principal.person_id || MaySeeAll(call.principal))) {
    origin["video_id"] = job->id;
  }
  return origin;
}

Outcome<http::Response> Verify(const api::Service& service, const Call& call) {
  http::FormFile* file = call.request.form ? call.request.form->FindFile("file") : nullptr;
  if (file == nullptr) return api::BadParameter("file", "file must be sent as a file");
  const std::unique_lock<std::mutex> turn(Turn(), std::try_to_lock);
  if (!turn.owns_lock()) return Busy();
  ThreadPool pool(kThreads);
  const Verification found =
      TRY(VerifyFile(file->path(), service.maker, Trust{}, pool, service.clock));
  json shown = ToJson(found);
  shown["origin"] = found.mark ? TRY(OriginJson(service, call, found.mark->id)) : json(nullptr);
  return api::AnswerJson(shown);
}

}  // namespace

void AddVerifyRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, "/v1/verify", "verifyFile", Verify, BodyKind::kForm,
                          kBodyBytesMax, kFileBytesMax},
                     });
}

}  // namespace aozora::routes
