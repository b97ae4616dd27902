// SPDX-License-Identifier: Apache-2.0
#include "jobs/stops.h"

#include <nlohmann/json.hpp>

#include "store/people_records.h"

namespace aozora {
namespace {

constexpr std::string_view kPrefix = "stop:";
constexpr std::string_view kPrefixEnd = "stop;";  // the first name behind all of them

std::optional<Stop> FromSetting(const SettingRecord& setting) {
  std::string_view rest = std::string_view(setting.name).substr(kPrefix.size());
  const size_t colon = rest.find(':');
  const std::optional<StopScope> scope = EnumOf<StopScope>(rest.substr(0, colon));
  if (!scope) return std::nullopt;
  Stop stop{.scope = *scope,
            .subject = {},
            .reason = {},
            .set_by = setting.changed_by,
            .set_ms = setting.changed_ms};
  if (colon != std::string_view::npos) stop.subject = rest.substr(colon + 1);
  const nlohmann::json value = nlohmann::json::parse(setting.value_json, nullptr, false);
  if (value.is_object() && value.contains("reason") && value["reason"].is_string()) {
    stop.reason = value["reason"].get<std::string>();
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
  }
  CHECK(false);
}

}  // namespace

std::string StopName(StopScope scope, std::string_view subject) {
  std::string name = fmt::format("{}{}", kPrefix, NameOf(scope));
  if (scope != StopScope::kAll) name += fmt::format(":{}", subject);
  return name;
}

Status WriteStop(Transaction& transaction, const Stop& stop) {
  const nlohmann::json value{{"reason", stop.reason}};
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

}  // namespace aozora
