// SPDX-License-Identifier: Apache-2.0
// How people come in, and what an admin changes about them. API keys stay what they are
// (access/key_ring.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/key_ring.h"
#include "base/units.h"
#include "programme/login_limiter.h"
#include "programme/passwords.h"
#include "programme/sessions.h"
#include "store/people_records.h"

namespace aozora {

inline constexpr int64_t kPasswordLinkKeptMs = kDayMs;

struct LoginRequest {
  std::string name;
  std::string password;
  std::string address;
  std::string user_agent;
  std::string old_secret;  // of the session the browser has already: it ends
};

// Exactly one of the three: a session; `retry_after_s` > 0; or neither, name and password do not
// go together.
struct LoginOutcome {
  std::optional<MadeSession> session;
  std::optional<PersonRecord> person;
  uint32_t retry_after_s = 0;
};

struct MadePasswordLink {
  PasswordLinkRecord record;
  std::string code;  // shown once, kept nowhere
};

// Any thread.
class Accounts {
 public:
  explicit Accounts(Ground ground, PasswordCost cost = {}, LoginLimiter::Limits limits = {})
      : ground_(ground), hasher_(cost), limiter_(ground.clock, limits) {}

  // kExhausted: too many at a time.
  Result<LoginOutcome> Login(const LoginRequest& request);

  // By the person: the old password is asked for, all sessions end, and a new one is returned. The
  // same limits as for logins. kInvalid: the old one is wrong.
  Result<LoginOutcome> ChangePassword(const std::string& person_id, std::string_view old_password,
                                      std::string_view new_password, const LoginRequest& from);
  // kNotFound: no such person. Links made before end.
  Result<MadePasswordLink> MakePasswordLink(const std::string& person_id, const Actor& actor,
                                            int64_t kept_ms = kPasswordLinkKeptMs);
  // kNotFound: the code is not one, was used, or has expired. All sessions end.
  Result<PersonRecord> SetPassword(std::string_view code, std::string_view new_password,
                                   const Actor& from);

  // All sessions of the person end: what a browser may do is decided when it logs in. kInvalid: no
  // such role, or nobody would be admin any more.
  Result<PersonRecord> SetRole(const std::string& person_id, std::string_view role,
                               const Actor& actor);
  // All four at once, for requests from now on. kNotFound: no such person.
  Result<PersonRecord> SetLimits(const std::string& person_id, const PersonLimits& limits,
                                 const Actor& actor);
  Result<PersonRecord> FindPerson(const std::string& id_or_name);  // kNotFound

  PasswordHasher& hasher() { return hasher_; }

 private:
  Result<std::optional<PersonRecord>> FindByName(const std::string& name);

  Ground ground_;
  PasswordHasher hasher_;
  LoginLimiter limiter_;
};

// Whether somebody else is admin: the last one neither leaves nor becomes something else.
Result<bool> HasOtherAdmin(Transaction& transaction, const std::string& person_id);

}  // namespace aozora
