// SPDX-License-Identifier: Apache-2.0
#include "access/key_ring.h"

#include <algorithm>
#include <array>

#include "access/key_text.h"
#include "base/hash.h"
#include "store/audit.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr size_t kNameBytesMax = 320;  // 80 characters of four bytes
constexpr std::array kRoles = {std::string_view("artist"), std::string_view("partner"),
                               std::string_view("red_team"), std::string_view("reviewer"),
                               std::string_view("admin")};
constexpr std::array kScopes = {kScopeRead, kScopeWrite, kScopeReview, kScopeAdmin};

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    words.emplace_back(text.substr(0, space));
    text = space == std::string_view::npos ? "" : text.substr(space + 1);
  }
  return words;
}

Status CheckName(std::string_view what, std::string_view name) {
  if (!name.empty() && name.size() <= kNameBytesMax) return Ok();
  return Error::Invalid("the name of a {} has 1 to {} bytes", what, kNameBytesMax);
}

AuditRecord Audit(int64_t at_ms, std::string_view actor, std::string action, std::string subject,
                  std::string detail) {
  AuditRecord record;
  record.at_ms = at_ms;
  record.actor = actor;
  record.action = std::move(action);
  record.subject = std::move(subject);
  record.detail = std::move(detail);
  return record;
}

}  // namespace

void SetLimits(const PersonLimits& limits, PersonRecord* person) {
  person->running_max = limits.running_max;
  person->queued_max = limits.queued_max;
  person->video_seconds_per_day_max = limits.video_seconds_per_day_max;
  person->priority = limits.priority;
}

