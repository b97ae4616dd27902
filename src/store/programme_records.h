// SPDX-License-Identifier: Apache-2.0
// What people of the programme do with finished videos: have them reviewed, share them, say what
// they think and find, and are credited for it. Times are milliseconds since 1970, UTC.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "store/account_records.h"
#include "store/record.h"

namespace aozora {

enum class ClipState { kDraft, kSubmitted, kApproved, kReturned, kShared };
template <>
struct EnumNames<ClipState> {
  static constexpr std::array<std::string_view, 5> kNames{"draft", "submitted", "approved",
                                                          "returned", "shared"};
};

inline constexpr int kAllClipsSince = 4;  // the schema version in which everybody's are listed

// A finished job on its way to others.
struct ClipRecord {
  std::string id;      // "clip_..."
  std::string job_id;  // one clip for each; its row may be gone earlier
  std::string person_id;
  std::string title;
  ClipState state = ClipState::kDraft;
  int64_t created_ms = 0;
  int64_t round = 0;  // counts submissions and appeals
  bool appealed = false;
  std::string note;  // the author's words to the reviewers of this round
  std::optional<int64_t> submitted_ms;
  std::optional<int64_t> due_ms;
  std::optional<int64_t> decided_ms;
  std::string reason;                     // of the newest return
  std::optional<int64_t> job_expires_ms;  // of the job, before the clip kept its files

  static constexpr TableShape kTable{.name = "clips",
                                     .key = "id",
                                     .indexes = {{{"person_id, created_ms"},
                                                  {"state"},
                                                  {"created_ms", kAllClipsSince},
                                                  {"state, created_ms", kAllClipsSince}}},
                                     .uniques = {{{"job_id"}}},
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &ClipRecord::id), Field("job_id", &ClipRecord::job_id),
        Field("person_id", &ClipRecord::person_id), Field("title", &ClipRecord::title),
        Field("state", &ClipRecord::state), Field("created_ms", &ClipRecord::created_ms),
        Field("round", &ClipRecord::round), Field("appealed", &ClipRecord::appealed),
        Field("note", &ClipRecord::note), Field("submitted_ms", &ClipRecord::submitted_ms),
        Field("due_ms", &ClipRecord::due_ms), Field("decided_ms", &ClipRecord::decided_ms),
        Field("reason", &ClipRecord::reason), Field("job_expires_ms", &ClipRecord::job_expires_ms));
  }
};

// What made a video one that two people look at: the policy, or an admin.
// It may stand before there is a clip.
struct FlagRecord {
  std::string job_id;
  std::string reason;
  std::string set_by;
  int64_t at_ms = 0;

  static constexpr TableShape kTable{.name = "flags", .key = "job_id", .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("job_id", &FlagRecord::job_id), Field("reason", &FlagRecord::reason),
                      Field("set_by", &FlagRecord::set_by), Field("at_ms", &FlagRecord::at_ms));
  }
};

// Why it is flagged: one for each thing that the policy or a person found.
enum class FlagSource { kPrompt, kPictures, kPerson };
template <>
struct EnumNames<FlagSource> {
  static constexpr std::array<std::string_view, 3> kNames{"prompt", "pictures", "person"};
};
inline constexpr int kFlagReasonsSince = 4;
inline constexpr std::string_view kPolicyFlags = "policy";  // who set what no person did

struct FlagReasonRecord {
  int64_t seq = 0;
  std::string job_id;
  FlagSource source = FlagSource::kPerson;
  std::string category;  // of the policy, or of what was found in the pictures; empty of a person
  std::string severity;  // or empty
  std::string text;      // what stands in the prompt; or empty
  std::string reason;    // in a person's words, by which rule, or what was measured
  std::string set_by;
  int64_t at_ms = 0;

  static constexpr TableShape kTable{.name = "flag_reasons",
                                     .key = "seq",
                                     .key_is_sequence = true,
                                     .indexes = {{{"job_id, seq"}, {"set_by"}}},
                                     .since = kFlagReasonsSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("seq", &FlagReasonRecord::seq), Field("job_id", &FlagReasonRecord::job_id),
        Field("source", &FlagReasonRecord::source), Field("category", &FlagReasonRecord::category),
        Field("severity", &FlagReasonRecord::severity), Field("text", &FlagReasonRecord::text),
        Field("reason", &FlagReasonRecord::reason), Field("set_by", &FlagReasonRecord::set_by),
        Field("at_ms", &FlagReasonRecord::at_ms));
  }
};

