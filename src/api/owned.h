// SPDX-License-Identifier: Apache-2.0
// Answers about what belongs to people: who that is stands beside the id.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "access/person_names.h"
#include "api/endpoint.h"

namespace aozora::api {

Result<PersonNames> FindNames(const Service& service, const std::vector<std::string>& ids);

// {"id", "name"}, or null of who is gone, of nobody, and of the operator.
nlohmann::json PersonNameJson(const PersonNames& names, const std::string& id);

template <class Record>
using OwnedJson = nlohmann::json (*)(const Record& record, const PersonNames& names);

// Of a record with a person_id.
template <class Record>
Outcome<nlohmann::json> JsonOfOwned(const Service& service, const Record& record,
                                    OwnedJson<Record> to_json) {
  return to_json(record, TRY(FindNames(service, {record.person_id})));
}

template <class Record>
Outcome<nlohmann::json> JsonOfOwned(const Service& service, const std::vector<Record>& records,
                                    OwnedJson<Record> to_json) {
  std::vector<std::string> ids;
  for (const Record& record : records) ids.push_back(record.person_id);
  const PersonNames names = TRY(FindNames(service, ids));
  nlohmann::json data = nlohmann::json::array();
  for (const Record& record : records) data.push_back(to_json(record, names));
  return data;
}

}  // namespace aozora::api
