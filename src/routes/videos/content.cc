// SPDX-License-Identifier: Apache-2.0
#include "api/video_content.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;

namespace {

Outcome<http::Response> Content(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  return api::VideoContent(service, job, call.request, job.id);
}

}  // namespace

void AddContentRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/videos/{video_id}/content", "getVideoContent", Content},
      });
}

}  // namespace aozora::routes
