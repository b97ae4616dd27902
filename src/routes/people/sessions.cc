// SPDX-License-Identifier: Apache-2.0
#include "api/session_cookie.h"
#include "routes/people/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json SessionJson(const SessionRecord& session, bool current) {
  return {{"id", session.id},
          {"object", "session"},
          {"created_at", api::SecondsOf(session.created_ms)},
          {"last_used_at", api::SecondsOf(session.last_used_ms)},
          {"expires_at", api::SecondsOf(session.created_ms + kSessionAbsoluteMs)},
          {"address", session.address},
          {"user_agent", session.user_agent},
          {"current", current}};
}

// Whom a page shows and what it needs to change something.
Outcome<json> LoginJson(const api::Service& service, const SessionRecord& session,
                        const PersonRecord& person, std::string_view secret) {
  const auto terms = TRY(service.programme.terms.Newest());
  json shown = SessionJson(session, /*current=*/true);
  shown["csrf_token"] = CsrfTokenOf(secret);
  shown["person"] = AccountJson(person);
  shown["terms_version"] = terms ? terms->version : 0;
  shown["terms_accepted"] = TRY(service.programme.terms.Accepted(person.id));
  return shown;
}

// A page of another site must not log somebody in as somebody else.
std::optional<api::Problem> ForeignPage(const api::Service& service, const Call& call) {
  if (!call.request.headers.Has("origin") || api::IsFromOwnPage(service, call.request)) {
    return std::nullopt;
  }
  api::Problem problem;
  problem.status = 403;
  problem.code = "wrong_origin";
  problem.message = "only pages of this server log in here";
  return problem;
}

Outcome<http::Response> Login(const api::Service& service, const Call& call) {
  if (auto problem = ForeignPage(service, call)) return *problem;
  LoginRequest request = LoginFrom(service, call.request);
  request.name = call.body["name"].get<std::string>();
  request.password = call.body["password"].get<std::string>();
  return AnswerLogin(service, TRY(service.programme.accounts.Login(request)));
}

Outcome<http::Response> CheckInvitation(const api::Service& service, const Call& call) {
  const InvitationRecord invitation =
      TRY(service.programme.invitations.Look(call.body["code"].get<std::string>()));
  const auto terms = TRY(service.programme.terms.Newest());
  return api::AnswerJson({{"object", "invitation.check"},
                          {"role", invitation.role},
                          {"expires_at", api::SecondsOf(invitation.expires_ms)},
                          {"terms_version", terms ? terms->version : 0}});
}

Outcome<http::Response> AcceptInvitation(const api::Service& service, const Call& call) {
  if (auto problem = ForeignPage(service, call)) return *problem;
  const LoginRequest from = LoginFrom(service, call.request);
  Acceptance acceptance;
  acceptance.code = call.body["code"].get<std::string>();
  acceptance.name = call.body["name"].get<std::string>();
  acceptance.password = call.body["password"].get<std::string>();
  acceptance.terms_version = call.body.value("terms_version", int64_t{0});
  acceptance.address = from.address;
  acceptance.user_agent = from.user_agent;
  return AnswerLogin(service, TRY(service.programme.invitations.Accept(acceptance)));
}

Outcome<http::Response> ResetPassword(const api::Service& service, const Call& call) {
  if (auto problem = ForeignPage(service, call)) return *problem;
  const PersonRecord person = TRY(service.programme.accounts.SetPassword(
      call.body["code"].get<std::string>(), call.body["password"].get<std::string>(),
      {"", "", call.request.peer_address}));
  return api::AnswerJson({{"object", "password.set"}, {"name", person.name}});
}

Outcome<http::Response> Logout(const api::Service& service, const Call& call) {
  const auto ended = service.programme.sessions.End(call.principal.person_id, call.principal.key_id,
                                                    api::ActorOf(call));
  if (!ended.ok() && ended.error().code() != ErrorCode::kNotFound) return ended.error();
  return api::AnswerJson({{"object", "session.ended"}, {"ended", ended.ok()}})
      .With("Set-Cookie", api::NoSessionCookie(service));
}

