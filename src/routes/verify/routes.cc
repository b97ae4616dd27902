// SPDX-License-Identifier: Apache-2.0
#include "routes/verify/routes.h"

#include "api/endpoint.h"
#include "api/verifier.h"
#include "store/mark_records.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint64_t kBodyBytesMax = 10'000;
constexpr uint64_t kFileBytesMax = 512'000'000;

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
  const Verification found = TRY(service.verifier.Verify(file->path()));
  json shown = ToJson(found);
  shown["origin"] = found.mark ? TRY(OriginJson(service, call, found.mark->id)) : json(nullptr);
  return api::AnswerJson(shown);
}

// What others have to trust to believe our manifests; the same for everybody, and no secret.
Outcome<http::Response> GetRootCertificate(const api::Service& service, const Call&) {
  if (service.verifier.root_pem().empty()) return api::NoSuch("certificate", "root.pem");
  return http::Response::Data(200, "application/x-pem-file", service.verifier.root_pem());
}

}  // namespace

void AddVerifyRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, "/v1/verify", "verifyFile", Verify, BodyKind::kForm,
                          kBodyBytesMax, kFileBytesMax},
                         {.pattern = "/v1/root.pem",
                          .name = "getRootCertificate",
                          .operation = GetRootCertificate,
                          .open = true},
                     });
}

}  // namespace aozora::routes
