// SPDX-License-Identifier: Apache-2.0
#include "api/page.h"
#include "api/video_json.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

Outcome<http::Response> ListVideos(const api::Service& service, const Call& call) {
  const api::PageQuery page = TRY(api::ReadPageQuery(
      call.request, static_cast<uint32_t>(service.queue.limits().list_limit_max)));
  ListQuery query;
  query.person_id = call.principal.person_id;
  query.after_id = page.after;
  query.limit = page.limit;
  query.ascending = !page.newest_first;
  Result<JobList> list = service.queue.List(query);
  if (!list.ok() && list.error().code() == ErrorCode::kNotFound) {
    return api::BadParameter("after", fmt::format("after: there is no video {}", page.after));
  }
  if (!list.ok()) return list.error();
  json data = json::array();
  for (const JobRecord& job : list->jobs) data.push_back(TRY(api::VideoJson(service, job)));
  return api::AnswerJson(api::PageOf(std::move(data), list->has_more));
}

Outcome<http::Response> GetVideo(const api::Service& service, const Call& call) {
  return AnswerVideo(service, TRY(FindVideo(service, call, call.Value("video_id"))));
}

Outcome<http::Response> DeleteVideo(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  TRY(service.queue.Delete(job.id, call.principal.person_id));
  return api::AnswerJson({{"id", job.id}, {"object", "video.deleted"}, {"deleted", true}});
}

Outcome<http::Response> CancelVideo(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  return AnswerVideo(service, TRY(service.queue.Cancel(job.id, call.principal.person_id)));
}

}  // namespace

void AddJobRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/videos", "listVideos", ListVideos},
          {Method::kGet, "/v1/videos/{video_id}", "getVideo", GetVideo},
          {Method::kDelete, "/v1/videos/{video_id}", "deleteVideo", DeleteVideo},
          {Method::kPost, "/v1/videos/{video_id}/cancel", "cancelVideo", CancelVideo},
      });
}

}  // namespace aozora::routes