Outcome<http::Response> Current(const api::Service& service, const Call& call) {
  const std::string secret = api::SessionSecretOf(service, call.request).value_or("");
  const auto caller = TRY(service.programme.sessions.Find(secret));
  // A key beside a cookie is who asks, and has no session.
  if (!caller || caller->session.id != call.principal.key_id) {
    return api::NoSuch("session", "in this request");
  }
  const PersonRecord person = TRY(service.programme.accounts.FindPerson(call.principal.person_id));
  return api::AnswerJson(TRY(LoginJson(service, caller->session, person, secret)))
      .With("Cache-Control", "no-store");
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  json data = json::array();
  for (const SessionRecord& session :
       TRY(service.programme.sessions.List(call.principal.person_id))) {
    data.push_back(SessionJson(session, session.id == call.principal.key_id));
  }
  return api::AnswerJson({{"object", "list"}, {"data", data}, {"has_more", false}});
}

Outcome<http::Response> End(const api::Service& service, const Call& call) {
  TRY(service.programme.sessions.End(call.principal.person_id, call.Value("session_id"),
                                     api::ActorOf(call)));
  return api::AnswerJson({{"object", "session.ended"}, {"ended", true}});
}

}  // namespace

json AccountJson(const PersonRecord& person) {
  return {{"id", person.id},
          {"object", "person"},
          {"name", person.name},
          {"role", person.role},
          {"created_at", api::SecondsOf(person.created_ms)}};
}

LoginRequest LoginFrom(const api::Service& service, const http::Request& request) {
  LoginRequest from;
  from.address = request.peer_address;
  from.user_agent = request.headers.Find("user-agent").value_or("");
  from.old_secret = api::SessionSecretOf(service, request).value_or("");
  return from;
}

Outcome<http::Response> AnswerLogin(const api::Service& service, const LoginOutcome& outcome) {
  api::Problem problem;
  if (outcome.retry_after_s > 0) {
    problem.status = 429;
    problem.type = "rate_limit_error";
    problem.code = "rate_limit_exceeded";
    problem.message = fmt::format("too many tries: wait {} s", outcome.retry_after_s);
    problem.retry_after_s = outcome.retry_after_s;
    return problem;
  }
  if (!outcome.session) {
    problem.status = 401;
    problem.code = "invalid_login";
    problem.message = "this name and this password do not go together";
    return problem;
  }
  const std::string& secret = outcome.session->secret;
  return api::AnswerJson(TRY(LoginJson(service, outcome.session->record, *outcome.person, secret)))
      .With("Set-Cookie", api::SessionCookie(service, secret))
      .With("Cache-Control", "no-store");
}

void AddSessionRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  constexpr auto kOwn = Action::kOwnAccount;
  const auto open = [](std::string_view pattern, std::string_view name, api::Operation operation) {
    return api::OperationRoute{.method = Method::kPost,
                               .pattern = pattern,
                               .name = name,
                               .operation = operation,
                               .body = BodyKind::kJson,
                               .open = true};
  };
  api::AddOperations(
      router, service,
      {
          open("/v1/login", "login", Login),
          open("/v1/invitations/check", "checkInvitation", CheckInvitation),
          open("/v1/invitations/accept", "acceptInvitation", AcceptInvitation),
          open("/v1/password/reset", "resetPassword", ResetPassword),
          {.method = Method::kPost,
           .pattern = "/v1/logout",
           .name = "logout",
           .operation = Logout,
           .action = kOwn},
          {.pattern = "/v1/session", .name = "getSession", .operation = Current, .action = kOwn},
          {.pattern = "/v1/sessions", .name = "listSessions", .operation = List, .action = kOwn},
          {.method = Method::kDelete,
           .pattern = "/v1/sessions/{session_id}",
           .name = "endSession",
           .operation = End,
           .action = kOwn},
      });
}

}  // namespace aozora::routes