enum class ReviewDecision { kPending, kApproved, kReturned, kMoot };
template <>
struct EnumNames<ReviewDecision> {
  static constexpr std::array<std::string_view, 4> kNames{"pending", "approved", "returned",
                                                          "moot"};
};

// One reviewer's part in one round. Without a reviewer it is open to everybody who may. Moot: the
// round ended without it.
struct ReviewRecord {
  std::string id;  // "review_..."
  std::string clip_id;
  int64_t round = 0;
  std::string reviewer_id;
  ReviewDecision decision = ReviewDecision::kPending;
  std::string reason;
  int64_t assigned_ms = 0;
  int64_t due_ms = 0;
  std::optional<int64_t> escalated_ms;
  std::optional<int64_t> decided_ms;

  static constexpr TableShape kTable{
      .name = "reviews",
      .key = "id",
      .indexes = {{{"clip_id, round"}, {"reviewer_id, decision"}, {"decision, due_ms"}}},
      .references = {{"clip_id clips"}},
      .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &ReviewRecord::id), Field("clip_id", &ReviewRecord::clip_id),
        Field("round", &ReviewRecord::round), Field("reviewer_id", &ReviewRecord::reviewer_id),
        Field("decision", &ReviewRecord::decision), Field("reason", &ReviewRecord::reason),
        Field("assigned_ms", &ReviewRecord::assigned_ms), Field("due_ms", &ReviewRecord::due_ms),
        Field("escalated_ms", &ReviewRecord::escalated_ms),
        Field("decided_ms", &ReviewRecord::decided_ms));
  }
};

// A public page. Its id is the link.
struct ShareRecord {
  std::string id;  // "share_..."
  std::string clip_id;
  std::string person_id;
  int64_t created_ms = 0;
  int64_t embargo_until_ms = 0;  // not seen earlier; 0: none
  bool shows_prompt = false;
  bool shows_author = false;
  std::optional<int64_t> revoked_ms;

  static constexpr TableShape kTable{.name = "shares",
                                     .key = "id",
                                     .indexes = {{{"clip_id"}, {"person_id"}}},
                                     .references = {{"clip_id clips", "person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &ShareRecord::id), Field("clip_id", &ShareRecord::clip_id),
                      Field("person_id", &ShareRecord::person_id),
                      Field("created_ms", &ShareRecord::created_ms),
                      Field("embargo_until_ms", &ShareRecord::embargo_until_ms),
                      Field("shows_prompt", &ShareRecord::shows_prompt),
                      Field("shows_author", &ShareRecord::shows_author),
                      Field("revoked_ms", &ShareRecord::revoked_ms));
  }
};

// What somebody thinks of a clip.
struct FeedbackRecord {
  std::string id;  // "feedback_..."
  std::string clip_id;
  std::string person_id;
  std::string text;
  int64_t rating = 0;  // 1 to 5; 0: none was given
  int64_t created_ms = 0;

  static constexpr TableShape kTable{.name = "feedback",
                                     .key = "id",
                                     .indexes = {{{"clip_id, created_ms"}, {"person_id"}}},
                                     .references = {{"clip_id clips", "person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &FeedbackRecord::id), Field("clip_id", &FeedbackRecord::clip_id),
        Field("person_id", &FeedbackRecord::person_id), Field("text", &FeedbackRecord::text),
        Field("rating", &FeedbackRecord::rating), Field("created_ms", &FeedbackRecord::created_ms));
  }
};

enum class Severity { kLow, kMedium, kHigh, kCritical };
template <>
struct EnumNames<Severity> {
  static constexpr std::array<std::string_view, 4> kNames{"low", "medium", "high", "critical"};
};

enum class FindingState { kOpen, kConfirmed, kFixed, kRejected };
template <>
struct EnumNames<FindingState> {
  static constexpr std::array<std::string_view, 4> kNames{"open", "confirmed", "fixed", "rejected"};
};

// Something that should not be possible, found by the red team: in a clip, or by a prompt.
struct FindingRecord {
  std::string id;  // "finding_..."
  std::string person_id;
  std::string clip_id;  // or empty
  std::string prompt;   // or empty
  std::string title;
  std::string text;
  Severity severity = Severity::kLow;
  FindingState state = FindingState::kOpen;
  std::string note;  // of whoever changed the state last
  int64_t created_ms = 0;
  int64_t changed_ms = 0;

