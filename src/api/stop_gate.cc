// SPDX-License-Identifier: Apache-2.0
#include "api/stop_gate.h"

#include <algorithm>

namespace aozora::api {
namespace {

// "videos" of "/v1/videos/video_1".
std::string_view GroupOf(std::string_view path) {
  constexpr std::string_view kRoot = "/v1/";
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  return path.substr(0, path.find('/'));
}

// The way of admins into the page that they administer from: who releases a stop must be able to
// log in while it holds.
bool IsWayIn(std::string_view operation) {
  constexpr std::string_view kOperations[] = {"login", "logout", "getSession", "getMe"};
  return std::find(std::begin(kOperations), std::end(kOperations), operation) !=
         std::end(kOperations);
}

}  // namespace

Outcome<std::optional<Problem>> FindStopProblem(const Service& service,
                                                const http::Request& request,
                                                const http::RouteOptions& route,
                                                const Principal* principal) {
  if (route.unstoppable) return std::optional<Problem>();
  const StopBoard::Stops stops = TRY(service.stops.Now());
  StoppedRequest asked;
  asked.operation = route.name;
  asked.group = GroupOf(request.path);
  asked.writes = request.method != http::Method::kGet && request.method != http::Method::kHead;
  asked.administers = asked.group == "admin" || IsWayIn(route.name);
  if (principal != nullptr) {
    asked.person_id = principal->person_id;
    asked.key_id = principal->key_id;
  }
  const Stop* stop = FindStop(*stops, asked);
  if (stop == nullptr) return std::optional<Problem>();
  const bool personal = stop->scope == StopScope::kPerson || stop->scope == StopScope::kKey;
  Problem problem;
  problem.status = personal ? 403 : 503;
  problem.type = personal ? "invalid_request_error" : "server_error";
  problem.code = "stopped";
  problem.message = StopMessage(*stop);
  return std::optional<Problem>(std::move(problem));
}

}  // namespace aozora::api
