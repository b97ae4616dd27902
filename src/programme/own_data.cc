// SPDX-License-Identifier: Apache-2.0
#include "programme/own_data.h"

#include <set>

#include "programme/accounts.h"
#include "programme/reviews.h"
#include "store/account_records.h"
#include "store/asset_records.h"
#include "store/folder_records.h"
#include "store/ids.h"
#include "store/job_records.h"
#include "store/programme_records.h"

namespace aozora {

using nlohmann::json;

namespace {

json JsonOf(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;  // null, and bytes, of which no person has any
}

// A row under the names of its columns. Secrets are left out by name, so that a new column shows up
// by itself.
template <class T>
json RowJson(const T& record) {
  static const std::set<std::string> kSecrets = {"password_hash", "secret_sha256",   "code_sha256",
                                                 "secret",        "previous_secret", "prefix"};
  const TableSpec& table = TableOf<T>();
  const Row row = ToRow(record);
  json shown = json::object();
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string& name = table.columns[i].name;
    if (!kSecrets.contains(name)) shown[name] = JsonOf(row[i]);
  }
  return shown;
}

class Collector {
 public:
  Collector(Transaction& transaction, std::string person_id)
      : transaction_(transaction), person_id_(std::move(person_id)) {}

  template <class T>
  Result<std::vector<T>> Add(std::string T::*owner) {
    return AddOf(owner, person_id_);
  }
  template <class T>
  Result<std::vector<T>> AddOf(std::string T::*owner, const std::string& id) {
    std::vector<T> rows = TRY(transaction_.Select(Query<T>().Equal(owner, id)));
    json& list = document[std::string(T::kTable.name)];
    if (list.is_null()) list = json::array();
    for (const T& row : rows) list.push_back(RowJson(row));
    return rows;
  }

  json document = json::object();

