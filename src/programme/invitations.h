// SPDX-License-Identifier: Apache-2.0
// The way into the programme: a code that an admin gives to one person, for one role, for a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "programme/accounts.h"

namespace aozora {

inline constexpr int64_t kInvitationKeptMs = 14 * kDayMs;
inline constexpr int64_t kInvitationKeptMsMax = 90 * kDayMs;
inline constexpr size_t kNoteBytesMax = 2'000;

struct MadeInvitation {
  InvitationRecord record;
  std::string code;  // shown once, kept nowhere
};

struct Acceptance {
  std::string code;
  std::string name;
  std::string password;
  int64_t terms_version = 0;  // that was shown; 0 where none is published
  std::string address;
  std::string user_agent;
};

enum class InvitationState { kOpen, kAccepted, kRevoked, kExpired };
template <>
struct EnumNames<InvitationState> {
  static constexpr std::array<std::string_view, 4> kNames{"open", "accepted", "revoked", "expired"};
};
InvitationState StateOf(const InvitationRecord& invitation, int64_t now_ms);

// Any thread.
class Invitations {
 public:
  Invitations(Ground ground, Accounts& accounts) : ground_(ground), accounts_(accounts) {}

  // kInvalid: no such role, a note or a time that is too long.
  Result<MadeInvitation> Make(std::string_view role, const std::string& note, const Actor& actor,
                              int64_t kept_ms = kInvitationKeptMs);
  Result<std::vector<InvitationRecord>> List();  // newest first
  // kNotFound; kInvalid if it was accepted already.
  Result<InvitationRecord> Revoke(const std::string& id, const Actor& actor);

  // What a code is good for, so that it can be shown. kNotFound: for nothing (any more).
  Result<InvitationRecord> Look(std::string_view code);
  // Makes the person with that password, the terms accepted, and logs in: all or nothing, and of
  // several at once exactly one. kNotFound as above; kInvalid: the name is taken, the password too
  // short, the terms are not the newest.
  Result<LoginOutcome> Accept(const Acceptance& acceptance);

 private:
  Result<InvitationRecord> FindOpen(Transaction& transaction, std::string_view code);

  Ground ground_;
  Accounts& accounts_;
};

}  // namespace aozora
