// SPDX-License-Identifier: Apache-2.0
// Browsers that people are logged in with. The secret is in the browser's cookie and kept here as
// its SHA-256; the token against forged requests follows from the secret, so none is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/key_ring.h"
#include "base/units.h"
#include "programme/act.h"
#include "store/account_records.h"

namespace aozora {

inline constexpr int64_t kSessionIdleMs = 12 * kHourMs;
inline constexpr int64_t kSessionAbsoluteMs = 7 * kDayMs;
inline constexpr int64_t kSessionNotedMs = 60'000;  // how exact last_used_ms is
inline constexpr int64_t kSessionsMax = 50;         // of a person; the oldest goes

struct MadeSession {
  SessionRecord record;
  std::string secret;  // for the cookie; kept nowhere
};

struct SessionCaller {
  Principal principal;  // key_id is the session's id
  SessionRecord session;
};

// HMAC-SHA-256 under the session's secret, as 64 hexadecimal digits.
std::string CsrfTokenOf(std::string_view secret);
// Takes as long for every wrong token.
bool IsCsrfToken(std::string_view secret, std::string_view token);

// Any thread.
class Sessions {
 public:
  explicit Sessions(Ground ground) : ground_(ground) {}

  // Nothing if it is none, over, or its person is disabled. Asks the store each time: what ended
  // has ended everywhere.
  Result<std::optional<SessionCaller>> Find(std::string_view secret);
  Result<std::vector<SessionRecord>> List(const std::string& person_id);  // not those that are over
  // kNotFound: not this person's.
  Status End(const std::string& person_id, const std::string& session_id, const Actor& actor);

  // Parts of a transaction of others.
  static Result<MadeSession> Make(Transaction& transaction, const Ground& ground,
                                  const std::string& person_id, const Actor& actor,
                                  std::string_view user_agent);
  // All of a person; how many.
  static Result<int64_t> EndAll(Transaction& transaction, const std::string& person_id);

 private:
  Ground ground_;
};

}  // namespace aozora