  static constexpr TableShape kTable{
      .name = "findings",
      .key = "id",
      .indexes = {{{"person_id, created_ms"}, {"state"}, {"clip_id"}}},
      .references = {{"person_id people"}},
      .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &FindingRecord::id), Field("person_id", &FindingRecord::person_id),
        Field("clip_id", &FindingRecord::clip_id), Field("prompt", &FindingRecord::prompt),
        Field("title", &FindingRecord::title), Field("text", &FindingRecord::text),
        Field("severity", &FindingRecord::severity), Field("state", &FindingRecord::state),
        Field("note", &FindingRecord::note), Field("created_ms", &FindingRecord::created_ms),
        Field("changed_ms", &FindingRecord::changed_ms));
  }
};

enum class CreditKind { kFeedback, kFinding, kReview, kExperiment };
template <>
struct EnumNames<CreditKind> {
  static constexpr std::array<std::string_view, 4> kNames{"feedback", "finding", "review",
                                                          "experiment"};
};

// The ledger: append only. What was wrong is put right by a row of the opposite amount.
struct CreditRecord {
  int64_t seq = 0;
  std::string person_id;
  CreditKind kind = CreditKind::kFeedback;
  int64_t amount = 0;
  std::string subject;  // what it is for: the id of a feedback, a finding, a review
  std::string note;
  std::string by;  // an admin, or empty: as set for its kind
  int64_t at_ms = 0;

  static constexpr TableShape kTable{.name = "credits",
                                     .key = "seq",
                                     .key_is_sequence = true,
                                     .indexes = {{{"person_id, seq"}, {"subject"}}},
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("seq", &CreditRecord::seq),
                      Field("person_id", &CreditRecord::person_id),
                      Field("kind", &CreditRecord::kind), Field("amount", &CreditRecord::amount),
                      Field("subject", &CreditRecord::subject), Field("note", &CreditRecord::note),
                      Field("by", &CreditRecord::by), Field("at_ms", &CreditRecord::at_ms));
  }
};

// More seconds of video each day, for a time.
struct GrantRecord {
  std::string id;  // "grant_..."
  std::string person_id;
  int64_t video_seconds = 0;  // a day
  int64_t starts_ms = 0;
  int64_t ends_ms = 0;
  std::string note;
  std::string made_by;
  int64_t created_ms = 0;
  std::optional<int64_t> revoked_ms;

  static constexpr TableShape kTable{.name = "grants",
                                     .key = "id",
                                     .indexes = {{{"person_id, ends_ms"}}},
                                     .references = {{"person_id people"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &GrantRecord::id), Field("person_id", &GrantRecord::person_id),
                      Field("video_seconds", &GrantRecord::video_seconds),
                      Field("starts_ms", &GrantRecord::starts_ms),
                      Field("ends_ms", &GrantRecord::ends_ms), Field("note", &GrantRecord::note),
                      Field("made_by", &GrantRecord::made_by),
                      Field("created_ms", &GrantRecord::created_ms),
                      Field("revoked_ms", &GrantRecord::revoked_ms));
  }
};

// The clips that are shown.
struct ScreeningRecord {
  std::string clip_id;
  int64_t position = 0;
  std::string added_by;
  int64_t added_ms = 0;

  static constexpr TableShape kTable{.name = "screening",
                                     .key = "clip_id",
                                     .indexes = {{{"position"}}},
                                     .references = {{"clip_id clips"}},
                                     .since = kProgrammeSince};
  static constexpr auto Fields() {
    return std::tuple(Field("clip_id", &ScreeningRecord::clip_id),
                      Field("position", &ScreeningRecord::position),
                      Field("added_by", &ScreeningRecord::added_by),
                      Field("added_ms", &ScreeningRecord::added_ms));
  }
};

}  // namespace aozora
