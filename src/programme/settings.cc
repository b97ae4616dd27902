// SPDX-License-Identifier: Apache-2.0
#include "programme/settings.h"

#include <charconv>

#include "store/people_records.h"

namespace aozora {

Result<int64_t> ReadNumber(Transaction& transaction, const std::string& name, int64_t otherwise) {
  const std::optional<SettingRecord> setting = TRY(transaction.Find<SettingRecord>(name));
  if (!setting) return otherwise;
  int64_t value = 0;
  const char* end = setting->value_json.data() + setting->value_json.size();
  const auto read = std::from_chars(setting->value_json.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end) return value;
  return Error::Corrupt("setting {} is no whole number", name);
}

Status WriteNumber(Transaction& transaction, const std::string& name, int64_t value, int64_t now_ms,
                   const Actor& actor) {
  TRY(transaction.Put(SettingRecord{name, std::to_string(value), now_ms, actor.id}));
  return AppendAct(transaction, now_ms, actor, "setting.changed", name, std::to_string(value));
}

}  // namespace aozora