 private:
  Transaction& transaction_;
  const std::string person_id_;
};

Result<OwnData> Collect(Transaction& transaction, const PersonRecord& person) {
  OwnData own;
  Collector all(transaction, person.id);
  all.document["object"] = "person.export";
  all.document["person"] = RowJson(person);
  for (const JobRecord& job : TRY(all.Add(&JobRecord::person_id))) {
    own.files.job_ids.push_back(job.id);
  }
  for (const FileRecord& file : TRY(all.Add(&FileRecord::person_id))) {
    own.files.file_ids.push_back(file.id);
  }
  TRY(all.Add(&KeyRecord::person_id));
  TRY(all.Add(&EventRecord::person_id));
  TRY(all.Add(&UsageRecord::person_id));
  TRY(all.Add(&CharacterRecord::person_id));
  for (const FolderRecord& folder : TRY(all.Add(&FolderRecord::person_id))) {
    TRY(all.AddOf(&FolderVideoRecord::folder_id, folder.id));
  }
  TRY(all.Add(&BatchRecord::person_id));
  TRY(all.Add(&WebhookEndpointRecord::person_id));
  TRY(all.Add(&SessionRecord::person_id));
  TRY(all.Add(&PasswordLinkRecord::person_id));
  TRY(all.Add(&TermsAcceptanceRecord::person_id));
  TRY(all.Add(&InvitationRecord::accepted_by));
  TRY(all.Add(&ClipRecord::person_id));
  TRY(all.Add(&ShareRecord::person_id));
  TRY(all.Add(&ReviewRecord::reviewer_id));
  TRY(all.Add(&FlagReasonRecord::set_by));
  TRY(all.Add(&FeedbackRecord::person_id));
  TRY(all.Add(&FindingRecord::person_id));
  TRY(all.Add(&CreditRecord::person_id));
  TRY(all.Add(&GrantRecord::person_id));
  TRY(all.Add(&AuditRecord::actor));
  own.document = std::move(all.document);
  return own;
}

template <class T>
Status EraseOf(Transaction& transaction, std::string T::*owner, const std::string& person_id) {
  TRY(transaction.EraseWhere(Query<T>().Equal(owner, person_id)));
  return Ok();
}

template <class T>
Status MakeNobodys(Transaction& transaction, std::string T::*owner, const std::string& person_id) {
  for (const T& before : TRY(transaction.Select(Query<T>().Equal(owner, person_id)))) {
    T after = before;
    (after.*owner).clear();
    TRY(transaction.Change(before, after));
  }
  return Ok();
}

// Decisions on others' clips and flags stay, nobody's; what waits for this person waits for
// everybody.
Status LeaveReviews(Transaction& transaction, const std::string& person_id) {
  TRY(MakeNobodys(transaction, &ReviewRecord::reviewer_id, person_id));
  TRY(MakeNobodys(transaction, &FlagReasonRecord::set_by, person_id));
  return MakeNobodys(transaction, &FlagRecord::set_by, person_id);
}

Status LeaveInvitations(Transaction& transaction, const std::string& person_id) {
  for (const InvitationRecord& before : TRY(transaction.Select(
           Query<InvitationRecord>().Equal(&InvitationRecord::accepted_by, person_id)))) {
    InvitationRecord after = before;
    after.accepted_by.clear();
    after.note.clear();
    TRY(transaction.Change(before, after));
  }
  return Ok();
}

Status EraseClips(Transaction& transaction, const std::string& person_id) {
  for (const ClipRecord& clip :
       TRY(transaction.Select(Query<ClipRecord>().Equal(&ClipRecord::person_id, person_id)))) {
    TRY(EraseClip(transaction, clip.id));
  }
  return Ok();
}

Status EraseWork(Transaction& transaction, const std::string& person_id) {
  for (const BatchRecord& batch :
       TRY(transaction.Select(Query<BatchRecord>().Equal(&BatchRecord::person_id, person_id)))) {
    TRY(EraseOf(transaction, &BatchItemRecord::batch_id, batch.id));
  }
  for (const WebhookEndpointRecord& endpoint : TRY(transaction.Select(
           Query<WebhookEndpointRecord>().Equal(&WebhookEndpointRecord::person_id, person_id)))) {
    TRY(EraseOf(transaction, &DeliveryRecord::endpoint_id, endpoint.id));
  }
  for (const FolderRecord& folder :
       TRY(transaction.Select(Query<FolderRecord>().Equal(&FolderRecord::person_id, person_id)))) {
    TRY(EraseOf(transaction, &FolderVideoRecord::folder_id, folder.id));
  }
  for (const JobRecord& job :
       TRY(transaction.Select(Query<JobRecord>().Equal(&JobRecord::person_id, person_id)))) {
    TRY(transaction.Erase<FlagRecord>(job.id));
    TRY(EraseOf(transaction, &FlagReasonRecord::job_id, job.id));
  }
  TRY(EraseOf(transaction, &BatchRecord::person_id, person_id));
  TRY(EraseOf(transaction, &WebhookEndpointRecord::person_id, person_id));
  TRY(EraseOf(transaction, &CharacterRecord::person_id, person_id));
  TRY(EraseOf(transaction, &FolderRecord::person_id, person_id));
  TRY(EraseOf(transaction, &FileRecord::person_id, person_id));
  TRY(EraseOf(transaction, &JobRecord::person_id, person_id));
  TRY(EraseOf(transaction, &EventRecord::person_id, person_id));
  TRY(EraseOf(transaction, &UsageRecord::person_id, person_id));
  return EraseOf(transaction, &IdempotencyRecord::person_id, person_id);
}

Status EraseAccount(Transaction& transaction, const std::string& person_id) {
  TRY(EraseOf(transaction, &FeedbackRecord::person_id, person_id));
  TRY(EraseOf(transaction, &FindingRecord::person_id, person_id));
  TRY(EraseOf(transaction, &CreditRecord::person_id, person_id));
  TRY(EraseOf(transaction, &GrantRecord::person_id, person_id));
  TRY(EraseOf(transaction, &TermsAcceptanceRecord::person_id, person_id));
  TRY(EraseOf(transaction, &PasswordLinkRecord::person_id, person_id));
  TRY(EraseOf(transaction, &SessionRecord::person_id, person_id));
  TRY(EraseOf(transaction, &KeyRecord::person_id, person_id));
  TRY(transaction.Erase<PersonRecord>(person_id));
  return Ok();
}

}  // namespace

Result<OwnData> OwnDataDesk::Export(const std::string& person_id, const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<OwnData> {
    const auto person = TRY(transaction.Find<PersonRecord>(person_id));
    if (!person) return Error::NotFound("there is no person {}", person_id);
    TRY(AppendAct(transaction, now_ms, actor, "person.exported", person_id));
    return Collect(transaction, *person);
  });
}

Result<OwnFiles> OwnDataDesk::Delete(const std::string& person_id, const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<OwnFiles> {
    const auto person = TRY(transaction.Find<PersonRecord>(person_id));
    if (!person) return Error::NotFound("there is no person {}", person_id);
    if (person->role == "admin" && !TRY(HasOtherAdmin(transaction, person_id))) {
      return Error::Invalid("{} is the only admin: make another one first", person->name);
    }
    OwnData own = TRY(Collect(transaction, *person));
    TRY(LeaveReviews(transaction, person_id));
    TRY(LeaveInvitations(transaction, person_id));
    TRY(EraseClips(transaction, person_id));
    TRY(EraseWork(transaction, person_id));
    TRY(EraseAccount(transaction, person_id));
    TRY(AppendAct(transaction, now_ms, actor, "person.deleted", person_id));
    return std::move(own.files);
  });
}

}  // namespace aozora
