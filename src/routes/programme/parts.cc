// SPDX-License-Identifier: Apache-2.0
#include "routes/programme/parts.h"

#include "api/owned.h"
#include "routes/programme/routes.h"

namespace aozora::routes {

using nlohmann::json;

namespace {

json ReviewJson(const ClipView& view, const ReviewRecord& review) {
  return {{"id", review.id},
          {"round", review.round},
          {"reviewer", api::PersonNameJson(view.names, review.reviewer_id)},
          {"decision", NameOf(review.decision)},
          {"reason", TextOrNull(review.reason)},
          {"due_at", api::SecondsOf(review.due_ms)},
          {"overdue", review.escalated_ms.has_value()},
          {"decided_at", api::SecondsOf(review.decided_ms)}};
}

json ShareJson(const ShareRecord& share) {
  return {
      {"id", share.id},
      {"url", "/v1/shared/" + share.id},
      {"created_at", api::SecondsOf(share.created_ms)},
      {"embargo_until",
       share.embargo_until_ms > 0 ? json(api::SecondsOf(share.embargo_until_ms)) : json(nullptr)},
      {"shows_prompt", share.shows_prompt},
      {"shows_author", share.shows_author}};
}

json FlagsJson(const ClipView& view) {
  json flags = json::array();
  for (const FlagReasonRecord& flag : view.flags) {
    flags.push_back({{"source", NameOf(flag.source)},
                     {"category", TextOrNull(flag.category)},
                     {"severity", TextOrNull(flag.severity)},
                     {"text", TextOrNull(flag.text)},
                     {"reason", TextOrNull(flag.reason)},
                     {"at", api::SecondsOf(flag.at_ms)}});
  }
  return flags;
}

json VideoOf(const ClipView& view, bool with_prompt) {
  if (!view.job) return nullptr;
  return {{"size", fmt::format("{}x{}", view.job->width, view.job->height)},
          {"seconds", std::to_string(view.job->seconds)},
          {"model", view.job->model_asked},
          {"prompt", with_prompt ? TextOrNull(view.job->prompt) : json(nullptr)}};
}

}  // namespace

json TextOrNull(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

api::OperationRoute Get(std::string_view pattern, std::string_view name, api::Operation operation,
                        Action action) {
  return {.pattern = pattern, .name = name, .operation = operation, .action = action};
}

api::OperationRoute Post(std::string_view pattern, std::string_view name, api::Operation operation,
                         Action action, http::BodyKind body) {
  return {.method = http::Method::kPost,
          .pattern = pattern,
          .name = name,
          .operation = operation,
          .body = body,
          .action = action};
}

api::OperationRoute Delete(std::string_view pattern, std::string_view name,
                           api::Operation operation, Action action) {
  return {.method = http::Method::kDelete,
          .pattern = pattern,
          .name = name,
          .operation = operation,
          .action = action};
}

json ClipJson(const ClipView& view, const Viewer& viewer) {
  const ClipRecord& clip = view.clip;
  const bool is_own = clip.person_id == viewer.person_id;
  const bool reviews = MayDo(viewer.role, Action::kReview);
  const bool inside = is_own || reviews;
  json shown = {{"id", clip.id},
                {"object", "clip"},
                {"video_id", clip.job_id},
                {"title", clip.title},
                {"state", NameOf(clip.state)},
                {"created_at", api::SecondsOf(clip.created_ms)},
                {"author", api::PersonNameJson(view.names, clip.person_id)},
                {"video", VideoOf(view, inside || (view.share && view.share->shows_prompt))},
                {"flagged", inside && !view.flags.empty()},
                // Also a reviewer is not told what gave their own away.
                {"flags", reviews && !is_own ? FlagsJson(view) : json(nullptr)},
                {"round", clip.round},
                {"appealed", clip.appealed},
                {"submitted_at", api::SecondsOf(clip.submitted_ms)},
                {"due_at", api::SecondsOf(clip.due_ms)},
                {"decided_at", api::SecondsOf(clip.decided_ms)},
                {"note", inside ? TextOrNull(clip.note) : json(nullptr)},
                {"reason", inside ? TextOrNull(clip.reason) : json(nullptr)},
                {"reviews", json::array()},
                {"share", view.share ? ShareJson(*view.share) : json(nullptr)}};
  if (inside) {
    for (const ReviewRecord& review : view.reviews) {
      shown["reviews"].push_back(ReviewJson(view, review));
    }
  }
  return shown;
}

http::Response AnswerClip(const ClipView& view, const api::Call& call) {
  return api::AnswerJson(ClipJson(view, api::ViewerOf(call)));
}

std::string TextOf(const json& body, const char* name) {
  return body.is_object() ? body.value(name, "") : "";
}

void AddProgrammeRoutes(http::Router& router, const api::Service& service) {
  AddClipRoutes(router, service);
  AddReviewRoutes(router, service);
  AddShareRoutes(router, service);
  AddContributionRoutes(router, service);
  AddCreditRoutes(router, service);
  AddGrantRoutes(router, service);
}

}  // namespace aozora::routes
