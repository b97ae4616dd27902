// SPDX-License-Identifier: Apache-2.0
#include "jobs/admission.h"

#include <algorithm>

#include "jobs/changes.h"
#include "jobs/order.h"
#include "store/programme_records.h"

namespace aozora {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kDayS = 24 * 3'600;
// Before anything was rendered there is nothing to measure.
constexpr int64_t kUnmeasuredRetryS = 30;

struct Question {
  Transaction& transaction;
  const NewJob& job;
  const QueueLimits& limits;
  JobCeiling& ceiling;
  JobCeiling::Moment now;
  int64_t count;  // of variations
};

using Answer = Result<std::optional<Refusal>>;

Answer Taken() { return std::optional<Refusal>(); }

int64_t SecondsUp(int64_t ms) { return std::max<int64_t>(1, (ms + 999) / 1000); }

// When one job more will have left the queue, from what renders took lately.
Result<int64_t> DrainSeconds(const Question& q) {
  const Waiting waiting = TRY(ReadWaiting(q.transaction, q.limits, q.now.at_ms));
  const RenderSpeed speed = TRY(RenderSpeed::Measure(q.transaction, waiting, q.limits));
  const std::optional<int64_t> interval_ms = speed.IntervalMs(WorkerCount(waiting));
  if (!interval_ms) return kUnmeasuredRetryS;
  return std::min(SecondsUp(*interval_ms), q.limits.retry_after_s_max);
}

Answer CheckStops(const Question& q) {
  const std::vector<Stop> stops = TRY(ReadStops(q.transaction));
  const Stop* stop = FindStop(stops, q.job.person_id, q.job.model, q.job.key_id);
  if (stop == nullptr) return Taken();
  return std::optional<Refusal>({.kind = RefusalKind::kStopped, .message = StopMessage(*stop)});
}

Answer CheckRate(const Question& q) {
  // Rows of a future are of a clock that was put back; they must not count against anybody.
  Query<JobRecord> recent;
  recent.Equal(&JobRecord::person_id, q.job.person_id)
      .Greater(&JobRecord::created_ms, q.now.at_ms - kMinuteMs)
      .AtMost(&JobRecord::created_ms, q.now.at_ms);
  const int64_t limit = q.limits.creates_per_minute_max;
  int64_t count = 0;
  if (TRY(q.ceiling.IsWithin(q.transaction, "recent " + q.job.person_id, recent, limit - q.count,
                             q.now, &count))) {
    return Taken();
  }
  const std::optional<JobRecord> oldest =
      TRY(q.transaction.SelectFirst(recent.Ascending(&JobRecord::created_ms)));
  const int64_t since_ms = oldest ? oldest->created_ms : q.now.at_ms;
  return std::optional<Refusal>(
      {.kind = RefusalKind::kRate,
       .message = fmt::format("{} videos a minute are the limit; {} were asked for in the last one",
                              limit, count),
       .retry_after_s = SecondsUp(since_ms + kMinuteMs - q.now.at_ms),
       .limit = limit,
       .remaining = std::max<int64_t>(0, limit - count)});
}

Answer CheckQueues(const Question& q, const PersonRecord& person) {
  const int64_t own_max = person.queued_max.value_or(q.limits.queued_per_person_max);
  int64_t own = 0, all = 0;
  Query<JobRecord> waiting;
  waiting.Equal(&JobRecord::state, JobState::kQueued);
  Query<JobRecord> own_waiting = waiting;
  own_waiting.Equal(&JobRecord::person_id, q.job.person_id);
  if (!TRY(q.ceiling.IsWithin(q.transaction, "waiting " + q.job.person_id, own_waiting,
                              own_max - q.count, q.now, &own))) {
    return std::optional<Refusal>(
        {.kind = RefusalKind::kPersonQueue,
         .message = fmt::format(
             "{} of your videos wait already, {} may; wait for one, or cancel one", own, own_max),
         .retry_after_s = TRY(DrainSeconds(q)),
         .limit = own_max,
         .remaining = std::max<int64_t>(0, own_max - own)});
  }
  if (TRY(q.ceiling.IsWithin(q.transaction, "waiting", waiting, q.limits.queued_max - q.count,
                             q.now, &all))) {
    return Taken();
  }
  return std::optional<Refusal>(
      {.kind = RefusalKind::kQueue,
       .message =
           fmt::format("{} videos wait already, which is as many as may; try again later", all),
       .retry_after_s = TRY(DrainSeconds(q)),
       .limit = q.limits.queued_max,
       .remaining = std::max<int64_t>(0, q.limits.queued_max - all)});
}

Answer CheckDay(const Question& q, const PersonRecord& person, const UsageRecord& usage) {
  const int64_t limit = TRY(VideoSecondsMax(q.transaction, person, q.limits, q.now.at_ms));
  const int64_t asked = q.job.seconds * q.count;
  if (usage.video_seconds + asked <= limit) return Taken();
  const int64_t left = std::max<int64_t>(0, limit - usage.video_seconds);
  const int64_t second_of_day = q.now.at_ms / 1000 - usage.day * kDayS;
  return std::optional<Refusal>(
      {.kind = RefusalKind::kDailySeconds,
       .message =
           fmt::format("{} s of video were asked for, and {} of the {} s a day are left; the "
                       "day ends at midnight UTC",
                       asked, left, limit),
       .retry_after_s = asked > limit ? 0 : kDayS - second_of_day,
       .limit = limit,
       .remaining = left});
}

Answer CheckDisk(const Question& q, const std::optional<DiskSpace>& disk) {
  if (!disk) return Taken();
  const int64_t running =
      TRY(q.transaction.Count(Query<JobRecord>().Equal(&JobRecord::state, JobState::kInProgress)));
  const uint64_t needed_bytes =
      q.limits.output_bytes_max * static_cast<uint64_t>(running + 1) +
      static_cast<uint64_t>(q.limits.disk_free_share_min * static_cast<double>(disk->total_bytes));
  if (disk->free_bytes >= needed_bytes) return Taken();
  return std::optional<Refusal>(
      {.kind = RefusalKind::kDisk,
       .message = fmt::format("the disk has {} left, and new work needs {}; the operator must free "
                              "some",
                              HumanBytes(disk->free_bytes), HumanBytes(needed_bytes)),
       .retry_after_s = q.limits.retry_after_s_max});
}

Answer FirstRefusal(const Question& q, const Admission& admission,
                    const std::optional<DiskSpace>& disk) {
  std::optional<Refusal> refusal = TRY(CheckStops(q));
  if (!refusal && admission.person.disabled_ms) {
    refusal = Refusal{.kind = RefusalKind::kPersonDisabled,
                      .message = fmt::format("{} may not make videos any more", q.job.person_id)};
  }
  if (!refusal) refusal = TRY(CheckRate(q));
  if (!refusal) refusal = TRY(CheckQueues(q, admission.person));
  if (!refusal) refusal = TRY(CheckDay(q, admission.person, admission.usage));
  if (!refusal) refusal = TRY(CheckDisk(q, disk));
  return refusal;
}

}  // namespace

