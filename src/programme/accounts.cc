// SPDX-License-Identifier: Apache-2.0
#include "programme/accounts.h"

#include "base/hash.h"
#include "programme/roles.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr std::string_view kLinkLead = "azp_";

Result<PersonRecord> Need(Transaction& transaction, const std::string& person_id) {
  std::optional<PersonRecord> person = TRY(transaction.Find<PersonRecord>(person_id));
  if (!person) return Error::NotFound("there is no person {}", person_id);
  return std::move(*person);
}

Status EndLinks(Transaction& transaction, const std::string& person_id) {
  TRY(transaction.EraseWhere(
      Query<PasswordLinkRecord>().Equal(&PasswordLinkRecord::person_id, person_id)));
  return Ok();
}

Status StorePassword(Transaction& transaction, const PersonRecord& person,
                     const std::string& hash) {
  PersonRecord after = person;
  after.password_hash = hash;
  TRY(transaction.Change(person, after));
  TRY(Sessions::EndAll(transaction, person.id));
  return EndLinks(transaction, person.id);
}

Actor ActorOf(const PersonRecord& person, const std::string& address) {
  return {person.id, person.role, address};
}

}  // namespace

Result<bool> HasOtherAdmin(Transaction& transaction, const std::string& person_id) {
  return TRY(transaction.Count(Query<PersonRecord>()
                                   .Equal(&PersonRecord::role, std::string(NameOf(Role::kAdmin)))
                                   .Equal(&PersonRecord::disabled_ms, std::nullopt)
                                   .NotEqual(&PersonRecord::id, person_id))) > 0;
}

Result<std::optional<PersonRecord>> Accounts::FindByName(const std::string& name) {
  return ground_.store.Read([&](Transaction& transaction) {
    return transaction.SelectFirst(Query<PersonRecord>().Equal(&PersonRecord::name, name));
  });
}

Result<PersonRecord> Accounts::FindPerson(const std::string& id_or_name) {
  return ground_.store.Read([&](Transaction& transaction) -> Result<PersonRecord> {
    std::optional<PersonRecord> person = TRY(transaction.Find<PersonRecord>(id_or_name));
    if (!person) {
      person = TRY(
          transaction.SelectFirst(Query<PersonRecord>().Equal(&PersonRecord::name, id_or_name)));
    }
    if (!person) return Error::NotFound("there is no person {}", id_or_name);
    return std::move(*person);
  });
}

Result<LoginOutcome> Accounts::Login(const LoginRequest& request) {
  LoginOutcome outcome;
  outcome.retry_after_s = limiter_.Try(request.name, request.address);
  if (outcome.retry_after_s > 0) return outcome;
  const std::optional<PersonRecord> person = TRY(FindByName(request.name));
  const bool may = person && !person->disabled_ms;
  const std::string hash = may ? person->password_hash : "";
  if (!TRY(hasher_.Verify(hash, request.password))) return outcome;
  limiter_.Succeeded(request.name, request.address);
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<LoginOutcome> {
    const PersonRecord now = TRY(Need(transaction, person->id));
    // Changed between the two looks: the password that was right is not any more.
    if (now.password_hash != hash || now.disabled_ms) return outcome;
    if (!request.old_secret.empty()) {
      TRY(transaction.EraseWhere(Query<SessionRecord>().Equal(&SessionRecord::secret_sha256,
                                                              Sha256Hex(request.old_secret))));
    }
    const Actor actor = ActorOf(now, request.address);
    LoginOutcome made;
    made.session = TRY(Sessions::Make(transaction, ground_, now.id, actor, request.user_agent));
    made.person = now;
    TRY(AppendAct(transaction, now_ms, actor, "session.made", now.id, made.session->record.id));
    return made;
  });
}

Result<LoginOutcome> Accounts::ChangePassword(const std::string& person_id,
                                              std::string_view old_password,
                                              std::string_view new_password,
                                              const LoginRequest& from) {
  const PersonRecord person = TRY(FindPerson(person_id));
  LoginOutcome outcome;
  outcome.retry_after_s = limiter_.Try(person.name, from.address);
  if (outcome.retry_after_s > 0) return outcome;
  if (!TRY(hasher_.Verify(person.password_hash, old_password))) {
    return Error::Invalid("the password you have now is another one");
  }
  limiter_.Succeeded(person.name, from.address);
  const std::string hash = TRY(hasher_.Hash(new_password));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<LoginOutcome> {
    const PersonRecord now = TRY(Need(transaction, person_id));
    if (now.password_hash != person.password_hash) {
      return Error::Invalid("the password was changed by somebody else meanwhile");
    }
    TRY(StorePassword(transaction, now, hash));
    const Actor actor = ActorOf(now, from.address);
    LoginOutcome made;
    made.session = TRY(Sessions::Make(transaction, ground_, now.id, actor, from.user_agent));
    made.person = now;
    TRY(AppendAct(transaction, now_ms, actor, "password.changed", now.id));
    return made;
  });
}

