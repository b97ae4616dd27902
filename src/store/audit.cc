// SPDX-License-Identifier: Apache-2.0
#include "store/audit.h"

#include "base/hash.h"

namespace aozora {
namespace {

void AddField(std::string_view field, std::string* form) {
  form->append(fmt::format("{}:", field.size())).append(field);
}

}  // namespace

std::string AuditHash(const AuditRecord& record, const std::string& previous_hash) {
  std::string form(1, '\0');
  AddField(fmt::format("{}", record.seq), &form);
  AddField(fmt::format("{}", record.at_ms), &form);
  AddField(record.actor, &form);
  AddField(record.action, &form);
  AddField(record.subject, &form);
  AddField(record.detail, &form);
  return Sha256Hex(form + previous_hash);
}

Status AppendAudit(Transaction& transaction, AuditRecord record) {
  record.hash.clear();
  const std::optional<AuditRecord> newest =
      TRY(transaction.SelectFirst(Query<AuditRecord>().Descending(&AuditRecord::seq)));
  AuditRecord stored = record;
  stored.seq = TRY(transaction.Append(record));
  record.seq = stored.seq;
  stored.hash = AuditHash(record, newest ? newest->hash : "");
  return transaction.Change(record, stored);
}

}  // namespace aozora
