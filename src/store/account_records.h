// SPDX-License-Identifier: Apache-2.0
// What makes a person somebody who may come in: sessions, links that set a password, invitations,
// and the terms. Secrets are kept as their SHA-256. Times are milliseconds since 1970, UTC.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "store/record.h"

namespace aozora {

// The schema version that has the tables of the programme.
inline constexpr int kProgrammeSince = 2;

// A browser that somebody logged in with.
struct SessionRecord {
  std::string id;  // "session_...": what is listed
  std::string person_id;
  std::string secret_sha256;  // of what the cookie holds
  int64_t created_ms = 0;     // also where its absolute end is counted from
  int64_t last_used_ms = 0;   // to the minute
  std::string address;        // where it was made
  std::string user_agent;

  static constexpr TableShape kTable{.name = "sessions",
                                     .key = "id",
                                     .indexes = {{{"person_id"}, {"last_used_ms"}}},
                                     .uniques = {{{"secret_sha256"}}},
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &SessionRecord::id), Field("person_id", &SessionRecord::person_id),
        Field("secret_sha256", &SessionRecord::secret_sha256),
        Field("created_ms", &SessionRecord::created_ms),
        Field("last_used_ms", &SessionRecord::last_used_ms),
        Field("address", &SessionRecord::address), Field("user_agent", &SessionRecord::user_agent));
  }
};

// A way to set a new password, once: given out by an admin.
struct PasswordLinkRecord {
  std::string id;  // "pwlink_..."
  std::string person_id;
  std::string code_sha256;
  std::string made_by;
  int64_t created_ms = 0;
  int64_t expires_ms = 0;
  std::optional<int64_t> used_ms;

  static constexpr TableShape kTable{.name = "password_links",
                                     .key = "id",
                                     .indexes = {{{"person_id"}}},
                                     .uniques = {{{"code_sha256"}}},
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &PasswordLinkRecord::id),
                      Field("person_id", &PasswordLinkRecord::person_id),
                      Field("code_sha256", &PasswordLinkRecord::code_sha256),
                      Field("made_by", &PasswordLinkRecord::made_by),
                      Field("created_ms", &PasswordLinkRecord::created_ms),
                      Field("expires_ms", &PasswordLinkRecord::expires_ms),
                      Field("used_ms", &PasswordLinkRecord::used_ms));
  }
};

// A way in, once. Its code is shown to whoever made it and kept as its hash.
struct InvitationRecord {
  std::string id;  // "invite_..."
  std::string code_sha256;
  std::string role = "artist";
  std::string note;  // for whom, in the words of the admin
  std::string made_by;
  int64_t created_ms = 0;
  int64_t expires_ms = 0;
  std::optional<int64_t> accepted_ms;
  std::string accepted_by;  // a person; empty once they were deleted
  std::optional<int64_t> revoked_ms;

  static constexpr TableShape kTable{.name = "invitations",
                                     .key = "id",
                                     .indexes = {{{"created_ms"}, {"accepted_by"}}},
                                     .uniques = {{{"code_sha256"}}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &InvitationRecord::id), Field("code_sha256", &InvitationRecord::code_sha256),
        Field("role", &InvitationRecord::role), Field("note", &InvitationRecord::note),
        Field("made_by", &InvitationRecord::made_by),
        Field("created_ms", &InvitationRecord::created_ms),
        Field("expires_ms", &InvitationRecord::expires_ms),
        Field("accepted_ms", &InvitationRecord::accepted_ms),
        Field("accepted_by", &InvitationRecord::accepted_by),
        Field("revoked_ms", &InvitationRecord::revoked_ms));
  }
};

// What people agree to. A version is never changed; the newest one counts.
struct TermsRecord {
  int64_t version = 0;
  int64_t created_ms = 0;
  std::string made_by;
  std::string text;

  static constexpr TableShape kTable{
      .name = "terms", .key = "version", .key_is_sequence = true, .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("version", &TermsRecord::version),
                      Field("created_ms", &TermsRecord::created_ms),
                      Field("made_by", &TermsRecord::made_by), Field("text", &TermsRecord::text));
  }
};

// Who agreed to which version, and when.
struct TermsAcceptanceRecord {
  std::string person_id;
  int64_t version = 0;
  int64_t at_ms = 0;

  static constexpr TableShape kTable{.name = "terms_acceptances",
                                     .key = "person_id, version",
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("person_id", &TermsAcceptanceRecord::person_id),
                      Field("version", &TermsAcceptanceRecord::version),
                      Field("at_ms", &TermsAcceptanceRecord::at_ms));
  }
};

}  // namespace aozora
