// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "base/log.h"
#include "routes/people/parts.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint64_t kTermsBodyBytesMax = 2 * kTermsBytesMax;

Outcome<http::Response> ChangePassword(const api::Service& service, const Call& call) {
  return AnswerLogin(
      service, TRY(service.programme.accounts.ChangePassword(
                   call.principal.person_id, call.body["old_password"].get<std::string>(),
                   call.body["password"].get<std::string>(), LoginFrom(service, call.request))));
}

json TermsJson(const std::optional<TermsRecord>& terms) {
  return {{"object", "terms"},
          {"version", terms ? terms->version : 0},
          {"text", terms ? terms->text : ""},
          {"created_at", terms ? json(api::SecondsOf(terms->created_ms)) : json(nullptr)}};
}

Outcome<http::Response> Terms(const api::Service& service, const Call&) {
  return api::AnswerJson(TermsJson(TRY(service.programme.terms.Newest())));
}

Outcome<http::Response> AcceptTerms(const api::Service& service, const Call& call) {
  const int64_t version = call.body["version"].get<int64_t>();
  TRY(service.programme.terms.Accept(call.principal.person_id, version, api::ActorOf(call)));
  return api::AnswerJson({{"object", "terms.accepted"}, {"version", version}});
}

Outcome<http::Response> PublishTerms(const api::Service& service, const Call& call) {
  return api::AnswerJson(TermsJson(TRY(
      service.programme.terms.Publish(call.body["text"].get<std::string>(), api::ActorOf(call)))));
}

Outcome<http::Response> Export(const api::Service& service, const Call& call) {
  OwnData own =
      TRY(service.programme.own_data.Export(call.principal.person_id, api::ActorOf(call)));
  json files = json::array();
  for (const std::string& id : own.files.job_ids) files.push_back("/v1/videos/" + id + "/content");
  for (const std::string& id : own.files.file_ids) files.push_back("/v1/files/" + id + "/content");
  own.document["file_list"] = std::move(files);
  return api::AnswerJson(own.document)
      .With("Cache-Control", "no-store")
      .With("Content-Disposition", "attachment; filename=\"aozora-export.json\"");
}

// What cannot be removed now is removed by the sweeper, since no row names it any more.
void RemoveBytes(const api::Service& service, const OwnFiles& files) {
  const auto remove = [](const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) Log(LogLevel::kWarning, "cannot remove {}: {}", path.string(), error.message());
  };
  for (const std::string& id : files.job_ids) {
    remove(service.folder.Output(id));
    remove(service.folder.State(id));
  }
  for (const std::string& id : files.file_ids) remove(service.folder.File(id));
}

Outcome<http::Response> DeleteMe(const api::Service& service, const Call& call) {
  if (call.body["name"].get<std::string>() != call.principal.name) {
    return api::BadParameter("name", "to delete everything, say your own name");
  }
  RemoveBytes(service,
              TRY(service.programme.own_data.Delete(call.principal.person_id, api::ActorOf(call))));
  return api::AnswerJson(
      {{"id", call.principal.person_id}, {"object", "person.deleted"}, {"deleted", true}});
}

Outcome<http::Response> SetRole(const api::Service& service, const Call& call) {
  return api::AnswerJson(AccountJson(TRY(service.programme.accounts.SetRole(
      call.Value("person_id"), call.body["role"].get<std::string>(), api::ActorOf(call)))));
}

Outcome<http::Response> MakePasswordLink(const api::Service& service, const Call& call) {
  const MadePasswordLink made =
      TRY(service.programme.accounts.MakePasswordLink(call.Value("person_id"), api::ActorOf(call)));
  return api::AnswerJson({{"id", made.record.id},
                          {"object", "password_link"},
                          {"person_id", made.record.person_id},
                          {"code", made.code},
                          {"expires_at", api::SecondsOf(made.record.expires_ms)}})
      .With("Cache-Control", "no-store");
}

}  // namespace

void AddAccountRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  constexpr auto kOwn = Action::kOwnAccount;
  const auto post = [](std::string_view pattern, std::string_view name, api::Operation operation,
                       Action action) {
    return api::OperationRoute{.method = Method::kPost,
                               .pattern = pattern,
                               .name = name,
                               .operation = operation,
                               .body = BodyKind::kJson,
                               .action = action};
  };
  api::OperationRoute publish =
      post("/v1/admin/terms", "publishTerms", PublishTerms, Action::kManageTerms);
  publish.body_bytes_max = kTermsBodyBytesMax;
  api::AddOperations(
      router, service,
      {
          post("/v1/password", "changePassword", ChangePassword, kOwn),
          {.pattern = "/v1/terms", .name = "getTerms", .operation = Terms, .open = true},
          post("/v1/terms/accept", "acceptTerms", AcceptTerms, kOwn),
          publish,
          {.pattern = "/v1/me/export", .name = "exportMe", .operation = Export, .action = kOwn},
          post("/v1/me/delete", "deleteMe", DeleteMe, kOwn),
          post("/v1/admin/people/{person_id}/role", "setRole", SetRole, Action::kManagePeople),
          {.method = Method::kPost,
           .pattern = "/v1/admin/people/{person_id}/password_link",
           .name = "createPasswordLink",
           .operation = MakePasswordLink,
           .action = Action::kManagePeople},
      });
}

}  // namespace aozora::routes
