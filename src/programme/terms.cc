// SPDX-License-Identifier: Apache-2.0
#include "programme/terms.h"

#include "store/ids.h"

namespace aozora {

Result<std::optional<TermsRecord>> Terms::NewestIn(Transaction& transaction) {
  return transaction.SelectFirst(Query<TermsRecord>().Descending(&TermsRecord::version));
}

Result<bool> Terms::AcceptedIn(Transaction& transaction, const std::string& person_id) {
  const std::optional<TermsRecord> newest = TRY(NewestIn(transaction));
  if (!newest) return true;
  return TRY(transaction.Find<TermsAcceptanceRecord>(person_id, newest->version)).has_value();
}

Status Terms::AcceptIn(Transaction& transaction, const std::string& person_id, int64_t version,
                       int64_t now_ms, const Actor& actor) {
  const std::optional<TermsRecord> newest = TRY(NewestIn(transaction));
  const int64_t wanted = newest ? newest->version : 0;
  if (version != wanted) {
    return Error::Invalid("version {} of the terms is not the one that counts: read version {}",
                          version, wanted);
  }
  if (!newest) return Ok();
  if (TRY(transaction.Find<TermsAcceptanceRecord>(person_id, version))) return Ok();
  TRY(transaction.Insert(TermsAcceptanceRecord{person_id, version, now_ms}));
  return AppendAct(transaction, now_ms, actor, "terms.accepted", person_id,
                   fmt::format("version={}", version));
}

Result<std::optional<TermsRecord>> Terms::Newest() {
  return ground_.store.Read([](Transaction& transaction) { return NewestIn(transaction); });
}

Result<TermsRecord> Terms::Publish(const std::string& text, const Actor& actor) {
  TRY(CheckText("the text of the terms", text, kTermsBytesMax));
  TermsRecord record;
  record.created_ms = NowMs(ground_.clock);
  record.made_by = actor.id;
  record.text = text;
  return ground_.store.Write([&](Transaction& transaction) -> Result<TermsRecord> {
    TermsRecord made = record;
    made.version = TRY(transaction.Append(record));
    TRY(AppendAct(transaction, made.created_ms, actor, "terms.published",
                  fmt::format("terms_{}", made.version)));
    return made;
  });
}

Status Terms::Accept(const std::string& person_id, int64_t version, const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) {
    return AcceptIn(transaction, person_id, version, now_ms, actor);
  });
}

Result<bool> Terms::Accepted(const std::string& person_id) {
  return ground_.store.Read(
      [&](Transaction& transaction) { return AcceptedIn(transaction, person_id); });
}

}  // namespace aozora
