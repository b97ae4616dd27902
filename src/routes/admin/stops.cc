// SPDX-License-Identifier: Apache-2.0
#include "api/owned.h"
#include "routes/admin/parts.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json NameOrNull(const PersonNames& names, const std::string& id) {
  const auto name = names.find(id);
  return name == names.end() ? json(nullptr) : json(name->second);
}

json StopJson(const Stop& stop, const PersonNames& names) {
  json shown{{"scope", NameOf(stop.scope)}, {"subject", stop.subject},
             {"subject_name", nullptr},     {"running", NameOf(stop.running)},
             {"reason", stop.reason},       {"since", api::SecondsOf(stop.set_ms)},
             {"set_by", stop.set_by},       {"set_by_name", NameOrNull(names, stop.set_by)}};
  if (stop.scope == StopScope::kPerson) shown["subject_name"] = NameOrNull(names, stop.subject);
  if (!stop.release_asked_by.empty()) {
    shown["release_asked_by"] = stop.release_asked_by;
    shown["release_asked_by_name"] = NameOrNull(names, stop.release_asked_by);
  }
  return shown;
}

Outcome<http::Response> ListStops(const api::Service& service, const Call&) {
  const std::vector<Stop> stops = TRY(service.queue.Stops());
  std::vector<std::string> ids;
  for (const Stop& stop : stops) {
    ids.insert(ids.end(), {stop.subject, stop.set_by, stop.release_asked_by});
  }
  const PersonNames names = TRY(api::FindNames(service, ids));
  json data = json::array();
  for (const Stop& stop : stops) data.push_back(StopJson(stop, names));
  return api::AnswerJson({{"object", "list"}, {"data", data}});
}

// The contract has checked the words.
Stop StopOf(const api::Service& service, const Call& call) {
  Stop stop;
  stop.scope = *EnumOf<StopScope>(call.body["scope"].get<std::string>());
  stop.subject = SubjectOr(stop.scope, call.body.value("subject", ""));
  stop.running = *EnumOf<StopRunning>(call.body.value("running", "park"));
  stop.reason = call.body.value("reason", "");
  stop.set_by = call.principal.person_id;
  stop.set_ms = NowMs(service.clock);
  return stop;
}

Outcome<http::Response> SetStop(const api::Service& service, const Call& call) {
  const Stop stop = StopOf(service, call);
  if (const Status status = CheckStop(stop); !status.ok()) {
    return api::BadParameter("subject", status.error().message());
  }
  if (stop.scope == StopScope::kFeature) {
    if (const Status known = service.contract.CheckFeature(stop.subject); !known.ok()) {
      return api::BadParameter("subject", known.error().message());
    }
  }
  if (call.body["stopped"].get<bool>()) {
    TRY(service.queue.SetStop(stop));
  } else {
    // That a second admin has to agree is seen in the list, as release_asked_by.
    TRY(service.queue.ReleaseStop(stop.scope, stop.subject, stop.set_by));
  }
  service.stops.Forget();
  return ListStops(service, call);
}

const Stop* FindGlobal(const std::vector<Stop>& stops) {
  const Stop* found = nullptr;
  for (const std::string_view level : {kStopGeneration, kStopMaintenance, kStopEverything}) {
    for (const Stop& stop : stops) {
      if (stop.scope == StopScope::kAll && stop.subject == level) found = &stop;
    }
  }
  return found;
}

http::Response Notice(const api::Service& service) {
  const auto stops = service.stops.Now();
  if (!stops.ok()) return api::AnswerOf(api::ProblemOf(stops.error()));
  json notice{{"object", "notice"}, {"stopped", nullptr}, {"message", nullptr}, {"since", nullptr}};
  if (const Stop* stop = FindGlobal(**stops)) {
    notice["stopped"] = stop->subject;
    notice["message"] = stop->reason;
    notice["since"] = api::SecondsOf(stop->set_ms);
  }
  return api::AnswerJson(notice).With("Cache-Control", "no-store");
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// For a browser: no script, nothing from elsewhere.
http::Response NoticePage(const api::Service& service) {
  const auto stops = service.stops.Now();
  if (!stops.ok()) return api::AnswerOf(api::ProblemOf(stops.error()));
  const Stop* stop = FindGlobal(**stops);
  std::string words = "Everything is running.";
  if (stop != nullptr) {
    words = stop->subject == kStopGeneration
                ? "No new videos are made at the moment. Finished ones can be watched."
                : "Aozora is closed at the moment. Nothing is lost.";
    if (!stop->reason.empty()) words += "</p><p>" + Escaped(stop->reason);
  }
  const std::string page = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Aozora</title>"
      "<body><h1>Aozora</h1><p>{}</p></body></html>\n",
      words);
  return http::Response::Data(200, "text/html; charset=utf-8", page)
      .With("Cache-Control", "no-store")
      .With("Content-Security-Policy", "default-src 'none'");
}

}  // namespace

void AddStopRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kGet, "/v1/admin/stops", "listStops", ListStops},
                         {Method::kPost, "/v1/admin/stops", "setStop", SetStop, BodyKind::kJson},
                     });
  http::RouteOptions open;
  open.open = open.unstoppable = true;
  open.name = "getNotice";
  router.Add(Method::kGet, "/v1/notice", open,
             [&service](http::Request&) { return Notice(service); });
  open.name = "noticePage";
  router.Add(Method::kGet, "/notice", open,
             [&service](http::Request&) { return NoticePage(service); });
}

}  // namespace aozora::routes
