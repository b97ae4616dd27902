// SPDX-License-Identifier: Apache-2.0
#include "routes/videos/routes.h"

#include <algorithm>

#include "api/video_json.h"
#include "routes/videos/parts.h"

namespace aozora::routes {
namespace {

// What openai-poll-after-ms may say: often enough to be early, seldom enough for many clients.
constexpr int64_t kPollMsMin = 500;
constexpr int64_t kPollMsMax = 5'000;
constexpr int64_t kPollsOfWait = 10;

}  // namespace

void AddVideoRoutes(http::Router& router, const api::Service& service) {
  AddCreateRoutes(router, service);
  AddJobRoutes(router, service);
  AddDerivedRoutes(router, service);
  AddContentRoutes(router, service);
  AddCharacterRoutes(router, service);
  AddEventRoutes(router, service);
  AddModelRoutes(router, service);
}

api::Outcome<JobRecord> FindVideo(const api::Service& service, const api::Call& call,
                                  std::string_view id) {
  return api::FindVideo(service, call.principal.person_id, id);
}

http::Response AnswerVideo(const nlohmann::json& video, const JobRecord& job,
                           const std::optional<QueuePlace>& place) {
  http::Response response = api::AnswerJson(video);
  if (!IsTerminal(job.state)) {
    const int64_t wait_ms = place ? place->ready_in_ms.value_or(0) : 0;
    response.headers.Set(
        "openai-poll-after-ms",
        std::to_string(std::clamp(wait_ms / kPollsOfWait, kPollMsMin, kPollMsMax)));
  }
  return response;
}

api::Outcome<http::Response> AnswerVideo(const api::Service& service, const JobRecord& job) {
  std::optional<QueuePlace> place;
  if (!IsTerminal(job.state)) place = TRY(service.queue.Place(job.id));
  return AnswerVideo(api::VideoJson(service.folder, job, place), job, place);
}

api::Origin OriginOf(const api::Call& call) {
  api::Origin origin;
  origin.person_id = call.principal.person_id;
  origin.key_id = call.principal.key_id;
  origin.request_id = call.request.request_id;
  origin.address = call.request.peer_address;
  origin.role = call.principal.role;
  return origin;
}

}  // namespace aozora::routes
