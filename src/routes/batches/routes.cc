// SPDX-License-Identifier: Apache-2.0
#include "routes/batches/routes.h"

#include "api/endpoint.h"
#include "api/kept_files.h"
#include "api/page.h"
#include "base/units.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr int64_t kWindowMs = kDayMs;
constexpr uint32_t kListLimitMax = 100;

json TextOrNull(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json BatchJson(const BatchRecord& batch) {
  const auto ended_as = [&](BatchState state) {
    return batch.state == state ? api::SecondsOf(batch.ended_ms) : json(nullptr);
  };
  const json faults = json::parse(batch.errors_json, nullptr, false);
  json errors = nullptr;
  if (faults.is_array() && !faults.empty()) errors = {{"object", "list"}, {"data", faults}};
  return {{"id", batch.id},
          {"object", "batch"},
          {"endpoint", batch.endpoint},
          {"errors", errors},
          {"input_file_id", batch.input_file_id},
          {"completion_window", batch.completion_window},
          {"status", NameOf(batch.state)},
          {"output_file_id", TextOrNull(batch.output_file_id)},
          {"error_file_id", TextOrNull(batch.error_file_id)},
          {"created_at", api::SecondsOf(batch.created_ms)},
          {"in_progress_at", api::SecondsOf(batch.in_progress_ms)},
          {"expires_at", api::SecondsOf(batch.expires_ms)},
          {"finalizing_at", api::SecondsOf(batch.finalizing_ms)},
          {"completed_at", ended_as(BatchState::kCompleted)},
          {"failed_at", ended_as(BatchState::kFailed)},
          {"expired_at", ended_as(BatchState::kExpired)},
          {"cancelling_at", api::SecondsOf(batch.cancelling_ms)},
          {"cancelled_at", ended_as(BatchState::kCancelled)},
          {"request_counts",
           {{"total", batch.item_count},
            {"completed", batch.completed_count},
            {"failed", batch.failed_count}}},
          {"metadata", json::parse(batch.metadata_json, nullptr, false)}};
}

Outcome<BatchRecord> Find(const api::Service& service, const Call& call) {
  const std::string id = call.Value("batch_id");
  const std::optional<BatchRecord> batch = TRY(service.store.Read(
      [&](Transaction& transaction) { return transaction.Find<BatchRecord>(id); }));
  if (!batch || batch->person_id != call.principal.person_id) return api::NoSuch("batch", id);
  return *batch;
}

Outcome<http::Response> Create(const api::Service& service, const Call& call) {
  const std::string file_id = call.body["input_file_id"].get<std::string>();
  Outcome<FileRecord> file = api::FindFile(service, call.principal.person_id, file_id);
  if (!file.ok()) return api::BadParameter("input_file_id", file.error().message);
  if (file->purpose != "batch") {
    return api::BadParameter(
        "input_file_id",
        fmt::format("file {} was uploaded for {}: purpose must be batch", file_id, file->purpose));
  }
  BatchRecord batch;
  batch.id = NewId("batch_", service.random);
  batch.person_id = call.principal.person_id;
  batch.endpoint = call.body["endpoint"].get<std::string>();
  batch.input_file_id = file_id;
  batch.completion_window = call.body["completion_window"].get<std::string>();
  batch.metadata_json = call.body.value("metadata", json()).dump();
  batch.created_ms = NowMs(service.clock);
  batch.expires_ms = batch.created_ms + kWindowMs;
  TRY(service.store.Write([&](Transaction& transaction) { return transaction.Insert(batch); }));
  return api::AnswerJson(BatchJson(batch));
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  const api::PageQuery page = TRY(api::ReadPageQuery(call.request, kListLimitMax));
  const std::vector<BatchRecord> batches = TRY(service.store.Read([&](Transaction& transaction) {
    return transaction.Select(Query<BatchRecord>()
                                  .Equal(&BatchRecord::person_id, call.principal.person_id)
                                  .Descending(&BatchRecord::created_ms)
                                  .Descending(&BatchRecord::id));
  }));
  return api::AnswerJson(TRY(api::PageOf(batches, page, "batch", BatchJson)));
}

Outcome<http::Response> Get(const api::Service& service, const Call& call) {
  return api::AnswerJson(BatchJson(TRY(Find(service, call))));
}

// Asked for here, done by the runner.
Outcome<http::Response> Cancel(const api::Service& service, const Call& call) {
  const BatchRecord batch = TRY(Find(service, call));
  const bool open =
      batch.state == BatchState::kValidating || batch.state == BatchState::kInProgress;
  if (!open) return api::AnswerJson(BatchJson(batch));
  BatchRecord after = batch;
  after.state = BatchState::kCancelling;
  after.cancelling_ms = NowMs(service.clock);
  TRY(service.store.Write(
      [&](Transaction& transaction) { return transaction.Change(batch, after); }));
  return api::AnswerJson(BatchJson(after));
}

}  // namespace

void AddBatchRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, "/v1/batches", "createBatch", Create, BodyKind::kJson},
                         {Method::kGet, "/v1/batches", "listBatches", List},
                         {Method::kGet, "/v1/batches/{batch_id}", "getBatch", Get},
                         {Method::kPost, "/v1/batches/{batch_id}/cancel", "cancelBatch", Cancel},
                     });
}

}  // namespace aozora::routes
