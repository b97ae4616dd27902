// SPDX-License-Identifier: Apache-2.0
#include "routes/folders/routes.h"

#include "api/endpoint.h"
#include "jobs/folders.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr std::string_view kAll = "/v1/folders";
constexpr std::string_view kOne = "/v1/folders/{folder_id}";

Folders Of(const api::Service& service) {
  return Folders(service.store, service.clock, service.random);
}

json FolderJson(const Folder& folder) {
  return {{"id", folder.record.id},
          {"object", "folder"},
          {"name", folder.record.name},
          {"created_at", api::SecondsOf(folder.record.created_ms)},
          {"video_ids", folder.video_ids}};
}

// An answer, or which field the client can mend.
Outcome<http::Response> Answer(Result<Folder> folder, std::string_view param) {
  if (folder.ok()) return api::AnswerJson(FolderJson(*folder));
  const Error& error = folder.error();
  if (error.code() != ErrorCode::kInvalid && error.code() != ErrorCode::kExhausted) return error;
  return api::BadParameter(std::string(param), fmt::format("{}: {}", param, error.message()));
}

Outcome<std::string> NameOf(const Call& call) {
  std::string name = call.body["name"].get<std::string>();
  const size_t first = name.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return api::BadParameter("name", "name: a folder needs a name");
  return name.substr(first, name.find_last_not_of(" \t\r\n") + 1 - first);
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  json data = json::array();
  for (const Folder& folder : TRY(Of(service).List(call.principal.person_id))) {
    data.push_back(FolderJson(folder));
  }
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> Create(const api::Service& service, const Call& call) {
  return Answer(Of(service).Add(call.principal.person_id, TRY(NameOf(call))), "name");
}

Outcome<http::Response> Rename(const api::Service& service, const Call& call) {
  return Answer(
      Of(service).Rename(call.principal.person_id, call.Value("folder_id"), TRY(NameOf(call))),
      "name");
}

Outcome<http::Response> Delete(const api::Service& service, const Call& call) {
  const std::string id = call.Value("folder_id");
  const Status status = Of(service).Remove(call.principal.person_id, id);
  if (!status.ok() && status.error().code() == ErrorCode::kNotFound) {
    return api::NoSuch("folder", id);
  }
  TRY(status);
  return api::AnswerJson({{"id", id}, {"object", "folder.deleted"}, {"deleted", true}});
}

Outcome<http::Response> PutVideos(const api::Service& service, const Call& call) {
  return Answer(Of(service).Put(call.principal.person_id, call.Value("folder_id"),
                                call.body["video_ids"].get<std::vector<std::string>>()),
                "video_ids");
}

Outcome<http::Response> TakeOutVideo(const api::Service& service, const Call& call) {
  return Answer(Of(service).TakeOut(call.principal.person_id, call.Value("folder_id"),
                                    call.Value("video_id")),
                "video_id");
}

}  // namespace

void AddFolderRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kGet, kAll, "listFolders", List},
                         {Method::kPost, kAll, "createFolder", Create, BodyKind::kJson},
                         {Method::kPost, kOne, "renameFolder", Rename, BodyKind::kJson},
                         {Method::kDelete, kOne, "deleteFolder", Delete},
                         {Method::kPost, "/v1/folders/{folder_id}/videos", "putVideosInFolder",
                          PutVideos, BodyKind::kJson},
                         {Method::kDelete, "/v1/folders/{folder_id}/videos/{video_id}",
                          "takeVideoOutOfFolder", TakeOutVideo},
                     });
}

}  // namespace aozora::routes
