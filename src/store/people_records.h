// SPDX-License-Identifier: Apache-2.0
// People, their keys, what the operator set, and the record of who did what.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "store/record.h"

namespace aozora {

struct PersonRecord {
  std::string id;    // "person_..."
  std::string name;  // what they log in with; unique
  std::string role = "artist";
  std::string password_hash;  // empty: no login
  int64_t created_ms = 0;
  std::optional<int64_t> disabled_ms;
  std::optional<int64_t> running_max;  // grants: these three instead of the limits for everybody
  std::optional<int64_t> queued_max;
  std::optional<int64_t> video_seconds_per_day_max;
  int64_t priority = 0;  // added to that of their jobs
  std::string settings_json = "{}";

  static constexpr TableShape kTable{.name = "people", .key = "id", .uniques = {{{"name"}}}};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &PersonRecord::id), Field("name", &PersonRecord::name),
                      Field("role", &PersonRecord::role),
                      Field("password_hash", &PersonRecord::password_hash),
                      Field("created_ms", &PersonRecord::created_ms),
                      Field("disabled_ms", &PersonRecord::disabled_ms),
                      Field("running_max", &PersonRecord::running_max),
                      Field("queued_max", &PersonRecord::queued_max),
                      Field("video_seconds_per_day_max", &PersonRecord::video_seconds_per_day_max),
                      Field("priority", &PersonRecord::priority),
                      Field("settings_json", &PersonRecord::settings_json));
  }
};

// What is shown of somebody beside what is theirs.
struct PersonName {
  using ViewOf = PersonRecord;
  std::string id;
  std::string name;

  static constexpr auto Fields() {
    return std::tuple(Field("id", &PersonName::id), Field("name", &PersonName::name));
  }
};

// The secret is shown once and kept as its hash.
struct KeyRecord {
  std::string id;  // "key_..."
  std::string person_id;
  std::string name;    // what it is for
  std::string prefix;  // the part that is shown and found again
  std::string secret_sha256;
  std::string scopes;  // separated by spaces
  int64_t created_ms = 0;
  std::optional<int64_t> expires_ms;
  std::optional<int64_t> last_used_ms;
  std::optional<int64_t> revoked_ms;

  static constexpr TableShape kTable{.name = "keys",
                                     .key = "id",
                                     .indexes = {{{"person_id"}}},
                                     .uniques = {{{"prefix"}}},
                                     .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &KeyRecord::id), Field("person_id", &KeyRecord::person_id),
        Field("name", &KeyRecord::name), Field("prefix", &KeyRecord::prefix),
        Field("secret_sha256", &KeyRecord::secret_sha256), Field("scopes", &KeyRecord::scopes),
        Field("created_ms", &KeyRecord::created_ms), Field("expires_ms", &KeyRecord::expires_ms),
        Field("last_used_ms", &KeyRecord::last_used_ms),
        Field("revoked_ms", &KeyRecord::revoked_ms));
  }
};

// Stops and settings: a name and a JSON value.
struct SettingRecord {
  std::string name;
  std::string value_json = "{}";
  int64_t changed_ms = 0;
  std::string changed_by;

  static constexpr TableShape kTable{.name = "settings", .key = "name"};
  static constexpr auto Fields() {
    return std::tuple(Field("name", &SettingRecord::name),
                      Field("value_json", &SettingRecord::value_json),
                      Field("changed_ms", &SettingRecord::changed_ms),
                      Field("changed_by", &SettingRecord::changed_by));
  }
};

// Who did what: append only, each row's hash holds the one before.
struct AuditRecord {
  int64_t seq = 0;
  int64_t at_ms = 0;
  std::string actor;
  std::string action;
  std::string subject;
  std::string detail;
  std::string hash;  // 64 hexadecimal digits: store/audit.h

  static constexpr TableShape kTable{.name = "audit", .key = "seq", .key_is_sequence = true};
  static constexpr auto Fields() {
    return std::tuple(Field("seq", &AuditRecord::seq), Field("at_ms", &AuditRecord::at_ms),
                      Field("actor", &AuditRecord::actor), Field("action", &AuditRecord::action),
                      Field("subject", &AuditRecord::subject),
                      Field("detail", &AuditRecord::detail), Field("hash", &AuditRecord::hash));
  }
};

}  // namespace aozora
