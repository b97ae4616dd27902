// SPDX-License-Identifier: Apache-2.0
#include "api/page.h"
#include "api/video_content.h"
#include "routes/programme/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint32_t kClipsLimitMax = 100;

Outcome<http::Response> Make(const api::Service& service, const Call& call) {
  const ClipView view = TRY(service.programme.clips.Make(
      call.body["video_id"].get<std::string>(), TextOf(call.body, "title"), api::ActorOf(call)));
  return AnswerClip(view, call);
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  json data = json::array();
  for (const ClipView& view : TRY(service.programme.clips.ListOf(call.principal.person_id))) {
    data.push_back(ClipJson(view, api::ViewerOf(call)));
  }
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> ListAll(const api::Service& service, const Call& call) {
  const api::PageQuery page = TRY(api::ReadPageQuery(call.request, kClipsLimitMax));
  ClipQuery query;
  if (const auto state = call.request.QueryValue("state")) {
    query.state = EnumOf<ClipState>(*state);
    if (!query.state) {
      return api::BadParameter("state",
                               "state must be one of draft, submitted, approved, returned, shared");
    }
  }
  query.after_id = page.after;
  query.limit = page.limit;
  query.ascending = !page.newest_first;
  const Result<ClipPage> found = service.programme.clips.List(query);
  if (!found.ok() && found.error().code() == ErrorCode::kNotFound) {
    return api::BadParameter("after", fmt::format("after: there is no clip {}", page.after));
  }
  if (!found.ok()) return found.error();
  json data = json::array();
  for (const ClipView& view : found->clips) data.push_back(ClipJson(view, api::ViewerOf(call)));
  return api::AnswerJson(api::PageOf(std::move(data), found->has_more));
}

Outcome<http::Response> GetOne(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.clips.Get(call.Value("clip_id"), api::ViewerOf(call))),
                    call);
}

Outcome<http::Response> Content(const api::Service& service, const Call& call) {
  const ClipView view =
      TRY(service.programme.clips.Get(call.Value("clip_id"), api::ViewerOf(call)));
  if (!view.job) return api::NoSuch("video", "of clip " + view.clip.id);
  return api::VideoContent(service, *view.job, call.request, view.clip.id);
}

Outcome<http::Response> Remove(const api::Service& service, const Call& call) {
  const std::string id = call.Value("clip_id");
  TRY(service.programme.clips.Remove(id, api::ActorOf(call)));
  return api::AnswerJson({{"id", id}, {"object", "clip.deleted"}, {"deleted", true}});
}

Outcome<http::Response> Submit(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.clips.Submit(
                        call.Value("clip_id"), TextOf(call.body, "note"), api::ActorOf(call))),
                    call);
}

Outcome<http::Response> Withdraw(const api::Service& service, const Call& call) {
  return AnswerClip(
      TRY(service.programme.clips.Withdraw(call.Value("clip_id"), api::ActorOf(call))), call);
}

Outcome<http::Response> Appeal(const api::Service& service, const Call& call) {
  return AnswerClip(TRY(service.programme.clips.Appeal(
                        call.Value("clip_id"), TextOf(call.body, "note"), api::ActorOf(call))),
                    call);
}

}  // namespace

void AddClipRoutes(http::Router& router, const api::Service& service) {
  constexpr auto kNoBody = http::BodyKind::kNone;
  api::AddOperations(
      router, service,
      {Post("/v1/clips", "createClip", Make, Action::kOwnClips),
       Get("/v1/clips", "listClips", List, Action::kSeeMembers),
       Get("/v1/admin/clips", "listAllClips", ListAll, Action::kPickScreening),
       Get("/v1/clips/{clip_id}", "getClip", GetOne, Action::kSeeMembers),
       Get("/v1/clips/{clip_id}/content", "getClipContent", Content, Action::kSeeMembers),
       Delete("/v1/clips/{clip_id}", "deleteClip", Remove, Action::kOwnClips),
       Post("/v1/clips/{clip_id}/submit", "submitClip", Submit, Action::kSubmit),
       Post("/v1/clips/{clip_id}/withdraw", "withdrawClip", Withdraw, Action::kSubmit, kNoBody),
       Post("/v1/clips/{clip_id}/appeal", "appealClip", Appeal, Action::kSubmit)});
}

}  // namespace aozora::routes
