// SPDX-License-Identifier: Apache-2.0
// Jobs, what happened to them, and what they used. Times are milliseconds since 1970, UTC.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "store/record.h"

namespace aozora {

enum class JobKind { kCreate, kRemix, kEdit, kExtension };
template <>
struct EnumNames<JobKind> {
  static constexpr std::array<std::string_view, 4> kNames{"create", "remix", "edit", "extension"};
};

enum class JobState { kQueued, kInProgress, kCompleted, kFailed, kCancelled };
template <>
struct EnumNames<JobState> {
  static constexpr std::array<std::string_view, 5> kNames{"queued", "in_progress", "completed",
                                                          "failed", "cancelled"};
};
constexpr bool IsTerminal(JobState state) { return state >= JobState::kCompleted; }

// The row says first that files go, then the sweeper removes them: no row promises a file that is
// not there.
enum class FilesState { kKept, kDoomed, kGone };
template <>
struct EnumNames<FilesState> {
  static constexpr std::array<std::string_view, 3> kNames{"kept", "doomed", "gone"};
};

struct JobRecord {
  std::string id;  // "video_..."
  std::string person_id;
  std::string key_id;       // of the key that asked; may be empty
  int64_t created_seq = 0;  // of its "job.queued" event: their order, whatever clocks do
  JobKind kind = JobKind::kCreate;
  JobState state = JobState::kQueued;
  int64_t created_ms = 0;
  std::optional<int64_t> started_ms;    // of the first attempt
  std::optional<int64_t> completed_ms;  // of the terminal state, whichever
  std::optional<int64_t> expires_ms;    // when the files go
  std::string model_asked;              // as the client said it
  std::string model;                    // that renders it
  std::string prompt;
  int64_t width = 0;
  int64_t height = 0;
  int64_t seconds = 0;               // the whole video, all parts of an extension
  std::string settings_json = "{}";  // opaque here: seed, steps, guidance, image path ...
  std::string source_job_id;
  std::string batch_id;
  std::string request_id;
  int64_t mark_id = 0;      // of the invisible mark, 32 bits; no other job has it
  std::string prompt_salt;  // of the prompt's hash in the audit log, which says nothing without it
  int64_t priority = 0;     // more goes first
  int64_t attempt = 0;      // counts leases; the fence
  int64_t crash_count = 0;  // workers that died of it
  int64_t retry_count = 0;  // failures that were tried again
  std::string lease_owner;  // the worker, while in_progress
  int64_t lease_until_ms = 0;  // for people; expiry is judged by lease_serial standing still
  int64_t lease_serial = 0;    // grows with each sign of life
  int64_t not_before_ms = 0;   // not leased earlier
  int64_t progress_percent = 0;
  std::string stage;
  int64_t step = 0;  // done in this stage, of step_count; 0 of 0 where a stage has none
  int64_t step_count = 0;
  int64_t estimated_work_ms = 0;  // as planned, on this machine
  int64_t render_ms = 0;          // spent by the attempt that ended it
  bool cancel_requested = false;
  std::string error_code;
  std::string error_message;
  std::string output_json;  // opaque here: file names, bytes, sha256
  FilesState files = FilesState::kKept;
  int64_t held_day = 0;               // the day whose allowance holds its seconds
  std::optional<int64_t> deleted_ms;  // hidden from its person since

  static constexpr TableShape kTable{.name = "jobs",
                                     .key = "id",
                                     .indexes = {{{"person_id, created_seq"},
                                                  {"state, person_id"},
                                                  {"created_seq"},
                                                  {"files"},
                                                  {"model, completed_ms"},
                                                  {"batch_id"},
                                                  {"expires_ms"},
                                                  {"person_id, created_ms"}}},
                                     .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &JobRecord::id), Field("person_id", &JobRecord::person_id),
        Field("key_id", &JobRecord::key_id), Field("created_seq", &JobRecord::created_seq),
        Field("kind", &JobRecord::kind), Field("state", &JobRecord::state),
        Field("created_ms", &JobRecord::created_ms), Field("started_ms", &JobRecord::started_ms),
        Field("completed_ms", &JobRecord::completed_ms),
        Field("expires_ms", &JobRecord::expires_ms), Field("model_asked", &JobRecord::model_asked),
        Field("model", &JobRecord::model), Field("prompt", &JobRecord::prompt),
        Field("width", &JobRecord::width), Field("height", &JobRecord::height),
        Field("seconds", &JobRecord::seconds), Field("settings_json", &JobRecord::settings_json),
        Field("source_job_id", &JobRecord::source_job_id), Field("batch_id", &JobRecord::batch_id),
        Field("request_id", &JobRecord::request_id),
        Field("prompt_salt", &JobRecord::prompt_salt, 2), Field("mark_id", &JobRecord::mark_id, 2),
        Field("priority", &JobRecord::priority), Field("attempt", &JobRecord::attempt),
        Field("crash_count", &JobRecord::crash_count),
        Field("retry_count", &JobRecord::retry_count),
        Field("lease_owner", &JobRecord::lease_owner),
        Field("lease_until_ms", &JobRecord::lease_until_ms),
        Field("lease_serial", &JobRecord::lease_serial),
        Field("not_before_ms", &JobRecord::not_before_ms),
        Field("progress_percent", &JobRecord::progress_percent), Field("stage", &JobRecord::stage),
        Field("step", &JobRecord::step, 3), Field("step_count", &JobRecord::step_count, 3),
        Field("estimated_work_ms", &JobRecord::estimated_work_ms),
        Field("render_ms", &JobRecord::render_ms),
        Field("cancel_requested", &JobRecord::cancel_requested),
        Field("error_code", &JobRecord::error_code),
        Field("error_message", &JobRecord::error_message),
        Field("output_json", &JobRecord::output_json), Field("files", &JobRecord::files),
        Field("held_day", &JobRecord::held_day), Field("deleted_ms", &JobRecord::deleted_ms));
  }
};

