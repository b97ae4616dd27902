// SPDX-License-Identifier: Apache-2.0
// Who may ask: people, and a key for each of their purposes.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "store/people_records.h"
#include "store/store.h"

namespace aozora {

// What a key may be used for.
inline constexpr std::string_view kScopeRead = "videos:read";
inline constexpr std::string_view kScopeWrite = "videos:write";
inline constexpr std::string_view kScopeReview = "review";
inline constexpr std::string_view kScopeAdmin = "admin";

// Whose request it is.
struct Principal {
  std::string person_id;
  std::string key_id;
  std::string name;  // of the person
  std::string role;
  std::vector<std::string> scopes;

  bool Has(std::string_view scope) const;
};

struct NewKey {
  std::string person_id;
  std::string name;  // what it is for
  std::vector<std::string> scopes = {std::string(kScopeRead), std::string(kScopeWrite)};
  std::optional<int64_t> expires_ms;
};

struct MadeKey {
  KeyRecord record;
  std::string text;  // shown once, kept nowhere
};

// What holds for one person instead of the limits for everybody; what is not set is as for all.
struct PersonLimits {
  std::optional<int64_t> running_max = {};
  std::optional<int64_t> queued_max = {};
  std::optional<int64_t> video_seconds_per_day_max = {};
  int64_t priority = 0;
};
void SetLimits(const PersonLimits& limits, PersonRecord* person);

struct NewPerson {
  std::string name;
  std::string role = "artist";  // artist, partner, red_team, reviewer, admin
  PersonLimits limits = {};
};

// Any thread. Several processes may share the store: a key that another one revoked is refused
// here within kRecheckMs.
class KeyRing {
 public:
  static constexpr int64_t kRecheckMs = 1000;
  static constexpr int64_t kLastUsedMs = 60'000;  // how exact last_used_ms is
  static constexpr size_t kCachedMax = 10'000;

  // All must outlive it.
  KeyRing(Store& store, const Clock& clock, RandomSource& random)
      : store_(store), clock_(clock), random_(random) {}

  // kInvalid: the name is taken or too long, the role unknown. `actor` is for the audit log.
  Result<PersonRecord> AddPerson(const NewPerson& person, std::string_view actor);
  Result<std::vector<PersonRecord>> People();
  Result<std::optional<PersonRecord>> FindPerson(const std::string& id);

  // kNotFound: no such person. kInvalid: unknown scope.
  Result<MadeKey> AddKey(const NewKey& key, std::string_view actor);
  Result<std::vector<KeyRecord>> Keys();
  // kNotFound: no such key. Revoking twice changes nothing.
  Result<KeyRecord> Revoke(const std::string& key_id, std::string_view actor);

  // Whose key a text is. Nothing if it is none, revoked, expired, or its person disabled.
  Result<std::optional<Principal>> Authenticate(std::string_view text);

 private:
  struct Cached {
    std::optional<Principal> principal;  // of a well-formed key that is not valid: none
    std::optional<int64_t> expires_ms;
    int64_t checked_ms = 0;
    int64_t used_noted_ms = 0;
  };
  Result<Cached> Look(const std::string& prefix, const std::string& sha256);
  Status NoteUse(const std::string& key_id, int64_t now_ms);

  Store& store_;
  const Clock& clock_;
  RandomSource& random_;
  std::mutex mutex_;
  std::map<std::string, Cached, std::less<>> cache_;  // by SHA-256 of the text
};

}  // namespace aozora
