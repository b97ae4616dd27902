// SPDX-License-Identifier: Apache-2.0
#include "programme/credits.h"

#include <nlohmann/json.hpp>

#include "programme/settings.h"
#include "store/ids.h"

namespace aozora {

using nlohmann::json;

namespace {

constexpr size_t kCreditNoteBytesMax = 2'000;

std::string SettingOf(CreditKind kind) { return "credit_amount." + std::string(NameOf(kind)); }

Result<int64_t> AmountOf(Transaction& transaction, CreditKind kind) {
  return ReadNumber(transaction, SettingOf(kind), kCreditAmounts[static_cast<size_t>(kind)]);
}

Result<CreditAccount> Read(Transaction& transaction, const std::string& person_id) {
  CreditAccount account;
  account.entries = TRY(transaction.Select(Query<CreditRecord>()
                                               .Equal(&CreditRecord::person_id, person_id)
                                               .Ascending(&CreditRecord::seq)));
  for (const CreditRecord& entry : account.entries) {
    account.totals[static_cast<size_t>(entry.kind)] += entry.amount;
    account.total += entry.amount;
  }
  return account;
}

json EntryJson(const CreditRecord& entry) {
  return {{"seq", entry.seq},         {"kind", NameOf(entry.kind)}, {"amount", entry.amount},
          {"subject", entry.subject}, {"note", entry.note},         {"at_ms", entry.at_ms}};
}

}  // namespace

Status CreditAs(Transaction& transaction, CreditKind kind, const std::string& person_id,
                const std::string& subject, int64_t now_ms) {
  const int64_t amount = TRY(AmountOf(transaction, kind));
  if (amount == 0) return Ok();
  if (TRY(transaction.Count(Query<CreditRecord>()
                                .Equal(&CreditRecord::person_id, person_id)
                                .Equal(&CreditRecord::subject, subject))) > 0) {
    return Ok();
  }
  CreditRecord record;
  record.person_id = person_id;
  record.kind = kind;
  record.amount = amount;
  record.subject = subject;
  record.at_ms = now_ms;
  TRY(transaction.Append(record));
  return Ok();
}

Result<CreditAccount> Credits::AccountOf(const std::string& person_id) {
  return ground_.store.Read([&](Transaction& transaction) { return Read(transaction, person_id); });
}

Result<CreditRecord> Credits::Add(const std::string& person_id, CreditKind kind, int64_t amount,
                                  const std::string& note, const Actor& admin) {
  TRY(CheckText("a note", note, kCreditNoteBytesMax, 0));
  if (amount == 0 || amount > kCreditAmountMax || amount < -kCreditAmountMax) {
    return Error::Invalid("an amount is not 0 and at most {} either way", kCreditAmountMax);
  }
  CreditRecord record;
  record.person_id = person_id;
  record.kind = kind;
  record.amount = amount;
  record.note = note;
  record.by = admin.id;
  record.at_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<CreditRecord> {
    if (!TRY(transaction.Find<PersonRecord>(person_id))) {
      return Error::NotFound("there is no person {}", person_id);
    }
    CreditRecord made = record;
    made.seq = TRY(transaction.Append(record));
    TRY(AppendAct(transaction, made.at_ms, admin, "credit.added", person_id,
                  fmt::format("seq={} {} {}", made.seq, NameOf(kind), amount)));
    return made;
  });
}

Result<CreditAmounts> Credits::Amounts() {
  return ground_.store.Read([](Transaction& transaction) -> Result<CreditAmounts> {
    CreditAmounts amounts{};
    for (size_t i = 0; i < kCreditKindCount; ++i) {
      amounts[i] = TRY(AmountOf(transaction, static_cast<CreditKind>(i)));
    }
    return amounts;
  });
}

Status Credits::SetAmount(CreditKind kind, int64_t amount, const Actor& admin) {
  if (amount < 0 || amount > kCreditAmountMax) {
    return Error::Invalid("an amount is 0 to {}", kCreditAmountMax);
  }
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) {
    return WriteNumber(transaction, SettingOf(kind), amount, now_ms, admin);
  });
}

Result<SignedCredits> Credits::Export(const std::string& person_id, const SignKey& key) {
  json document = TRY(ground_.store.Read([&](Transaction& transaction) -> Result<json> {
    const auto person = TRY(transaction.Find<PersonRecord>(person_id));
    if (!person) return Error::NotFound("there is no person {}", person_id);
    const CreditAccount account = TRY(Read(transaction, person_id));
    json entries = json::array(), totals = json::object();
    for (const CreditRecord& entry : account.entries) entries.push_back(EntryJson(entry));
    for (size_t i = 0; i < kCreditKindCount; ++i) {
      totals[std::string(EnumNames<CreditKind>::kNames[i])] = account.totals[i];
    }
    return json{{"object", "credits"},    {"person", {{"id", person->id}, {"name", person->name}}},
                {"entries", entries},     {"totals", totals},
                {"total", account.total}, {"issued_at_ms", NowMs(ground_.clock)}};
  }));
  SignedCredits made;
  made.document = document.dump(-1, ' ', false, json::error_handler_t::replace);
  made.signature = key.Sign(made.document);
  made.public_key = key.public_key();
  return made;
}

bool IsSignedBy(const SignedCredits& credits) {
  return VerifySignature(credits.public_key, credits.document, credits.signature);
}

}  // namespace aozora
