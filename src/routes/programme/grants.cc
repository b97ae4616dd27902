// SPDX-License-Identifier: Apache-2.0
#include "api/owned.h"
#include "base/units.h"
#include "routes/programme/parts.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json GrantJson(const GrantRecord& grant, const PersonNames& names) {
  return {{"id", grant.id},
          {"object", "grant"},
          {"person_id", grant.person_id},
          {"person", api::PersonNameJson(names, grant.person_id)},
          {"seconds_per_day", grant.video_seconds},
          {"starts_at", api::SecondsOf(grant.starts_ms)},
          {"ends_at", api::SecondsOf(grant.ends_ms)},
          {"note", TextOrNull(grant.note)},
          {"revoked_at", api::SecondsOf(grant.revoked_ms)}};
}

// Of one person, or, with an empty id, of everybody.
Outcome<http::Response> AnswerGrants(const api::Service& service, const std::string& person_id) {
  const std::vector<GrantRecord> grants = TRY(service.programme.grants.List(person_id));
  return api::AnswerList(TRY(api::JsonOfOwned(service, grants, GrantJson)));
}

Outcome<http::Response> Own(const api::Service& service, const Call& call) {
  return AnswerGrants(service, call.principal.person_id);
}

Outcome<http::Response> All(const api::Service& service, const Call&) {
  return AnswerGrants(service, "");
}

Outcome<http::Response> Give(const api::Service& service, const Call& call) {
  const int64_t now_ms = NowMs(service.clock);
  NewGrant grant;
  grant.person_id = call.body["person_id"].get<std::string>();
  grant.video_seconds = call.body["seconds_per_day"].get<int64_t>();
  grant.starts_ms = call.body.value("starts_at", now_ms / 1000) * 1000;
  grant.ends_ms = call.body["ends_at"].get<int64_t>() * 1000;
  grant.note = TextOf(call.body, "note");
  const GrantRecord given = TRY(service.programme.grants.Give(grant, api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, given, GrantJson)));
}

Outcome<http::Response> Revoke(const api::Service& service, const Call& call) {
  const GrantRecord ended =
      TRY(service.programme.grants.Revoke(call.Value("grant_id"), api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, ended, GrantJson)));
}

json InvitationJson(const InvitationRecord& invitation, const PersonNames& names, int64_t now_ms) {
  return {{"id", invitation.id},
          {"object", "invitation"},
          {"role", invitation.role},
          {"note", TextOrNull(invitation.note)},
          {"state", NameOf(StateOf(invitation, now_ms))},
          {"created_at", api::SecondsOf(invitation.created_ms)},
          {"expires_at", api::SecondsOf(invitation.expires_ms)},
          {"accepted_at", api::SecondsOf(invitation.accepted_ms)},
          {"person_id", TextOrNull(invitation.accepted_by)},
          {"person", api::PersonNameJson(names, invitation.accepted_by)}};
}

Outcome<http::Response> Invite(const api::Service& service, const Call& call) {
  const int64_t days = call.body.value("expires_in_days", kInvitationKeptMs / kDayMs);
  const MadeInvitation made = TRY(service.programme.invitations.Make(
      call.body["role"].get<std::string>(), TextOf(call.body, "note"), api::ActorOf(call),
      days * kDayMs));
  json shown = InvitationJson(made.record, {}, NowMs(service.clock));
  shown["code"] = made.code;
  return api::AnswerJson(shown).With("Cache-Control", "no-store");
}

Outcome<http::Response> Invitations(const api::Service& service, const Call&) {
  const std::vector<InvitationRecord> list = TRY(service.programme.invitations.List());
  std::vector<std::string> ids;
  for (const InvitationRecord& each : list) ids.push_back(each.accepted_by);
  const PersonNames names = TRY(api::FindNames(service, ids));
  json data = json::array();
  for (const InvitationRecord& each : list) {
    data.push_back(InvitationJson(each, names, NowMs(service.clock)));
  }
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> RevokeInvitation(const api::Service& service, const Call& call) {
  const InvitationRecord revoked =
      TRY(service.programme.invitations.Revoke(call.Value("invitation_id"), api::ActorOf(call)));
  const PersonNames names = TRY(api::FindNames(service, {revoked.accepted_by}));
  return api::AnswerJson(InvitationJson(revoked, names, NowMs(service.clock)));
}

}  // namespace

void AddGrantRoutes(http::Router& router, const api::Service& service) {
  api::AddOperations(
      router, service,
      {Get("/v1/grants", "listOwnGrants", Own, Action::kOwnCredits),
       Get("/v1/admin/grants", "listGrants", All, Action::kGiveGrants),
       Post("/v1/admin/grants", "giveGrant", Give, Action::kGiveGrants),
       Delete("/v1/admin/grants/{grant_id}", "revokeGrant", Revoke, Action::kGiveGrants),
       Post("/v1/admin/invitations", "createInvitation", Invite, Action::kInvite),
       Get("/v1/admin/invitations", "listInvitations", Invitations, Action::kInvite),
       Delete("/v1/admin/invitations/{invitation_id}", "revokeInvitation", RevokeInvitation,
              Action::kInvite)});
}

}  // namespace aozora::routes
