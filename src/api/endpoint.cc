// SPDX-License-Identifier: Apache-2.0
#include "api/endpoint.h"

#include <cmath>

#include "api/body.h"
#include "api/stop_gate.h"
#include "base/log.h"

namespace aozora::api {

using nlohmann::json;

namespace {

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

Problem Unauthenticated(std::string message) {
  Problem problem;
  problem.status = 401;
  problem.code = "invalid_api_key";
  problem.message = std::move(message);
  return problem;
}

std::string_view ScopeFor(const http::Request& request) {
  if (request.path.starts_with("/v1/admin/")) return kScopeAdmin;
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  return reads ? kScopeRead : kScopeWrite;
}

Outcome<Caller> Identify(const Service& service, const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::optional<std::string_view> header = request.headers.Find("authorization");
  if (!header || !header->starts_with(kBearer)) {
    return Unauthenticated(
        "no API key: send it as \"Authorization: Bearer aoz_...\"; `aozora admin key add` makes "
        "one");
  }
  const std::optional<Principal> principal =
      TRY(service.keys.Authenticate(header->substr(kBearer.size())));
  if (!principal) {
    return Unauthenticated("this API key is not one of ours, or was revoked, or has expired");
  }
  Caller caller{*principal, service.rates.Take(principal->key_id)};
  const std::string_view scope = ScopeFor(request);
  if (!principal->Has(scope)) {
    Problem problem;
    problem.status = 403;
    problem.code = "insufficient_scope";
    problem.message = fmt::format("this key may not do this: it needs the scope {}", scope);
    return problem;
  }
  return caller;
}

Problem TooMany(const RateLimiter::Verdict& verdict) {
  Problem problem;
  problem.status = 429;
  problem.type = "rate_limit_error";
  problem.code = "rate_limit_exceeded";
  problem.message = fmt::format("more than {} requests a minute with this key: try again in {} s",
                                verdict.limit, verdict.retry_after_s);
  problem.retry_after_s = verdict.retry_after_s;
  return problem;
}

http::Response Run(const Service& service, const OperationRoute& route, http::Request& request) {
  const auto* caller = std::any_cast<Caller>(&request.principal);
  CHECK(caller != nullptr);
  const auto run = [&]() -> Outcome<http::Response> {
    json body;
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

http::Response AnswerJson(const json& body) {
  return http::Response::Json(200, body.dump(-1, ' ', false, json::error_handler_t::replace));
}

json SecondsOf(std::optional<int64_t> time_ms) {
  return time_ms ? json(SecondsOf(*time_ms)) : json(nullptr);
}

http::Gate MakeGate(const Service& service) {
  return [&service](http::Request& request,
                    const http::RouteOptions& route) -> std::optional<http::Response> {
    const auto stopped = [&](const Principal* principal) -> std::optional<http::Response> {
      Outcome<std::optional<Problem>> problem = FindStopProblem(service, request, route, principal);
      if (!problem.ok()) return AnswerOf(problem.error());
      if (*problem) return AnswerOf(**problem);
      return std::nullopt;
    };
    if (route.open) return stopped(nullptr);
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
    router.Add(route.method, route.pattern, std::move(options),
               [&service, route](http::Request& request) { return Run(service, route, request); });
  }
}

}  // namespace aozora::api
