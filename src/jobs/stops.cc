// SPDX-License-Identifier: Apache-2.0
#include "jobs/stops.h"

#include <nlohmann/json.hpp>

#include "store/people_records.h"

namespace aozora {
namespace {

constexpr std::string_view kPrefix = "stop:";
constexpr std::string_view kPrefixEnd = "stop;";  // the first name behind all of them

std::string TextOf(const nlohmann::json& value, const char* name) {
  const auto member = value.find(name);
  return member != value.end() && member->is_string() ? member->get<std::string>() : std::string();
}

std::optional<Stop> FromSetting(const SettingRecord& setting) {
  std::string_view rest = std::string_view(setting.name).substr(kPrefix.size());
  const size_t colon = rest.find(':');
  const std::optional<StopScope> scope = EnumOf<StopScope>(rest.substr(0, colon));
  if (!scope) return std::nullopt;
  Stop stop;
  stop.scope = *scope;
  stop.set_by = setting.changed_by;
  stop.set_ms = setting.changed_ms;
  if (colon != std::string_view::npos) stop.subject = rest.substr(colon + 1);
  const nlohmann::json value = nlohmann::json::parse(setting.value_json, nullptr, false);
  // What cannot be read still stops.
  if (!value.is_object()) return stop;
  stop.reason = TextOf(value, "reason");
  stop.running = EnumOf<StopRunning>(TextOf(value, "running")).value_or(StopRunning::kPark);
  stop.release_asked_by = TextOf(value, "release_asked_by");
  if (const auto at = value.find("release_asked_ms"); at != value.end() && at->is_number()) {
    stop.release_asked_ms = at->get<int64_t>();
  }
  return stop;
}

bool Holds(const Stop& stop, std::string_view person_id, std::string_view model,
           std::string_view key_id) {
  switch (stop.scope) {
    case StopScope::kAll:
      return true;
    case StopScope::kPerson:
      return stop.subject == person_id;
    case StopScope::kModel:
      return stop.subject == model;
    case StopScope::kKey:
      return !key_id.empty() && stop.subject == key_id;
    case StopScope::kFeature:
      return false;  // of requests, not of jobs
  }
  CHECK(false);
}

bool Forbids(const Stop& stop, const StoppedRequest& request) {
  switch (stop.scope) {
    case StopScope::kAll:
      if (request.administers) return false;
      if (stop.subject == kStopEverything) return true;
      return stop.subject == kStopMaintenance && request.writes;
    case StopScope::kPerson:
      return request.writes && !request.person_id.empty() && stop.subject == request.person_id;
    case StopScope::kKey:
      return request.writes && !request.key_id.empty() && stop.subject == request.key_id;
    case StopScope::kFeature:
      if (request.administers || !request.writes) return false;
      return stop.subject == request.operation || stop.subject == request.group;
    case StopScope::kModel:
      return false;
  }
  CHECK(false);
}

}  // namespace

std::string SubjectOr(StopScope scope, std::string subject) {
  return subject.empty() && scope == StopScope::kAll ? std::string(kStopGeneration) : subject;
}

Status CheckStop(const Stop& stop) {
  if (stop.scope != StopScope::kAll) {
    if (!stop.subject.empty()) return Ok();
    return Error::Invalid("a stop of one {} says which: its subject is missing",
                          NameOf(stop.scope));
  }
  for (const std::string_view known : {kStopGeneration, kStopMaintenance, kStopEverything}) {
    if (stop.subject == known) return Ok();
  }
  return Error::Invalid("subject {}: with the scope all there are {}, {} and {}", stop.subject,
                        kStopGeneration, kStopMaintenance, kStopEverything);
}

bool NeedsTwoAdmins(StopScope scope, std::string_view subject) {
  return scope == StopScope::kAll && subject != kStopMaintenance;
}

std::string StopName(StopScope scope, std::string_view subject) {
  return fmt::format("{}{}:{}", kPrefix, NameOf(scope), subject);
}

Status WriteStop(Transaction& transaction, const Stop& stop) {
  const nlohmann::json value{{"reason", stop.reason},
                             {"running", NameOf(stop.running)},
                             {"release_asked_by", stop.release_asked_by},
                             {"release_asked_ms", stop.release_asked_ms}};
  return transaction.Put(SettingRecord{
      .name = StopName(stop.scope, stop.subject),
      .value_json = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      .changed_ms = stop.set_ms,
      .changed_by = stop.set_by});
}

Result<bool> EraseStop(Transaction& transaction, StopScope scope, std::string_view subject) {
  return transaction.Erase<SettingRecord>(StopName(scope, subject));
}

Result<std::vector<Stop>> ReadStops(Transaction& transaction) {
  std::vector<Stop> stops;
  for (const SettingRecord& setting :
       TRY(transaction.Select(Query<SettingRecord>()
                                  .AtLeast(&SettingRecord::name, std::string(kPrefix))
                                  .Less(&SettingRecord::name, std::string(kPrefixEnd))
                                  .Ascending(&SettingRecord::name)))) {
    std::optional<Stop> stop = FromSetting(setting);
    if (stop) stops.push_back(std::move(*stop));
  }
  return stops;
}

const Stop* FindStop(const std::vector<Stop>& stops, std::string_view person_id,
                     std::string_view model, std::string_view key_id) {
  for (const Stop& stop : stops) {
    if (Holds(stop, person_id, model, key_id)) return &stop;
  }
  return nullptr;
}

const Stop* FindStop(const std::vector<Stop>& stops, const StoppedRequest& request) {
  for (const Stop& stop : stops) {
    if (Forbids(stop, request)) return &stop;
  }
  return nullptr;
}

std::string StopMessage(const Stop& stop) {
  const std::string what = stop.scope == StopScope::kAll
                               ? stop.subject
                               : fmt::format("{} {}", NameOf(stop.scope), stop.subject);
  return fmt::format("an operator stopped {}{}{}", what, stop.reason.empty() ? "" : ": ",
                     stop.reason);
}

}  // namespace aozora