Result<int64_t> GrantedSeconds(Transaction& transaction, const std::string& person_id,
                               int64_t at_ms) {
  return transaction.Sum(&GrantRecord::video_seconds,
                         Query<GrantRecord>()
                             .Equal(&GrantRecord::person_id, person_id)
                             .AtMost(&GrantRecord::starts_ms, at_ms)
                             .Greater(&GrantRecord::ends_ms, at_ms)
                             .Equal(&GrantRecord::revoked_ms, std::nullopt));
}

Result<int64_t> VideoSecondsMax(Transaction& transaction, const PersonRecord& person,
                                const QueueLimits& limits, int64_t now_ms) {
  return person.video_seconds_per_day_max.value_or(limits.video_seconds_per_day_max) +
         TRY(GrantedSeconds(transaction, person.id, now_ms));
}

Result<Admission> Admit(Transaction& transaction, const NewJob& job, const QueueLimits& limits,
                        JobCeiling& ceiling, const std::optional<DiskSpace>& disk, int64_t now_ms) {
  std::optional<PersonRecord> person = TRY(transaction.Find<PersonRecord>(job.person_id));
  if (!person) return Error::NotFound("there is no person {}", job.person_id);
  Admission admission{.person = std::move(*person), .usage = {}, .refusal = {}};
  const int64_t day = DayOf(now_ms);
  std::optional<UsageRecord> usage = TRY(transaction.Find<UsageRecord>(job.person_id, day));
  admission.usage_is_new = !usage;
  admission.usage = usage.value_or(UsageRecord{.person_id = job.person_id, .day = day});
  const Question question{.transaction = transaction,
                          .job = job,
                          .limits = limits,
                          .ceiling = ceiling,
                          .now = {TRY(NewestEvent(transaction)), now_ms},
                          .count = static_cast<int64_t>(job.settings_json.size())};
  admission.refusal = TRY(FirstRefusal(question, admission, disk));
  return admission;
}

}  // namespace aozora
