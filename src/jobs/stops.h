// SPDX-License-Identifier: Apache-2.0
// Stops are settings, so they hold for all processes and after a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace aozora {

enum class StopScope { kAll, kPerson, kModel, kKey };
template <>
struct EnumNames<StopScope> {
  static constexpr std::array<std::string_view, 4> kNames{"all", "person", "model", "key"};
};

struct Stop {
  StopScope scope = StopScope::kAll;
  std::string subject = {};  // empty for kAll
  std::string reason = {};
  std::string set_by = {};
  int64_t set_ms = 0;
};

// "stop:all", "stop:person:ID" ...: the name of its setting.
std::string StopName(StopScope scope, std::string_view subject);

Status WriteStop(Transaction& transaction, const Stop& stop);
Result<bool> EraseStop(Transaction& transaction, StopScope scope, std::string_view subject);
Result<std::vector<Stop>> ReadStops(Transaction& transaction);

// The first that holds for such a job.
const Stop* FindStop(const std::vector<Stop>& stops, std::string_view person_id,
                     std::string_view model, std::string_view key_id);

}  // namespace aozora
