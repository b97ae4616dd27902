// SPDX-License-Identifier: Apache-2.0
#include "api/verifier.h"
#include "api/video_content.h"
#include "routes/programme/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

Outcome<http::Response> Share(const api::Service& service, const Call& call) {
  ShareOptions options;
  options.embargo_until_ms = call.body.value("embargo_until", int64_t{0}) * 1000;
  options.shows_prompt = call.body.value("shows_prompt", false);
  options.shows_author = call.body.value("shows_author", false);
  return AnswerClip(
      TRY(service.programme.shares.Share(call.Value("clip_id"), options, api::ActorOf(call))),
      call);
}

Outcome<http::Response> Revoke(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.shares.Revoke(call.Value("clip_id"), api::ActorOf(call))),
                    call);
}

// What everybody with the link sees; no id of ours but the link's.
Outcome<http::Response> Public(const api::Service& service, const Call& call) {
  const ClipView view = TRY(service.programme.shares.FindPublic(call.Value("share_id")));
  const ShareRecord& share = *view.share;
  const auto author = view.names.find(view.clip.person_id);
  const bool named = share.shows_author && author != view.names.end();
  const std::string content = "/v1/shared/" + share.id + "/content";
  return api::AnswerJson({{"id", share.id},
                          {"object", "shared"},
                          {"title", view.clip.title},
                          {"author", named ? json(author->second) : json(nullptr)},
                          {"prompt", share.shows_prompt ? json(view.job->prompt) : json(nullptr)},
                          {"size", fmt::format("{}x{}", view.job->width, view.job->height)},
                          {"seconds", std::to_string(view.job->seconds)},
                          {"shared_at", api::SecondsOf(share.created_ms)},
                          {"content_url", content},
                          {"thumbnail_url", content + "?variant=thumbnail"}})
      .With("Cache-Control", "no-cache");
}

Outcome<http::Response> PublicContent(const api::Service& service, const Call& call) {
  const ClipView view = TRY(service.programme.shares.FindPublic(call.Value("share_id")));
  return api::VideoContent(service, *view.job, call.request, view.share->id);
}

// What its file says of itself, and whether we made it. Whose it is, stays with the page.
Outcome<http::Response> Provenance(const api::Service& service, const Call& call) {
  const ClipView view = TRY(service.programme.shares.FindPublic(call.Value("share_id")));
  const api::StoredFile film = TRY(api::FindStored(service.folder, *view.job, "video"));
  return api::AnswerJson(TRY(service.verifier.VerifyStored(view.share->id, film.sha256, film.path)))
      .With("Cache-Control", "no-cache");
}

Outcome<http::Response> Screening(const api::Service& service, const Call& call) {
  json data = json::array();
  for (const ClipView& view : TRY(service.programme.shares.Screening())) {
    data.push_back(ClipJson(view, api::ViewerOf(call)));
  }
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> Pick(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.shares.Pick(call.body["clip_id"].get<std::string>(),
                                                      api::ActorOf(call))),
                    call);
}

Outcome<http::Response> Unpick(const api::Service& service, const Call& call) {
  const std::string id = call.Value("clip_id");
  TRY(service.programme.shares.Unpick(id, api::ActorOf(call)));
  return api::AnswerJson({{"id", id}, {"object", "screening.removed"}, {"deleted", true}});
}

}  // namespace

void AddShareRoutes(http::Router& router, const api::Service& service) {
  api::AddOperations(
      router, service,
      {Post("/v1/clips/{clip_id}/share", "shareClip", Share, Action::kShare),
       Delete("/v1/clips/{clip_id}/share", "revokeShare", Revoke, Action::kShare),
       {.pattern = "/v1/shared/{share_id}", .name = "getShared", .operation = Public, .open = true},
       {.pattern = "/v1/shared/{share_id}/content",
        .name = "getSharedContent",
        .operation = PublicContent,
        .open = true},
       {.pattern = "/v1/shared/{share_id}/provenance",
        .name = "getSharedProvenance",
        .operation = Provenance,
        .open = true},
       Get("/v1/screening", "listScreening", Screening, Action::kSeeMembers),
       Post("/v1/admin/screening", "addToScreening", Pick, Action::kPickScreening),
       Delete("/v1/admin/screening/{clip_id}", "removeFromScreening", Unpick,
              Action::kPickScreening)});
}

}  // namespace aozora::routes