Result<MadePasswordLink> Accounts::MakePasswordLink(const std::string& person_id,
                                                    const Actor& actor, int64_t kept_ms) {
  const int64_t now_ms = NowMs(ground_.clock);
  MadePasswordLink made;
  made.code = NewSecret(kLinkLead, ground_.random);
  made.record.id = NewId("pwlink_", ground_.random);
  made.record.person_id = person_id;
  made.record.code_sha256 = Sha256Hex(made.code);
  made.record.made_by = actor.id;
  made.record.created_ms = now_ms;
  made.record.expires_ms = now_ms + kept_ms;
  return ground_.store.Write([&](Transaction& transaction) -> Result<MadePasswordLink> {
    TRY(Need(transaction, person_id));
    TRY(EndLinks(transaction, person_id));
    TRY(transaction.Insert(made.record));
    TRY(AppendAct(transaction, now_ms, actor, "password_link.made", person_id, made.record.id));
    return made;
  });
}

Result<PersonRecord> Accounts::SetPassword(std::string_view code, std::string_view new_password,
                                           const Actor& from) {
  const Error none =
      Error::NotFound("this link is not one of ours, was used already, or has expired");
  if (!IsSecret(kLinkLead, code)) return none;
  const int64_t now_ms = NowMs(ground_.clock);
  const std::string sha256 = Sha256Hex(code);
  const auto find = [&](Transaction& transaction) -> Result<PasswordLinkRecord> {
    std::optional<PasswordLinkRecord> link = TRY(transaction.SelectFirst(
        Query<PasswordLinkRecord>().Equal(&PasswordLinkRecord::code_sha256, sha256)));
    if (!link || link->used_ms || now_ms >= link->expires_ms) return none;
    return std::move(*link);
  };
  TRY(ground_.store.Read(find));  // before anything is hashed for nobody
  const std::string hash = TRY(hasher_.Hash(new_password));
  return ground_.store.Write([&](Transaction& transaction) -> Result<PersonRecord> {
    const PasswordLinkRecord link = TRY(find(transaction));
    PersonRecord person = TRY(Need(transaction, link.person_id));
    TRY(StorePassword(transaction, person, hash));
    const Actor actor = ActorOf(person, from.address);
    TRY(AppendAct(transaction, now_ms, actor, "password.set_by_link", person.id, link.id));
    return person;
  });
}

Result<PersonRecord> Accounts::SetRole(const std::string& person_id, std::string_view role,
                                       const Actor& actor) {
  if (!EnumOf<Role>(role)) {
    return Error::Invalid("role {}: there are artist, partner, red_team, reviewer and admin", role);
  }
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<PersonRecord> {
    const PersonRecord before = TRY(Need(transaction, person_id));
    PersonRecord after = before;
    after.role = role;
    if (after.role == before.role) return after;
    if (before.role == NameOf(Role::kAdmin) && !TRY(HasOtherAdmin(transaction, person_id))) {
      return Error::Invalid("{} is the only admin: make another one first", before.name);
    }
    TRY(transaction.Change(before, after));
    TRY(Sessions::EndAll(transaction, person_id));
    TRY(AppendAct(transaction, now_ms, actor, "person.role_set", person_id,
                  fmt::format("{} instead of {}", after.role, before.role)));
    return after;
  });
}

Result<PersonRecord> Accounts::SetLimits(const std::string& person_id, const PersonLimits& limits,
                                         const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<PersonRecord> {
    const PersonRecord before = TRY(Need(transaction, person_id));
    PersonRecord after = before;
    aozora::SetLimits(limits, &after);
    TRY(transaction.Change(before, after));
    const auto text = [](const std::optional<int64_t>& limit) {
      return limit ? std::to_string(*limit) : std::string("-");
    };
    TRY(AppendAct(transaction, now_ms, actor, "person.limits_set", person_id,
                  fmt::format("running={} queued={} seconds={} priority={}",
                              text(limits.running_max), text(limits.queued_max),
                              text(limits.video_seconds_per_day_max), limits.priority)));
    return after;
  });
}

}  // namespace aozora
