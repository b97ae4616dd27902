// SPDX-License-Identifier: Apache-2.0
#include "api/owned.h"
#include "routes/programme/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json FeedbackJson(const FeedbackRecord& feedback, const PersonNames& names) {
  return {{"id", feedback.id},
          {"object", "feedback"},
          {"clip_id", feedback.clip_id},
          {"person_id", feedback.person_id},
          {"person", api::PersonNameJson(names, feedback.person_id)},
          {"text", feedback.text},
          {"rating", feedback.rating > 0 ? json(feedback.rating) : json(nullptr)},
          {"created_at", api::SecondsOf(feedback.created_ms)}};
}

json FindingJson(const FindingRecord& finding, const PersonNames& names) {
  return {{"id", finding.id},
          {"object", "finding"},
          {"person_id", finding.person_id},
          {"person", api::PersonNameJson(names, finding.person_id)},
          {"clip_id", TextOrNull(finding.clip_id)},
          {"prompt", TextOrNull(finding.prompt)},
          {"title", finding.title},
          {"text", finding.text},
          {"severity", NameOf(finding.severity)},
          {"state", NameOf(finding.state)},
          {"note", TextOrNull(finding.note)},
          {"created_at", api::SecondsOf(finding.created_ms)},
          {"changed_at", api::SecondsOf(finding.changed_ms)}};
}

Outcome<http::Response> GiveFeedback(const api::Service& service, const Call& call) {
  const FeedbackRecord feedback = TRY(service.programme.contributions.GiveFeedback(
      call.Value("clip_id"), call.body["text"].get<std::string>(),
      call.body.value("rating", int64_t{0}), api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, feedback, FeedbackJson)));
}

Outcome<http::Response> ListFeedback(const api::Service& service, const Call& call) {
  const std::vector<FeedbackRecord> feedback =
      TRY(service.programme.contributions.FeedbackOn(call.Value("clip_id"), api::ViewerOf(call)));
  return api::AnswerList(TRY(api::JsonOfOwned(service, feedback, FeedbackJson)));
}

Outcome<http::Response> FileFinding(const api::Service& service, const Call& call) {
  NewFinding finding;
  finding.clip_id = TextOf(call.body, "clip_id");
  finding.prompt = TextOf(call.body, "prompt");
  finding.title = call.body["title"].get<std::string>();
  finding.text = call.body["text"].get<std::string>();
  // The contract knows no other names.
  finding.severity =
      EnumOf<Severity>(call.body["severity"].get<std::string>()).value_or(Severity::kLow);
  const FindingRecord filed =
      TRY(service.programme.contributions.FileFinding(finding, api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, filed, FindingJson)));
}

Outcome<http::Response> ListFindings(const api::Service& service, const Call& call) {
  const bool all = MayDo(call.principal.role, Action::kJudgeFindings) &&
                   call.principal.Has(PermissionOf(Action::kJudgeFindings).scope);
  const std::vector<FindingRecord> findings =
      TRY(service.programme.contributions.Findings(all ? std::string() : call.principal.person_id));
  return api::AnswerList(TRY(api::JsonOfOwned(service, findings, FindingJson)));
}

Outcome<http::Response> JudgeFinding(const api::Service& service, const Call& call) {
  const auto state = EnumOf<FindingState>(call.body["state"].get<std::string>());
  const FindingRecord judged = TRY(service.programme.contributions.SetFindingState(
      call.Value("finding_id"), state.value_or(FindingState::kOpen), TextOf(call.body, "note"),
      api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, judged, FindingJson)));
}

}  // namespace

void AddContributionRoutes(http::Router& router, const api::Service& service) {
  api::AddOperations(
      router, service,
      {Post("/v1/clips/{clip_id}/feedback", "giveFeedback", GiveFeedback, Action::kGiveFeedback),
       Get("/v1/clips/{clip_id}/feedback", "listFeedback", ListFeedback, Action::kSeeMembers),
       Post("/v1/findings", "fileFinding", FileFinding, Action::kFileFinding),
       Get("/v1/findings", "listFindings", ListFindings, Action::kFileFinding),
       Post("/v1/admin/findings/{finding_id}/state", "setFindingState", JudgeFinding,
            Action::kJudgeFindings)});
}

}  // namespace aozora::routes