bool Principal::Has(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

Result<PersonRecord> KeyRing::AddPerson(const NewPerson& person, std::string_view actor) {
  TRY(CheckName("person", person.name));
  if (std::find(kRoles.begin(), kRoles.end(), person.role) == kRoles.end()) {
    return Error::Invalid("role {}: there are artist, partner, red_team, reviewer and admin",
                          person.role);
  }
  PersonRecord record;
  record.id = NewId("person_", random_);
  record.name = person.name;
  record.role = person.role;
  record.created_ms = NowMs(clock_);
  SetLimits(person.limits, &record);
  return store_.Write([&](Transaction& transaction) -> Result<PersonRecord> {
    const Query<PersonRecord> same = Query<PersonRecord>().Equal(&PersonRecord::name, person.name);
    if (TRY(transaction.Count(same)) > 0) {
      return Error::Invalid("there is already a person named {}", person.name);
    }
    TRY(transaction.Insert(record));
    TRY(AppendAudit(transaction,
                    Audit(record.created_ms, actor, "person.added", record.id, record.role)));
    return record;
  });
}

Result<std::vector<PersonRecord>> KeyRing::People() {
  return store_.Read([](Transaction& transaction) {
    return transaction.Select(Query<PersonRecord>().Ascending(&PersonRecord::created_ms));
  });
}

Result<std::optional<PersonRecord>> KeyRing::FindPerson(const std::string& id) {
  return store_.Read([&](Transaction& transaction) { return transaction.Find<PersonRecord>(id); });
}

Result<MadeKey> KeyRing::AddKey(const NewKey& key, std::string_view actor) {
  TRY(CheckName("key", key.name));
  for (const std::string& scope : key.scopes) {
    if (std::find(kScopes.begin(), kScopes.end(), scope) == kScopes.end()) {
      return Error::Invalid("scope {}: there are videos:read, videos:write, review and admin",
                            scope);
    }
  }
  MadeKey made;
  made.text = NewKeyText(random_);
  made.record.id = NewId("key_", random_);
  made.record.person_id = key.person_id;
  made.record.name = key.name;
  made.record.prefix = *KeyPrefixOf(made.text);
  made.record.secret_sha256 = Sha256Hex(made.text);
  made.record.scopes = Joined(key.scopes);
  made.record.created_ms = NowMs(clock_);
  made.record.expires_ms = key.expires_ms;
  return store_.Write([&](Transaction& transaction) -> Result<MadeKey> {
    if (!TRY(transaction.Find<PersonRecord>(key.person_id))) {
      return Error::NotFound("there is no person {}", key.person_id);
    }
    TRY(transaction.Insert(made.record));
    TRY(AppendAudit(transaction, Audit(made.record.created_ms, actor, "key.added", made.record.id,
                                       made.record.scopes)));
    return made;
  });
}

Result<std::vector<KeyRecord>> KeyRing::Keys() {
  return store_.Read([](Transaction& transaction) {
    return transaction.Select(Query<KeyRecord>().Ascending(&KeyRecord::created_ms));
  });
}

Result<KeyRecord> KeyRing::Revoke(const std::string& key_id, std::string_view actor) {
  const int64_t now_ms = NowMs(clock_);
  const auto revoke = [&](Transaction& transaction) -> Result<KeyRecord> {
    const std::optional<KeyRecord> before = TRY(transaction.Find<KeyRecord>(key_id));
    if (!before) return Error::NotFound("there is no key {}", key_id);
    if (before->revoked_ms) return *before;
    KeyRecord after = *before;
    after.revoked_ms = now_ms;
    TRY(transaction.Change(*before, after));
    TRY(AppendAudit(transaction, Audit(now_ms, actor, "key.revoked", key_id, "")));
    return after;
  };
  KeyRecord revoked = TRY(store_.Write(revoke));
  const std::lock_guard lock(mutex_);
  cache_.erase(revoked.secret_sha256);
  return revoked;
}

Result<std::optional<Principal>> KeyRing::Authenticate(std::string_view text) {
  const std::optional<std::string> prefix = KeyPrefixOf(text);
  if (!prefix) return std::optional<Principal>();
  const std::string sha256 = Sha256Hex(text);
  const int64_t now_ms = NowMs(clock_);
  Cached cached;
  bool fresh = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = cache_.find(sha256);
    // A clock that was set back makes what is remembered old, not new.
    if (found != cache_.end() && now_ms >= found->second.checked_ms &&
        now_ms - found->second.checked_ms < kRecheckMs) {
      cached = found->second;
      fresh = true;
    }
  }
  if (!fresh) {
    cached = TRY(Look(*prefix, sha256));
    cached.checked_ms = now_ms;
  }
  if (cached.principal && cached.expires_ms && now_ms >= *cached.expires_ms) {
    cached.principal.reset();
  }
  if (cached.principal && now_ms - cached.used_noted_ms >= kLastUsedMs) {
    TRY(NoteUse(cached.principal->key_id, now_ms));
    cached.used_noted_ms = now_ms;
    fresh = false;
  }
  if (!fresh) {
    const std::lock_guard lock(mutex_);
    if (cache_.size() >= kCachedMax) cache_.clear();
    cache_.insert_or_assign(sha256, cached);
  }
  return cached.principal;
}

// The hash is compared as a whole row's value: whoever can time the look-up learns about hashes,
// which say nothing about the texts.
Result<KeyRing::Cached> KeyRing::Look(const std::string& prefix, const std::string& sha256) {
  return store_.Read([&](Transaction& transaction) -> Result<Cached> {
    Cached cached;
    const auto key =
        TRY(transaction.SelectFirst(Query<KeyRecord>().Equal(&KeyRecord::prefix, prefix)));
    if (!key || key->secret_sha256 != sha256 || key->revoked_ms) return cached;
    const auto person = TRY(transaction.Find<PersonRecord>(key->person_id));
    if (!person || person->disabled_ms) return cached;
    cached.principal =
        Principal{person->id, key->id, person->name, person->role, Split(key->scopes)};
    cached.expires_ms = key->expires_ms;
    cached.used_noted_ms = key->last_used_ms.value_or(0);
    return cached;
  });
}

Status KeyRing::NoteUse(const std::string& key_id, int64_t now_ms) {
  return store_.Write([&](Transaction& transaction) -> Status {
    const std::optional<KeyRecord> before = TRY(transaction.Find<KeyRecord>(key_id));
    if (!before) return Ok();
    KeyRecord after = *before;
    after.last_used_ms = now_ms;
    return transaction.Change(*before, after);
  });
}

}  // namespace aozora
