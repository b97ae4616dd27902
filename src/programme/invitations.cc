// SPDX-License-Identifier: Apache-2.0
#include "programme/invitations.h"

#include "base/hash.h"
#include "programme/roles.h"
#include "programme/terms.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr std::string_view kCodeLead = "azi_";
constexpr size_t kNameBytesMax = 320;  // as of the key ring

}  // namespace

InvitationState StateOf(const InvitationRecord& invitation, int64_t now_ms) {
  if (invitation.accepted_ms) return InvitationState::kAccepted;
  if (invitation.revoked_ms) return InvitationState::kRevoked;
  return now_ms >= invitation.expires_ms ? InvitationState::kExpired : InvitationState::kOpen;
}

Result<MadeInvitation> Invitations::Make(std::string_view role, const std::string& note,
                                         const Actor& actor, int64_t kept_ms) {
  if (!EnumOf<Role>(role)) {
    return Error::Invalid("role {}: there are artist, partner, red_team, reviewer and admin", role);
  }
  TRY(CheckText("a note", note, kNoteBytesMax, 0));
  if (kept_ms <= 0 || kept_ms > kInvitationKeptMsMax) {
    return Error::Invalid("an invitation is good for 1 to {} days",
                          kInvitationKeptMsMax / 86'400'000);
  }
  MadeInvitation made;
  made.code = NewSecret(kCodeLead, ground_.random);
  InvitationRecord& record = made.record;
  record.id = NewId("invite_", ground_.random);
  record.code_sha256 = Sha256Hex(made.code);
  record.role = role;
  record.note = note;
  record.made_by = actor.id;
  record.created_ms = NowMs(ground_.clock);
  record.expires_ms = record.created_ms + kept_ms;
  TRY(ground_.store.Write([&](Transaction& transaction) -> Status {
    TRY(transaction.Insert(record));
    return AppendAct(transaction, record.created_ms, actor, "invitation.made", record.id,
                     record.role);
  }));
  return made;
}

Result<std::vector<InvitationRecord>> Invitations::List() {
  return ground_.store.Read([](Transaction& transaction) {
    return transaction.Select(Query<InvitationRecord>().Descending(&InvitationRecord::created_ms));
  });
}

Result<InvitationRecord> Invitations::Revoke(const std::string& id, const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<InvitationRecord> {
    const auto before = TRY(transaction.Find<InvitationRecord>(id));
    if (!before) return Error::NotFound("there is no invitation {}", id);
    if (before->accepted_ms) return Error::Invalid("invitation {} was accepted already", id);
    if (before->revoked_ms) return *before;
    InvitationRecord after = *before;
    after.revoked_ms = now_ms;
    TRY(transaction.Change(*before, after));
    TRY(AppendAct(transaction, now_ms, actor, "invitation.revoked", id));
    return after;
  });
}

Result<InvitationRecord> Invitations::FindOpen(Transaction& transaction, std::string_view code) {
  const Error none = Error::NotFound(
      "this invitation is not one of ours, was accepted already, was revoked, or has expired");
  if (!IsSecret(kCodeLead, code)) return none;
  std::optional<InvitationRecord> found = TRY(transaction.SelectFirst(
      Query<InvitationRecord>().Equal(&InvitationRecord::code_sha256, Sha256Hex(code))));
  if (!found || StateOf(*found, NowMs(ground_.clock)) != InvitationState::kOpen) return none;
  return std::move(*found);
}

Result<InvitationRecord> Invitations::Look(std::string_view code) {
  return ground_.store.Read([&](Transaction& transaction) { return FindOpen(transaction, code); });
}

Result<LoginOutcome> Invitations::Accept(const Acceptance& acceptance) {
  TRY(CheckText("a name", acceptance.name, kNameBytesMax));
  TRY(Look(acceptance.code));  // before anything is hashed for nobody
  const std::string hash = TRY(accounts_.hasher().Hash(acceptance.password));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<LoginOutcome> {
    const InvitationRecord before = TRY(FindOpen(transaction, acceptance.code));
    if (TRY(transaction.Count(Query<PersonRecord>().Equal(&PersonRecord::name, acceptance.name))) >
        0) {
      return Error::Invalid("there is already a person named {}", acceptance.name);
    }
    PersonRecord person;
    person.id = NewId("person_", ground_.random);
    person.name = acceptance.name;
    person.role = before.role;
    person.password_hash = hash;
    person.created_ms = now_ms;
    TRY(transaction.Insert(person));
    const Actor actor{person.id, person.role, acceptance.address};
    TRY(Terms::AcceptIn(transaction, person.id, acceptance.terms_version, now_ms, actor));
    InvitationRecord after = before;
    after.accepted_ms = now_ms;
    after.accepted_by = person.id;
    TRY(transaction.Change(before, after));
    TRY(AppendAct(transaction, now_ms, actor, "invitation.accepted", before.id, person.role));
    LoginOutcome made;
    made.session =
        TRY(Sessions::Make(transaction, ground_, person.id, actor, acceptance.user_agent));
    made.person = std::move(person);
    return made;
  });
}

}  // namespace aozora