// What choosing the next job looks at; a prompt can be long.
struct QueuedJob {
  using ViewOf = JobRecord;
  std::string id;
  std::string person_id;
  std::string key_id;
  std::string model;
  JobState state = JobState::kQueued;
  int64_t created_seq = 0;
  int64_t priority = 0;
  int64_t seconds = 0;
  int64_t not_before_ms = 0;
  int64_t estimated_work_ms = 0;
  int64_t progress_percent = 0;
  std::string lease_owner;

  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &QueuedJob::id), Field("person_id", &QueuedJob::person_id),
        Field("key_id", &QueuedJob::key_id), Field("model", &QueuedJob::model),
        Field("state", &QueuedJob::state), Field("created_seq", &QueuedJob::created_seq),
        Field("priority", &QueuedJob::priority), Field("seconds", &QueuedJob::seconds),
        Field("not_before_ms", &QueuedJob::not_before_ms),
        Field("estimated_work_ms", &QueuedJob::estimated_work_ms),
        Field("progress_percent", &QueuedJob::progress_percent),
        Field("lease_owner", &QueuedJob::lease_owner));
  }
};

// What measuring the speed of renders looks at.
struct RenderedJob {
  using ViewOf = JobRecord;
  std::string model;
  JobState state = JobState::kQueued;
  std::optional<int64_t> completed_ms;
  int64_t estimated_work_ms = 0;
  int64_t render_ms = 0;

  static constexpr auto Fields() {
    return std::tuple(Field("model", &RenderedJob::model), Field("state", &RenderedJob::state),
                      Field("completed_ms", &RenderedJob::completed_ms),
                      Field("estimated_work_ms", &RenderedJob::estimated_work_ms),
                      Field("render_ms", &RenderedJob::render_ms));
  }
};

// What an operator is shown of running jobs.
struct RunningJob {
  using ViewOf = JobRecord;
  std::string id;
  JobState state = JobState::kQueued;
  std::optional<int64_t> started_ms;
  std::string model;
  std::string lease_owner;
  int64_t lease_until_ms = 0;
  int64_t progress_percent = 0;

  static constexpr auto Fields() {
    return std::tuple(Field("id", &RunningJob::id), Field("state", &RunningJob::state),
                      Field("started_ms", &RunningJob::started_ms),
                      Field("model", &RunningJob::model),
                      Field("lease_owner", &RunningJob::lease_owner),
                      Field("lease_until_ms", &RunningJob::lease_until_ms),
                      Field("progress_percent", &RunningJob::progress_percent));
  }
};

// What judging leases looks at.
struct LeasedJob {
  using ViewOf = JobRecord;
  std::string id;
  JobState state = JobState::kQueued;
  int64_t attempt = 0;
  int64_t lease_serial = 0;

  static constexpr auto Fields() {
    return std::tuple(Field("id", &LeasedJob::id), Field("state", &LeasedJob::state),
                      Field("attempt", &LeasedJob::attempt),
                      Field("lease_serial", &LeasedJob::lease_serial));
  }
};

// What happened, in order: append only, and gone after its retention.
struct EventRecord {
  int64_t seq = 0;
  int64_t at_ms = 0;
  std::string type;  // "job.queued", "job.progress", "job.completed" ...
  std::string job_id;
  std::string person_id;
  std::string data_json = "{}";

  static constexpr TableShape kTable{.name = "events",
                                     .key = "seq",
                                     .key_is_sequence = true,
                                     .indexes = {{{"job_id, seq"}, {"person_id, seq"}, {"at_ms"}}}};
  static constexpr auto Fields() {
    return std::tuple(Field("seq", &EventRecord::seq), Field("at_ms", &EventRecord::at_ms),
                      Field("type", &EventRecord::type), Field("job_id", &EventRecord::job_id),
                      Field("person_id", &EventRecord::person_id),
                      Field("data_json", &EventRecord::data_json));
  }
};

// The first answer to an Idempotency-Key.
struct IdempotencyRecord {
  std::string person_id;
  std::string key;
  std::string body_sha256;
  std::string job_ids;  // separated by spaces
  int64_t expires_ms = 0;

  static constexpr TableShape kTable{
      .name = "idempotency", .key = "person_id, key", .indexes = {{{"expires_ms"}}}};
  static constexpr auto Fields() {
    return std::tuple(Field("person_id", &IdempotencyRecord::person_id),
                      Field("key", &IdempotencyRecord::key),
                      Field("body_sha256", &IdempotencyRecord::body_sha256),
                      Field("job_ids", &IdempotencyRecord::job_ids),
                      Field("expires_ms", &IdempotencyRecord::expires_ms));
  }
};

// What a person had of a day.
struct UsageRecord {
  std::string person_id;
  int64_t day = 0;                // since 1970-01-01 UTC
  int64_t video_seconds = 0;      // held by jobs that wait or run, and used by those completed
  int64_t completed_seconds = 0;  // of video
  int64_t render_ms = 0;

  static constexpr TableShape kTable{.name = "usage", .key = "person_id, day"};
  static constexpr auto Fields() {
    return std::tuple(Field("person_id", &UsageRecord::person_id), Field("day", &UsageRecord::day),
                      Field("video_seconds", &UsageRecord::video_seconds),
                      Field("completed_seconds", &UsageRecord::completed_seconds),
                      Field("render_ms", &UsageRecord::render_ms));
  }
};

}  // namespace aozora
