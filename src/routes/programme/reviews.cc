// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"
#include "routes/programme/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json QueueJson(const std::vector<QueuedReview>& queued, const Call& call) {
  json data = json::array();
  for (const QueuedReview& each : queued) {
    data.push_back({{"id", each.review.id},
                    {"object", "review"},
                    {"due_at", api::SecondsOf(each.review.due_ms)},
                    {"overdue", each.review.escalated_ms.has_value()},
                    {"asked_of_you", each.review.reviewer_id == call.principal.person_id},
                    {"clip", ClipJson(each.view, api::ViewerOf(call))}});
  }
  return data;
}

Outcome<http::Response> Queue(const api::Service& service, const Call& call) {
  return api::AnswerList(
      QueueJson(TRY(service.programme.reviews.QueueOf(call.principal.person_id)), call));
}

Outcome<http::Response> Decide(const api::Service& service, const Call& call) {
  const bool approve = call.body["decision"].get<std::string>() == "approve";
  return AnswerClip(
      TRY(service.programme.reviews.Decide(call.Value("clip_id"), approve,
                                           TextOf(call.body, "reason"), api::ActorOf(call))),
      call);
}

Outcome<http::Response> Overdue(const api::Service& service, const Call& call) {
  return api::AnswerList(QueueJson(TRY(service.programme.reviews.Overdue()), call));
}

Outcome<http::Response> Assign(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.reviews.Assign(
                        call.Value("review_id"), call.body["reviewer_id"].get<std::string>(),
                        api::ActorOf(call))),
                    call);
}

Outcome<http::Response> Flag(const api::Service& service, const Call& call) {
  const std::string video_id = call.body["video_id"].get<std::string>();
  TRY(service.programme.reviews.Flag(video_id, call.body["reason"].get<std::string>(),
                                     api::ActorOf(call)));
  return api::AnswerJson({{"object", "flag"}, {"video_id", video_id}, {"flagged", true}});
}

http::Response AnswerSettings(int64_t due_ms) {
  return api::AnswerJson({{"object", "review_settings"}, {"due_hours", due_ms / kHourMs}});
}

Outcome<http::Response> Settings(const api::Service& service, const Call&) {
  return AnswerSettings(TRY(service.programme.reviews.DueMs()));
}

Outcome<http::Response> SetSettings(const api::Service& service, const Call& call) {
  const int64_t due_ms = call.body["due_hours"].get<int64_t>() * kHourMs;
  TRY(service.programme.reviews.SetDueMs(due_ms, api::ActorOf(call)));
  return AnswerSettings(due_ms);
}

}  // namespace

void AddReviewRoutes(http::Router& router, const api::Service& service) {
  constexpr auto kManage = Action::kManageReviews;
  api::AddOperations(
      router, service,
      {Get("/v1/reviews", "listReviews", Queue, Action::kReview),
       Post("/v1/clips/{clip_id}/decision", "decideClip", Decide, Action::kReview),
       Get("/v1/admin/reviews/overdue", "listOverdueReviews", Overdue, kManage),
       Post("/v1/admin/reviews/{review_id}/reviewer", "assignReview", Assign, kManage),
       Post("/v1/admin/flags", "flagVideo", Flag, kManage),
       Get("/v1/admin/review_settings", "getReviewSettings", Settings, kManage),
       Post("/v1/admin/review_settings", "setReviewSettings", SetSettings, kManage)});
}

}  // namespace aozora::routes
