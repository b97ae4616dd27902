// SPDX-License-Identifier: Apache-2.0
// The way of a request through the API: who asks (before the body is read), is the body what the
// contract says, then the operation, then an answer of the contract's form.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "api/problem.h"
#include "api/service.h"
#include "http/router.h"
#include "http/server.h"
#include "programme/roles.h"

namespace aozora::api {

// A request whose sender is known and whose body is as described.
struct Call {
  http::Request& request;
  const Principal& principal;
  nlohmann::json body;  // null where the operation takes none

  std::string Value(std::string_view name) const {  // {name} of the path
    return std::string(request.RouteValue(name));
  }
};
using Operation = Outcome<http::Response> (*)(const Service& service, const Call& call);

// An operation of the contract: `name` is its operationId.
struct OperationRoute {
  http::Method method = http::Method::kGet;
  std::string_view pattern;
  std::string_view name;
  Operation operation;
  http::BodyKind body = http::BodyKind::kNone;
  uint64_t body_bytes_max = uint64_t{1} << 20;
  uint64_t file_bytes_max = 0;
  std::optional<Action> action = {};  // what the caller's role and scopes must allow
  bool open = false;                  // anybody may call it; the principal is nobody then
};

// Handlers run on several threads at once. The service outlives the router.
void AddOperations(http::Router& router, const Service& service,
                   std::initializer_list<OperationRoute> routes);

// Knows people by "Authorization: Bearer KEY", and without one by the cookie of a session; what
// then changes something must come from a page of ours and bring its token (api/session_cookie.h).
// GET needs the scope videos:read, what changes something videos:write, /v1/admin/ admin and the
// role. Open routes pass, so many a minute from one address.
http::Gate MakeGate(const Service& service);

// Who does it, for the programme and its audit log.
Actor ActorOf(const Call& call);
inline Viewer ViewerOf(const Call& call) { return {call.principal.person_id, call.principal.role}; }

// A 200 with a JSON body. Text from outside that is not UTF-8 is replaced, never thrown at.
http::Response AnswerJson(const nlohmann::json& body);

// {"object": "list"} of all there is.
http::Response AnswerList(nlohmann::json data);

// Seconds since 1970 as the API counts them, or null.
nlohmann::json SecondsOf(std::optional<int64_t> time_ms);
// A length of time, rounded up, or null.
nlohmann::json SecondsUp(std::optional<int64_t> ms);
inline int64_t SecondsOf(int64_t time_ms) { return time_ms / 1000; }

}  // namespace aozora::api
