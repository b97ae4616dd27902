// SPDX-License-Identifier: Apache-2.0
// What clients ask for; queue_lease.cc has what workers do, queue_stops.cc what operators do.
#include "jobs/queue.h"

#include <algorithm>
#include <limits>

#include "base/encoding.h"
#include "base/hash.h"
#include "jobs/admission.h"
#include "jobs/changes.h"
#include "jobs/flags.h"
#include "store/folder_records.h"
#include "store/ids.h"
#include "store/mark_records.h"

namespace aozora {
namespace {

Error NoJob(std::string_view job_id) { return Error::NotFound("there is no video {}", job_id); }

Status CheckNewJob(const NewJob& job, const QueueLimits& limits) {
  const auto count = static_cast<int64_t>(job.settings_json.size());
  if (count < 1 || count > limits.variations_max) {
    return Error::Invalid("n is {}, it must be from 1 to {}", count, limits.variations_max);
  }
  if (static_cast<int64_t>(job.prompt.size()) > limits.prompt_bytes_max) {
    return Error::Invalid("prompt has {} bytes, at most {} are taken", job.prompt.size(),
                          limits.prompt_bytes_max);
  }
  if (job.seconds < 1) return Error::Invalid("seconds is {}, it must be at least 1", job.seconds);
  return Ok();
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The answer that an earlier request with the same key got, or nothing.
Result<std::optional<CreateOutcome>> FindReplay(ChangeContext& context, const NewJob& job) {
  if (job.idempotency_key.empty()) return std::optional<CreateOutcome>();
  const std::optional<IdempotencyRecord> first =
      TRY(context.transaction.Find<IdempotencyRecord>(job.person_id, job.idempotency_key));
  if (!first || first->expires_ms <= context.now_ms) return std::optional<CreateOutcome>();
  if (first->body_sha256 != job.body_sha256) {
    return std::optional<CreateOutcome>(Refusal{
        .kind = RefusalKind::kIdempotencyMismatch,
        .message = fmt::format("Idempotency-Key {} was used with another request; use a new "
                               "key for a new request",
                               job.idempotency_key)});
  }
  Created created{.jobs = {}, .replayed = true};
  for (const std::string& id : Words(first->job_ids)) {
    std::optional<JobRecord> found = TRY(context.transaction.Find<JobRecord>(id));
    if (found) created.jobs.push_back(std::move(*found));
  }
  return std::optional<CreateOutcome>(std::move(created));
}

JobRecord NewRecord(const NewJob& job, const ChangeContext& context) {
  JobRecord record;
  record.id = NewId("video_", context.random);
  record.person_id = job.person_id;
  record.key_id = job.key_id;
  record.kind = job.kind;
  record.created_ms = context.now_ms;
  record.model_asked = job.model_asked;
  record.model = job.model;
  record.prompt = job.prompt;
  record.width = job.width;
  record.height = job.height;
  record.seconds = job.seconds;
  record.source_job_id = job.source_job_id;
  record.batch_id = job.batch_id;
  record.request_id = job.request_id;
  record.prompt_salt = NewId("", context.random);
  record.estimated_work_ms = job.estimated_work_ms;
  return record;
}

// A number that no other job has.
Result<int64_t> NewMark(ChangeContext& context, const std::string& job_id) {
  while (true) {
    const auto mark_id =
        static_cast<int64_t>(1 + context.random.Below(std::numeric_limits<uint32_t>::max()));
    const Status status = context.transaction.Insert(
        MarkRecord{.mark_id = mark_id, .job_id = job_id, .made_ms = context.now_ms});
    if (status.ok()) return mark_id;
    if (status.error().code() != ErrorCode::kInvalid) return status.error();
  }
}

// The text of a prompt can be deleted, the audit log cannot.
std::string AuditDetail(const NewJob& job, const Created& created) {
  std::string detail = fmt::format("request {}, from {}, policy {}", job.request_id, job.address,
                                   job.policy_version);
  for (const JobRecord& record : created.jobs) {
    detail += fmt::format(", prompt {}", HexEncode(HmacSha256(record.prompt_salt, job.prompt)));
  }
  return detail;
}

Result<Created> Insert(ChangeContext& context, const NewJob& job, const Admission& admission) {
  Created created;
  std::string ids;
  for (const std::string& settings_json : job.settings_json) {
    JobRecord record = NewRecord(job, context);
    record.settings_json = settings_json;
    record.priority = job.priority + admission.person.priority;
    record.held_day = admission.usage.day;
    record.created_seq = TRY(AppendEvent(context, record, "job.queued"));
    record.mark_id = TRY(NewMark(context, record.id));
    TRY(context.transaction.Insert(record));
    for (const FlagReasonRecord& reason : job.flags) {
      TRY(AddFlag(context.transaction, record.id, context.now_ms, reason));
    }
    ids += (ids.empty() ? "" : " ") + record.id;
    created.jobs.push_back(std::move(record));
  }
  UsageRecord usage = admission.usage;
  usage.video_seconds += job.seconds * static_cast<int64_t>(created.jobs.size());
  TRY(admission.usage_is_new ? context.transaction.Insert(usage)
                             : context.transaction.Change(admission.usage, usage));
  if (!job.idempotency_key.empty()) {
    TRY(context.transaction.Put(
        IdempotencyRecord{.person_id = job.person_id,
                          .key = job.idempotency_key,
                          .body_sha256 = job.body_sha256,
                          .job_ids = ids,
                          .expires_ms = context.now_ms + context.limits.idempotency_kept_ms}));
  }
  TRY(Audit(context, job.person_id, "video.create", ids, AuditDetail(job, created)));
  return created;
}

}  // namespace

JobQueue::JobQueue(Store& store, const Clock& clock, RandomSource& random, QueueLimits limits,
                   QueueHooks hooks)
    : store_(store), clock_(clock), random_(random), limits_(limits), hooks_(std::move(hooks)) {}

void JobQueue::Announce(const JobRecord& job) const {
  if (hooks_.changed) hooks_.changed(job);
  if (job.state == JobState::kQueued && hooks_.work_added) hooks_.work_added();
  if (IsTerminal(job.state) && hooks_.webhook_added) hooks_.webhook_added();
}

Result<CreateOutcome> JobQueue::Create(const NewJob& job) {
  TRY(CheckNewJob(job, limits_));
  std::optional<DiskSpace> disk;
  if (hooks_.disk_space) disk = TRY(hooks_.disk_space());
  const int64_t now_ms = NowMs(clock_);
  CreateOutcome outcome = TRY(store_.Write([&](Transaction& transaction) -> Result<CreateOutcome> {
    ChangeContext context{transaction, random_, limits_, now_ms};
    std::optional<CreateOutcome> replay = TRY(FindReplay(context, job));
    if (replay) return std::move(*replay);
    Admission admission = TRY(Admit(transaction, job, limits_, ceiling_, disk, now_ms));
    if (admission.refusal) return CreateOutcome(std::move(*admission.refusal));
    return CreateOutcome(TRY(Insert(context, job, admission)));
  }));
  if (const auto* created = std::get_if<Created>(&outcome); created && !created->replayed) {
    for (const JobRecord& record : created->jobs) Announce(record);
  }
  return outcome;
}

Result<JobRecord> JobQueue::Get(std::string_view job_id) {
  std::optional<JobRecord> job =
      TRY(store_.Read([&](Transaction& t) { return t.Find<JobRecord>(job_id); }));
  if (!job || job->deleted_ms) return NoJob(job_id);
  return std::move(*job);
}

Result<JobRecord> JobQueue::GetOf(std::string_view person_id, std::string_view job_id) {
  JobRecord job = TRY(Get(job_id));
  if (job.person_id != person_id) return NoJob(job_id);
  return job;
}

Result<JobList> JobQueue::List(const ListQuery& list) {
  const int64_t limit = std::clamp<int64_t>(list.limit, 0, limits_.list_limit_max);
  Query<JobRecord> query;
  query.Equal(&JobRecord::deleted_ms, std::nullopt).Limit(limit + 1);
  if (!list.person_id.empty()) query.Equal(&JobRecord::person_id, list.person_id);
  if (!list.batch_id.empty()) query.Equal(&JobRecord::batch_id, list.batch_id);
  if (list.ascending) {
    query.Ascending(&JobRecord::created_seq);
  } else {
    query.Descending(&JobRecord::created_seq);
  }
  return store_.Read([&](Transaction& t) -> Result<JobList> {
    if (!list.after_id.empty()) {
      const std::optional<JobRecord> after = TRY(t.Find<JobRecord>(list.after_id));
      // A deleted one still says where to go on, so that a list can be deleted page by page.
      const bool theirs = after && (list.person_id.empty() || after->person_id == list.person_id);
      if (!theirs) return NoJob(list.after_id);
      query.Where(&JobRecord::created_seq, list.ascending ? Compare::kGreater : Compare::kLess,
                  after->created_seq);
    }
    JobList page{TRY(t.Select(query)), false};
    page.has_more = static_cast<int64_t>(page.jobs.size()) > limit;
    if (page.has_more) page.jobs.pop_back();
    return page;
  });
}

// Reads the job, lets `change` write, and tells who listens if it did.
template <class Fn>
Result<JobRecord> JobQueue::ChangeAny(std::string_view job_id, Fn&& change) {
  const int64_t now_ms = NowMs(clock_);
  bool changed = false;
  JobRecord job = TRY(store_.Write([&](Transaction& transaction) -> Result<JobRecord> {
    const std::optional<JobRecord> before = TRY(transaction.Find<JobRecord>(job_id));
    if (!before || before->deleted_ms) return NoJob(job_id);
    ChangeContext context{transaction, random_, limits_, now_ms};
    JobRecord after = *before;
    changed = TRY(change(context, *before, &after));
    return after;
  }));
  if (changed) Announce(job);
  return job;
}

namespace {

// What both Cancel and Delete do to a job that is not over.
void AskToStop(const JobRecord& before, JobRecord* after, std::string_view actor) {
  if (before.state == JobState::kQueued) {
    after->state = JobState::kCancelled;
    after->error_code = "cancelled";
    after->error_message = fmt::format("cancelled by {}", actor);
  } else if (before.state == JobState::kInProgress) {
    after->cancel_requested = true;
  }
}

}  // namespace

Result<JobRecord> JobQueue::Cancel(std::string_view job_id, std::string_view actor) {
  return ChangeAny(
      job_id,
      [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Result<bool> {
        if (IsTerminal(before.state) || before.cancel_requested) return false;
        AskToStop(before, after, actor);
        TRY(Audit(context, actor, "video.cancel", before.id, {}));
        if (IsTerminal(after->state)) {
          TRY(EndJob(context, before, after));
        } else {
          TRY(ChangeJob(context, before, *after, "job.cancel_requested"));
        }
        return true;
      });
}

Result<JobRecord> JobQueue::Delete(std::string_view job_id, std::string_view actor) {
  return ChangeAny(
      job_id,
      [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Result<bool> {
        AskToStop(before, after, actor);
        after->deleted_ms = context.now_ms;
        TRY(context.transaction.Erase<FolderVideoRecord>(before.id));
        if (after->files == FilesState::kKept) after->files = FilesState::kDoomed;
        TRY(Audit(context, actor, "video.delete", before.id, {}));
        if (!IsTerminal(before.state) && IsTerminal(after->state)) {
          TRY(EndJob(context, before, after));
          TRY(AppendEvent(context, *after, "job.deleted"));
        } else {
          TRY(ChangeJob(context, before, *after, "job.deleted"));
        }
        return true;
      });
}

Result<int64_t> JobQueue::VideoSecondsLeft(std::string_view person_id) {
  const int64_t now_ms = NowMs(clock_);
  const int64_t day = DayOf(now_ms);
  return store_.Read([&](Transaction& t) -> Result<int64_t> {
    const std::optional<PersonRecord> person = TRY(t.Find<PersonRecord>(person_id));
    if (!person) return Error::NotFound("there is no person {}", person_id);
    const std::optional<UsageRecord> usage = TRY(t.Find<UsageRecord>(person_id, day));
    const int64_t limit = TRY(VideoSecondsMax(t, *person, limits_, now_ms));
    return std::max<int64_t>(0, limit - (usage ? usage->video_seconds : 0));
  });
}

Result<std::vector<EventRecord>> JobQueue::Events(std::string_view job_id,
                                                  std::string_view person_id, int64_t after_seq,
                                                  int64_t limit) {
  Query<EventRecord> query;
  query.Greater(&EventRecord::seq, after_seq).Ascending(&EventRecord::seq).Limit(limit);
  if (!job_id.empty()) query.Equal(&EventRecord::job_id, std::string(job_id));
  if (!person_id.empty()) query.Equal(&EventRecord::person_id, std::string(person_id));
  return store_.Read([&](Transaction& t) { return t.Select(query); });
}

Result<int64_t> JobQueue::ExpireOutputs(int64_t count_max) {
  const int64_t now_ms = NowMs(clock_);
  std::vector<JobRecord> expired;
  TRY(store_.Write([&](Transaction& transaction) -> Status {
    ChangeContext context{transaction, random_, limits_, now_ms};
    const std::vector<JobRecord> due =
        TRY(transaction.Select(Query<JobRecord>()
                                   .AtMost(&JobRecord::expires_ms, now_ms)
                                   .Equal(&JobRecord::files, FilesState::kKept)
                                   .Equal(&JobRecord::state, JobState::kCompleted)
                                   .Limit(count_max)));
    for (const JobRecord& before : due) {
      JobRecord after = before;
      after.files = FilesState::kDoomed;
      TRY(ChangeJob(context, before, after, "job.expired"));
      expired.push_back(std::move(after));
    }
    return Ok();
  }));
  if (hooks_.changed) {
    for (const JobRecord& job : expired) hooks_.changed(job);
  }
  return static_cast<int64_t>(expired.size());
}

}  // namespace aozora
