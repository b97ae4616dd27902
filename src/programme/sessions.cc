// SPDX-License-Identifier: Apache-2.0
#include "programme/sessions.h"

#include <sodium.h>

#include "base/encoding.h"
#include "base/hash.h"
#include "programme/roles.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr std::string_view kSecretLead = "azs_";
constexpr size_t kUserAgentBytesMax = 300;

bool IsOver(const SessionRecord& session, int64_t now_ms) {
  return now_ms >= session.created_ms + kSessionAbsoluteMs ||
         now_ms >= session.last_used_ms + kSessionIdleMs;
}

// What is over goes when somebody comes.
Status EraseOver(Transaction& transaction, int64_t now_ms) {
  TRY(transaction.EraseWhere(
      Query<SessionRecord>().AtMost(&SessionRecord::last_used_ms, now_ms - kSessionIdleMs)));
  return Ok();
}

}  // namespace

std::string CsrfTokenOf(std::string_view secret) {
  return HexEncode(HmacSha256(secret, "aozora csrf token"));
}

bool IsCsrfToken(std::string_view secret, std::string_view token) {
  const std::string right = CsrfTokenOf(secret);
  return token.size() == right.size() &&
         sodium_memcmp(token.data(), right.data(), right.size()) == 0;
}

Result<MadeSession> Sessions::Make(Transaction& transaction, const Ground& ground,
                                   const std::string& person_id, const Actor& actor,
                                   std::string_view user_agent) {
  const int64_t now_ms = NowMs(ground.clock);
  TRY(EraseOver(transaction, now_ms));
  Query<SessionRecord> own;
  own.Equal(&SessionRecord::person_id, person_id).Ascending(&SessionRecord::last_used_ms);
  const int64_t count = TRY(transaction.Count(own));
  if (count >= kSessionsMax) TRY(transaction.EraseWhere(own.Limit(count - kSessionsMax + 1)));
  MadeSession made;
  made.secret = NewSecret(kSecretLead, ground.random);
  made.record.id = NewId("session_", ground.random);
  made.record.person_id = person_id;
  made.record.secret_sha256 = Sha256Hex(made.secret);
  made.record.created_ms = now_ms;
  made.record.last_used_ms = now_ms;
  made.record.address = actor.address;
  made.record.user_agent = user_agent.substr(0, kUserAgentBytesMax);
  TRY(transaction.Insert(made.record));
  return made;
}

Result<int64_t> Sessions::EndAll(Transaction& transaction, const std::string& person_id) {
  return transaction.EraseWhere(Query<SessionRecord>().Equal(&SessionRecord::person_id, person_id));
}

Result<std::optional<SessionCaller>> Sessions::Find(std::string_view secret) {
  using Found = std::optional<SessionCaller>;
  if (!IsSecret(kSecretLead, secret)) return Found();
  const int64_t now_ms = NowMs(ground_.clock);
  const std::string sha256 = Sha256Hex(secret);
  Found found = TRY(ground_.store.Read([&](Transaction& transaction) -> Result<Found> {
    const auto session = TRY(transaction.SelectFirst(
        Query<SessionRecord>().Equal(&SessionRecord::secret_sha256, sha256)));
    if (!session || IsOver(*session, now_ms)) return Found();
    const auto person = TRY(transaction.Find<PersonRecord>(session->person_id));
    if (!person || person->disabled_ms) return Found();
    return Found(SessionCaller{
        Principal{person->id, session->id, person->name, person->role, ScopesOf(person->role)},
        *session});
  }));
  if (!found || now_ms - found->session.last_used_ms < kSessionNotedMs) return found;
  TRY(ground_.store.Write([&](Transaction& transaction) -> Status {
    const auto before = TRY(transaction.Find<SessionRecord>(found->session.id));
    if (!before) return Ok();
    SessionRecord after = *before;
    after.last_used_ms = now_ms;
    return transaction.Change(*before, after);
  }));
  found->session.last_used_ms = now_ms;
  return found;
}

Result<std::vector<SessionRecord>> Sessions::List(const std::string& person_id) {
  const int64_t now_ms = NowMs(ground_.clock);
  std::vector<SessionRecord> sessions = TRY(ground_.store.Read([&](Transaction& transaction) {
    return transaction.Select(Query<SessionRecord>()
                                  .Equal(&SessionRecord::person_id, person_id)
                                  .Descending(&SessionRecord::last_used_ms));
  }));
  std::erase_if(sessions, [&](const SessionRecord& each) { return IsOver(each, now_ms); });
  return sessions;
}

Status Sessions::End(const std::string& person_id, const std::string& session_id,
                     const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Status {
    const auto session = TRY(transaction.Find<SessionRecord>(session_id));
    if (!session || session->person_id != person_id) {
      return Error::NotFound("there is no session {}", session_id);
    }
    TRY(transaction.Erase<SessionRecord>(session_id));
    return AppendAct(transaction, now_ms, actor, "session.ended", person_id, session_id);
  });
}

}  // namespace aozora
