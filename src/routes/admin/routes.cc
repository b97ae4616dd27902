// SPDX-License-Identifier: Apache-2.0
#include "routes/admin/routes.h"

#include "api/owned.h"
#include "base/units.h"
#include "jobs/admission.h"
#include "routes/admin/parts.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

template <class T>
void Put(json* object, const char* name, const std::optional<T>& value) {
  if (value) (*object)[name] = *value;
}

json PersonJson(const PersonRecord& person) {
  json grants = json::object();
  Put(&grants, "jobs_running_max", person.running_max);
  Put(&grants, "jobs_queued_max", person.queued_max);
  Put(&grants, "seconds_per_day", person.video_seconds_per_day_max);
  if (person.priority != 0) grants["priority"] = person.priority;
  return {{"id", person.id},
          {"object", "person"},
          {"name", person.name},
          {"role", person.role},
          {"created_at", api::SecondsOf(person.created_ms)},
          {"grants", grants}};
}

json KeyJson(const KeyRecord& key, const PersonNames& names) {
  json scopes = json::array();
  for (const std::string_view scope : {kScopeRead, kScopeWrite, kScopeReview, kScopeAdmin}) {
    if ((" " + key.scopes + " ").find(" " + std::string(scope) + " ") != std::string::npos) {
      scopes.push_back(scope);
    }
  }
  return {{"id", key.id},
          {"object", "key"},
          {"person_id", key.person_id},
          {"person", api::PersonNameJson(names, key.person_id)},
          {"name", key.name},
          {"scopes", scopes},
          {"created_at", api::SecondsOf(key.created_ms)},
          {"expires_at", api::SecondsOf(key.expires_ms)},
          {"last_used_at", api::SecondsOf(key.last_used_ms)},
          {"revoked_at", api::SecondsOf(key.revoked_ms)}};
}

std::optional<int64_t> NumberOf(const json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return object[name].get<int64_t>();
}

PersonLimits LimitsOf(const json& grants) {  // the contract has its bounds
  return {.running_max = NumberOf(grants, "jobs_running_max"),
          .queued_max = NumberOf(grants, "jobs_queued_max"),
          .video_seconds_per_day_max = NumberOf(grants, "seconds_per_day"),
          .priority = NumberOf(grants, "priority").value_or(0)};
}

Outcome<http::Response> Me(const api::Service& service, const Call& call) {
  const auto person = TRY(service.keys.FindPerson(call.principal.person_id));
  if (!person) return api::NoSuch("person", call.principal.person_id);
  json shown = PersonJson(*person);
  const int64_t per_day = TRY(service.store.Read([&](Transaction& t) {
    return VideoSecondsMax(t, *person, service.queue.limits(), NowMs(service.clock));
  }));
  const int64_t left = TRY(service.queue.VideoSecondsLeft(person->id));
  shown["seconds_per_day"] = per_day;
  shown["seconds_today"] = per_day - left;
  return api::AnswerJson(shown);
}

Outcome<http::Response> AddPerson(const api::Service& service, const Call& call) {
  NewPerson person;
  person.name = call.body["name"].get<std::string>();
  person.role = call.body.value("role", person.role);
  person.limits = LimitsOf(call.body.value("grants", json::object()));
  return api::AnswerJson(PersonJson(TRY(service.keys.AddPerson(person, call.principal.person_id))));
}

Outcome<http::Response> SetGrants(const api::Service& service, const Call& call) {
  return api::AnswerJson(PersonJson(TRY(service.programme.accounts.SetLimits(
      call.Value("person_id"), LimitsOf(call.body), api::ActorOf(call)))));
}

Outcome<http::Response> ListPeople(const api::Service& service, const Call&) {
  json data = json::array();
  for (const PersonRecord& person : TRY(service.keys.People())) data.push_back(PersonJson(person));
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> AddKey(const api::Service& service, const Call& call) {
  NewKey key;
  key.person_id = call.body["person_id"].get<std::string>();
  key.name = call.body["name"].get<std::string>();
  if (call.body.contains("scopes"))
    key.scopes = call.body["scopes"].get<std::vector<std::string>>();
  if (const auto days = NumberOf(call.body, "expires_in_days")) {
    key.expires_ms = NowMs(service.clock) + *days * kDayMs;
  }
  const MadeKey made = TRY(service.keys.AddKey(key, call.principal.person_id));
  json shown = TRY(api::JsonOfOwned(service, made.record, KeyJson));
  shown["key"] = made.text;
  return api::AnswerJson(shown).With("Cache-Control", "no-store");
}

Outcome<http::Response> ListKeys(const api::Service& service, const Call&) {
  const std::vector<KeyRecord> keys = TRY(service.keys.Keys());
  return api::AnswerList(TRY(api::JsonOfOwned(service, keys, KeyJson)));
}

Outcome<http::Response> RevokeKey(const api::Service& service, const Call& call) {
  const KeyRecord revoked =
      TRY(service.keys.Revoke(call.Value("key_id"), call.principal.person_id));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, revoked, KeyJson)));
}

}  // namespace

void AddAdminRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/me", "getMe", Me},
          {Method::kPost, "/v1/admin/people", "createPerson", AddPerson, BodyKind::kJson},
          {Method::kGet, "/v1/admin/people", "listPeople", ListPeople},
          {.method = Method::kPost,
           .pattern = "/v1/admin/people/{person_id}/grants",
           .name = "setGrants",
           .operation = SetGrants,
           .body = BodyKind::kJson,
           .action = Action::kGiveGrants},
          {Method::kPost, "/v1/admin/keys", "createKey", AddKey, BodyKind::kJson},
          {Method::kGet, "/v1/admin/keys", "listKeys", ListKeys},
          {Method::kDelete, "/v1/admin/keys/{key_id}", "revokeKey", RevokeKey},
      });
  AddStopRoutes(router, service);
  AddWatchRoutes(router, service);
}

}  // namespace aozora::routes
