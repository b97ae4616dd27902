// SPDX-License-Identifier: Apache-2.0
#include "api/owned.h"
#include "base/encoding.h"
#include "routes/programme/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

json AmountsJson(const CreditAmounts& amounts) {
  json shown = json::object();
  for (size_t i = 0; i < kCreditKindCount; ++i) {
    shown[std::string(EnumNames<CreditKind>::kNames[i])] = amounts[i];
  }
  return shown;
}

json CreditJson(const CreditRecord& credit, const PersonNames& names) {
  return {{"id", fmt::format("credit_{}", credit.seq)},
          {"object", "credit"},
          {"person_id", credit.person_id},
          {"person", api::PersonNameJson(names, credit.person_id)},
          {"kind", NameOf(credit.kind)},
          {"amount", credit.amount},
          {"subject", TextOrNull(credit.subject)},
          {"note", TextOrNull(credit.note)},
          {"created_at", api::SecondsOf(credit.at_ms)}};
}

CreditKind KindOf(const json& body) {  // the contract knows no other names
  return EnumOf<CreditKind>(body["kind"].get<std::string>()).value_or(CreditKind::kExperiment);
}

Outcome<http::Response> Account(const api::Service& service, const Call& call) {
  const CreditAccount account = TRY(service.programme.credits.AccountOf(call.principal.person_id));
  json entries = TRY(api::JsonOfOwned(service, account.entries, CreditJson));
  return api::AnswerJson({{"object", "list"},
                          {"data", std::move(entries)},
                          {"has_more", false},
                          {"totals", AmountsJson(account.totals)},
                          {"total", account.total}});
}

Outcome<http::Response> Export(const api::Service& service, const Call& call) {
  const SignedCredits made =
      TRY(service.programme.credits.Export(call.principal.person_id, service.sign_key));
  return api::AnswerJson({{"object", "credits.export"},
                          {"document", made.document},
                          {"algorithm", "Ed25519"},
                          {"signature", Base64Encode(made.signature)},
                          {"public_key", Base64Encode(made.public_key)}});
}

Outcome<http::Response> Add(const api::Service& service, const Call& call) {
  const CreditRecord added = TRY(service.programme.credits.Add(
      call.body["person_id"].get<std::string>(), KindOf(call.body),
      call.body["amount"].get<int64_t>(), TextOf(call.body, "note"), api::ActorOf(call)));
  return api::AnswerJson(TRY(api::JsonOfOwned(service, added, CreditJson)));
}

Outcome<http::Response> Amounts(const api::Service& service, const Call&) {
  json shown = AmountsJson(TRY(service.programme.credits.Amounts()));
  shown["object"] = "credit_amounts";
  return api::AnswerJson(shown);
}

Outcome<http::Response> SetAmounts(const api::Service& service, const Call& call) {
  for (size_t i = 0; i < kCreditKindCount; ++i) {
    const std::string name(EnumNames<CreditKind>::kNames[i]);
    if (!call.body.contains(name)) continue;
    TRY(service.programme.credits.SetAmount(static_cast<CreditKind>(i),
                                            call.body[name].get<int64_t>(), api::ActorOf(call)));
  }
  return Amounts(service, call);
}

}  // namespace

void AddCreditRoutes(http::Router& router, const api::Service& service) {
  api::AddOperations(
      router, service,
      {Get("/v1/credits", "listCredits", Account, Action::kOwnCredits),
       Get("/v1/credits/export", "exportCredits", Export, Action::kOwnCredits),
       Post("/v1/admin/credits", "addCredit", Add, Action::kGiveCredits),
       Get("/v1/admin/credit_amounts", "getCreditAmounts", Amounts, Action::kGiveCredits),
       Post("/v1/admin/credit_amounts", "setCreditAmounts", SetAmounts, Action::kGiveCredits)});
}

}  // namespace aozora::routes
