// SPDX-License-Identifier: Apache-2.0
#include "routes/files/routes.h"

#include <algorithm>

#include "api/endpoint.h"
#include "api/kept_files.h"
#include "api/page.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint64_t kBodyBytesMax = 10'000;
constexpr uint64_t kFileBytesMax = 512'000'000;  // as the Files API has it
constexpr uint32_t kListLimitMax = 10'000;
constexpr uint32_t kListLimitDefault = 1'000;
constexpr std::array kListedPurposes = {"vision", "user_data", "batch", "batch_output"};

json FileJson(const FileRecord& file) {
  return {{"id", file.id},
          {"object", "file"},
          {"bytes", file.bytes},
          {"created_at", api::SecondsOf(file.created_ms)},
          {"expires_at", api::SecondsOf(file.expires_ms)},
          {"filename", file.name},
          {"purpose", file.purpose},
          {"status", "processed"}};
}

Outcome<http::Response> Create(const api::Service& service, const Call& call) {
  http::FormFile* upload = call.request.form ? call.request.form->FindFile("file") : nullptr;
  if (upload == nullptr) return api::BadParameter("file", "file must be sent as a file");
  api::NewFile file = {call.principal.person_id, call.body["purpose"].get<std::string>(),
                       upload->filename, upload->content_type, std::nullopt};
  if (call.body.contains("expires_after")) {
    file.kept_ms = call.body["expires_after"]["seconds"].get<int64_t>() * 1000;
  }
  return api::AnswerJson(FileJson(TRY(api::KeepFile(service, file, std::move(upload->content)))));
}

// Rows of one creation time are told apart by their ids; `after` is where the page before ended.
Result<std::vector<FileRecord>> Page(Transaction& transaction, const std::string& person_id,
                                     const std::optional<std::string_view>& purpose,
                                     int64_t now_ms) {
  Query<FileRecord> query;
  query.Equal(&FileRecord::person_id, person_id).Equal(&FileRecord::deleted_ms, std::nullopt);
  if (purpose) {
    query.Equal(&FileRecord::purpose, std::string(*purpose));
  } else {
    query.In(&FileRecord::purpose,
             std::vector<std::string>(kListedPurposes.begin(), kListedPurposes.end()));
  }
  query.Ascending(&FileRecord::created_ms).Ascending(&FileRecord::id);
  std::vector<FileRecord> files = TRY(transaction.Select(query));
  std::erase_if(files, [&](const FileRecord& file) {
    return (file.expires_ms && *file.expires_ms <= now_ms) || file.purpose == api::kJobInputPurpose;
  });
  return files;
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  api::PageQuery page = TRY(api::ReadPageQuery(call.request, kListLimitMax));
  if (!call.request.QueryValue("limit")) page.limit = kListLimitDefault;
  std::vector<FileRecord> files = TRY(service.store.Read([&](Transaction& transaction) {
    return Page(transaction, call.principal.person_id, call.request.QueryValue("purpose"),
                NowMs(service.clock));
  }));
  if (page.newest_first) std::reverse(files.begin(), files.end());
  return api::AnswerJson(TRY(api::PageOf(files, page, "file", FileJson)));
}

Outcome<http::Response> Get(const api::Service& service, const Call& call) {
  return api::AnswerJson(
      FileJson(TRY(api::FindFile(service, call.principal.person_id, call.Value("file_id")))));
}

Outcome<http::Response> Delete(const api::Service& service, const Call& call) {
  const FileRecord file =
      TRY(api::FindFile(service, call.principal.person_id, call.Value("file_id")));
  FileRecord deleted = file;
  deleted.deleted_ms = NowMs(service.clock);
  TRY(service.store.Write(
      [&](Transaction& transaction) { return transaction.Change(file, deleted); }));
  return api::AnswerJson({{"id", file.id}, {"object", "file"}, {"deleted", true}});
}

Outcome<http::Response> Content(const api::Service& service, const Call& call) {
  const FileRecord file =
      TRY(api::FindFile(service, call.principal.person_id, call.Value("file_id")));
  http::FileBody body;
  body.path = service.folder.File(file.id);
  // Whatever somebody uploaded, a browser must not run it as ours.
  body.content_type = "application/octet-stream";
  body.etag = file.sha256;
  body.download_name = file.name;
  return http::Response::File(std::move(body));
}

}  // namespace

void AddFileRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, "/v1/files", "createFile", Create, BodyKind::kForm,
                          kBodyBytesMax, kFileBytesMax},
                         {Method::kGet, "/v1/files", "listFiles", List},
                         {Method::kGet, "/v1/files/{file_id}", "getFile", Get},
                         {Method::kDelete, "/v1/files/{file_id}", "deleteFile", Delete},
                         {Method::kGet, "/v1/files/{file_id}/content", "getFileContent", Content},
                     });
}

}  // namespace aozora::routes
