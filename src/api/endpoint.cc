// SPDX-License-Identifier: Apache-2.0
#include "api/endpoint.h"

#include <algorithm>
#include <cmath>

#include "api/body.h"
#include "api/session_cookie.h"
#include "api/stop_gate.h"
#include "base/log.h"

namespace aozora::api {

using nlohmann::json;

namespace {

// What makes videos waits for the terms.
constexpr std::string_view kNeedsTerms[] = {"createVideo", "remixVideo",  "editVideo",
                                            "extendVideo", "createBatch", "createCharacter"};

struct Caller {
  Principal principal;
  RateLimiter::Verdict verdict;
};

// As OpenAI's: how many requests there are, are left, and when all of them will be back.
void AddRateHeaders(const RateLimiter::Verdict& verdict, http::Response* response) {
  if (verdict.limit == 0) return;
  response->headers.Set("x-ratelimit-limit-requests", std::to_string(verdict.limit));
  response->headers.Set("x-ratelimit-remaining-requests", std::to_string(verdict.remaining));
  response->headers.Set("x-ratelimit-reset-requests",
                        fmt::format("{}s", static_cast<int64_t>(std::ceil(verdict.reset_s))));
}

std::string_view ScopeFor(const http::Request& request) {
  if (request.path.starts_with("/v1/admin/")) return kScopeAdmin;
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  return reads ? kScopeRead : kScopeWrite;
}

bool ChangesSomething(const http::Request& request) {
  return request.method != http::Method::kGet && request.method != http::Method::kHead;
}

Outcome<Principal> OfSession(const Service& service, const http::Request& request,
                             const std::string& secret) {
  const std::optional<SessionCaller> caller = TRY(service.programme.sessions.Find(secret));
  if (!caller) return Refuse(401, "invalid_api_key", "this login has ended: log in again");
  if (!ChangesSomething(request)) return caller->principal;
  if (!IsFromOwnPage(service, request)) {
    return Refuse(403, "wrong_origin",
                  "with a session, only pages of this server change something");
  }
  if (!IsCsrfToken(secret, request.headers.Find(kCsrfHeader).value_or(""))) {
    return Refuse(403, "wrong_csrf_token",
                  fmt::format("the header {} has to bring the session's token (GET /v1/session)",
                              kCsrfHeader));
  }
  return caller->principal;
}

Outcome<Principal> OfKey(const Service& service, std::string_view text) {
  const std::optional<Principal> principal = TRY(service.keys.Authenticate(text));
  if (principal) return *principal;
  return Refuse(401, "invalid_api_key",
                "this API key is not one of ours, or was revoked, or has expired");
}

Outcome<Principal> PrincipalOf(const Service& service, const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::optional<std::string_view> header = request.headers.Find("authorization");
  if (header && header->starts_with(kBearer)) return OfKey(service, header->substr(kBearer.size()));
  const std::optional<std::string> secret = SessionSecretOf(service, request);
  if (!header && secret) return OfSession(service, request, *secret);
  return Refuse(
      401, "invalid_api_key",
      "no API key: send it as \"Authorization: Bearer aoz_...\"; `aozora admin key add` makes "
      "one");
}

std::optional<Problem> Lacks(const Principal& principal, std::string_view scope) {
  if (principal.Has(scope)) return std::nullopt;
  return Refuse(403, "insufficient_scope",
                fmt::format("this key may not do this: it needs the scope {}", scope));
}

std::optional<Problem> MayNot(const Principal& principal, Action action) {
  const Permission& permission = PermissionOf(action);
  if (!MayDo(principal.role, action)) {
    return Refuse(403, "role_may_not",
                  fmt::format("the role {} may not do this ({})", principal.role, permission.name));
  }
  return Lacks(principal, permission.scope);
}

Outcome<Caller> Identify(const Service& service, const http::Request& request) {
  const Principal principal = TRY(PrincipalOf(service, request));
  Caller caller{principal, service.rates.Take(principal.key_id)};
  const std::string_view scope = ScopeFor(request);
  if (auto problem = Lacks(principal, scope)) return *problem;
  if (scope == kScopeAdmin && principal.role != NameOf(Role::kAdmin)) {
    return Refuse(403, "role_may_not", "this is for admins");
  }
  return caller;
}

std::optional<Problem> CheckTerms(const Service& service, const OperationRoute& route,
                                  const Principal& principal) {
  if (std::find(std::begin(kNeedsTerms), std::end(kNeedsTerms), route.name) ==
      std::end(kNeedsTerms)) {
    return std::nullopt;
  }
  const Result<bool> accepted = service.programme.terms.Accepted(principal.person_id);
  if (!accepted.ok()) return ProblemOf(accepted.error());
  if (*accepted) return std::nullopt;
  return Refuse(403, "terms_not_accepted",
                "there is a version of the terms that you have not accepted: GET /v1/terms");
}

Problem TooMany(const RateLimiter::Verdict& verdict) {
  Problem problem;
  problem.status = 429;
  problem.type = "rate_limit_error";
  problem.code = "rate_limit_exceeded";
  problem.message = fmt::format("more than {} requests a minute: try again in {} s", verdict.limit,
                                verdict.retry_after_s);
  problem.retry_after_s = verdict.retry_after_s;
  return problem;
}

// Health has no limit of its own; the rest is kept from guessing and from floods by address.
std::optional<http::Response> PassOpen(const Service& service, const http::Request& request) {
  if (!request.path.starts_with("/v1/")) return std::nullopt;
  const auto verdict = service.rates.Take("address:" + LimitedAddress(request.peer_address));
  if (verdict.allowed) return std::nullopt;
  return AnswerOf(TooMany(verdict));
}

http::Response Run(const Service& service, const OperationRoute& route, http::Request& request) {
  static const Caller kNobody;
  const auto* known = std::any_cast<Caller>(&request.principal);
  CHECK(known != nullptr || route.open);
  const Caller* caller = known != nullptr ? known : &kNobody;
  const auto run = [&]() -> Outcome<http::Response> {
    json body;
    if (route.action) {
      if (auto problem = MayNot(caller->principal, *route.action)) return *problem;
    }
    if (auto problem = CheckTerms(service, route, caller->principal)) return *problem;
    if (service.contract.RequestSchema(route.name) != nullptr) {
      body = TRY(ReadBody(service.contract, route.name, request));
    }
    return route.operation(service, Call{request, caller->principal, std::move(body)});
  };
  Outcome<http::Response> outcome = run();
  if (!outcome.ok() && outcome.error().cause) {
    Log(LogLevel::kError, "{} {}: {}", request.request_id, route.name,
        outcome.error().cause->message());
  }
  http::Response response = outcome.ok() ? std::move(outcome).value() : AnswerOf(outcome.error());
  AddRateHeaders(caller->verdict, &response);
  return response;
}

}  // namespace

Actor ActorOf(const Call& call) {
  return {call.principal.person_id, call.principal.role, call.request.peer_address};
}

http::Response AnswerJson(const json& body) {
  return http::Response::Json(200, body.dump(-1, ' ', false, json::error_handler_t::replace));
}

http::Response AnswerList(json data) {
  return AnswerJson({{"object", "list"}, {"data", std::move(data)}, {"has_more", false}});
}

json SecondsOf(std::optional<int64_t> time_ms) {
  return time_ms ? json(SecondsOf(*time_ms)) : json(nullptr);
}

json SecondsUp(std::optional<int64_t> ms) { return ms ? json((*ms + 999) / 1000) : json(nullptr); }

http::Gate MakeGate(const Service& service) {
  return [&service](http::Request& request,
                    const http::RouteOptions& route) -> std::optional<http::Response> {
    const auto stopped = [&](const Principal* principal) -> std::optional<http::Response> {
      Outcome<std::optional<Problem>> problem = FindStopProblem(service, request, route, principal);
      if (!problem.ok()) return AnswerOf(problem.error());
      if (*problem) return AnswerOf(**problem);
      return std::nullopt;
    };
    if (route.open) {
      auto answer = stopped(nullptr);
      return answer ? answer : PassOpen(service, request);
    }
    Outcome<Caller> caller = Identify(service, request);
    if (!caller.ok()) return AnswerOf(caller.error());
    if (!caller->verdict.allowed) {
      http::Response response = AnswerOf(TooMany(caller->verdict));
      AddRateHeaders(caller->verdict, &response);
      return response;
    }
    if (auto answer = stopped(&caller->principal)) return answer;
    request.principal = std::move(caller).value();
    return std::nullopt;
  };
}

void AddOperations(http::Router& router, const Service& service,
                   std::initializer_list<OperationRoute> routes) {
  for (const OperationRoute& route : routes) {
    http::RouteOptions options;
    options.name = route.name;
    options.body = route.body;
    options.body_bytes_max = route.body_bytes_max;
    options.file_bytes_max = route.file_bytes_max;
    options.open = route.open;
    router.Add(route.method, route.pattern, std::move(options),
               [&service, route](http::Request& request) { return Run(service, route, request); });
  }
}

}  // namespace aozora::api
