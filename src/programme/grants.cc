// SPDX-License-Identifier: Apache-2.0
#include "programme/grants.h"

#include "programme/invitations.h"
#include "store/ids.h"

namespace aozora {

Result<GrantRecord> Grants::Give(const NewGrant& grant, const Actor& admin) {
  TRY(CheckText("a note", grant.note, kNoteBytesMax, 0));
  if (grant.video_seconds <= 0 || grant.video_seconds > kGrantedSecondsMax) {
    return Error::Invalid("1 to {} seconds a day can be granted", kGrantedSecondsMax);
  }
  if (grant.starts_ms < 0 || grant.ends_ms <= grant.starts_ms ||
      grant.ends_ms - grant.starts_ms > kGrantMsMax) {
    return Error::Invalid("a grant ends after it starts, and within a year");
  }
  GrantRecord record;
  record.id = NewId("grant_", ground_.random);
  record.person_id = grant.person_id;
  record.video_seconds = grant.video_seconds;
  record.starts_ms = grant.starts_ms;
  record.ends_ms = grant.ends_ms;
  record.note = grant.note;
  record.made_by = admin.id;
  record.created_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<GrantRecord> {
    if (!TRY(transaction.Find<PersonRecord>(grant.person_id))) {
      return Error::NotFound("there is no person {}", grant.person_id);
    }
    TRY(transaction.Insert(record));
    TRY(AppendAct(transaction, record.created_ms, admin, "grant.given", record.person_id,
                  fmt::format("{} seconds={}", record.id, record.video_seconds)));
    return record;
  });
}

Result<GrantRecord> Grants::Revoke(const std::string& id, const Actor& admin) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<GrantRecord> {
    const auto before = TRY(transaction.Find<GrantRecord>(id));
    if (!before) return Error::NotFound("there is no grant {}", id);
    if (before->revoked_ms) return *before;
    GrantRecord after = *before;
    after.revoked_ms = now_ms;
    TRY(transaction.Change(*before, after));
    TRY(AppendAct(transaction, now_ms, admin, "grant.revoked", after.person_id, id));
    return after;
  });
}

Result<std::vector<GrantRecord>> Grants::List(const std::string& person_id) {
  return ground_.store.Read([&](Transaction& transaction) {
    Query<GrantRecord> query;
    query.Descending(&GrantRecord::created_ms);
    if (!person_id.empty()) query.Equal(&GrantRecord::person_id, person_id);
    return transaction.Select(query);
  });
}

}  // namespace aozora
