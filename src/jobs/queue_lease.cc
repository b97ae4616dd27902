// SPDX-License-Identifier: Apache-2.0
// What workers do with the queue, and what becomes of the jobs of dead ones.
#include <algorithm>

#include "jobs/changes.h"
#include "jobs/flags.h"
#include "jobs/order.h"
#include "jobs/queue.h"
#include "store/ids.h"

namespace aozora {
namespace {

// With the fence taken away, anybody may write to what runs: the simulation must find that.
bool Holds(const Holder& holder, const JobRecord& job, bool remove_fence) {
  if (job.state != JobState::kInProgress) return false;
  return remove_fence || (job.attempt == holder.attempt && job.lease_owner == holder.worker_id);
}

int64_t RetryDelayMs(const QueueLimits& limits, int64_t retry_count) {
  return limits.retry_delay_ms << std::min<int64_t>(retry_count, 16);
}

// Only what may be leased: the models of this worker, nothing stopped, nothing that is to wait. Who
// waits longer than any delay lasts is the victim of a clock that was put back.
void KeepEligible(const std::vector<Stop>& stops, std::span<const std::string> models,
                  int64_t now_ms, int64_t delay_ms_max, std::vector<QueuedJob>* jobs) {
  std::erase_if(*jobs, [&](const QueuedJob& job) {
    const bool unknown =
        !models.empty() && std::find(models.begin(), models.end(), job.model) == models.end();
    const bool waits = job.not_before_ms > now_ms && job.not_before_ms - now_ms <= delay_ms_max;
    return unknown || waits || FindStop(stops, job.person_id, job.model, job.key_id) != nullptr;
  });
}

void Clear(JobRecord* job) {
  job->error_code.clear();
  job->error_message.clear();
}

Status CancelJob(ChangeContext& context, const JobRecord& before, JobRecord* after) {
  after->state = JobState::kCancelled;
  after->error_code = "cancelled";
  after->error_message = "cancelled while it was rendered";
  return EndJob(context, before, after);
}

Status CrashJob(ChangeContext& context, const JobRecord& before, JobRecord* after) {
  ++after->crash_count;
  if (before.cancel_requested) return CancelJob(context, before, after);
  if (after->crash_count < context.limits.crashes_max) return RequeueJob(context, before, after);
  after->state = JobState::kFailed;
  after->error_code = "worker_crashed";
  after->error_message =
      fmt::format("{} workers in a row died rendering this video", after->crash_count);
  return EndJob(context, before, after);
}

}  // namespace

Result<std::optional<Leased>> JobQueue::Lease(std::string_view worker_id,
                                              std::span<const std::string> models) {
  // Most looks find nothing, and need no write.
  const int64_t queued_count = TRY(store_.Read([](Transaction& t) {
    return t.Count(Query<QueuedJob>().Equal(&QueuedJob::state, JobState::kQueued));
  }));
  if (queued_count == 0) return std::optional<Leased>();
  const int64_t now_ms = NowMs(clock_);
  std::optional<Leased> leased =
      TRY(store_.Write([&](Transaction& transaction) -> Result<std::optional<Leased>> {
        const std::vector<Stop> stops = TRY(ReadStops(transaction));
        Waiting waiting = TRY(ReadWaiting(transaction, limits_, now_ms));
        KeepEligible(stops, models, now_ms, RetryDelayMs(limits_, limits_.retries_max),
                     &waiting.queued);
        const QueuedJob* next = FairOrder(waiting).Next(false);
        if (next == nullptr) return std::optional<Leased>();
        const std::optional<JobRecord> before = TRY(transaction.Find<JobRecord>(next->id));
        CHECK(before.has_value());
        JobRecord after = *before;
        after.state = JobState::kInProgress;
        after.attempt += 1;
        after.lease_owner = worker_id;
        after.lease_until_ms = now_ms + limits_.lease_ms;
        after.lease_serial += 1;
        if (!after.started_ms) after.started_ms = now_ms;
        Clear(&after);
        ChangeContext context{transaction, random_, limits_, now_ms};
        TRY(ChangeJob(context, *before, after, "job.in_progress"));
        const int64_t attempt = after.attempt;
        return std::optional<Leased>(Leased{std::move(after), attempt});
      }));
  if (leased) Announce(leased->job);
  return leased;
}

// Changes the job if `holder` still has it; whether it did. `change` writes it.
template <class Fn>
Result<bool> JobQueue::ChangeHeld(const Holder& holder, Fn&& change) {
  const int64_t now_ms = NowMs(clock_);
  std::optional<JobRecord> changed;
  TRY(store_.Write([&](Transaction& transaction) -> Status {
    const std::optional<JobRecord> before = TRY(transaction.Find<JobRecord>(holder.job_id));
    if (!before || !Holds(holder, *before, hooks_.remove_fence_for_test)) return Ok();
    ChangeContext context{transaction, random_, limits_, now_ms};
    JobRecord after = *before;
    TRY(change(context, *before, &after));
    changed = std::move(after);
    return Ok();
  }));
  if (changed) Announce(*changed);
  return changed.has_value();
}

Result<Beat> JobQueue::Heartbeat(const Holder& holder, const RenderProgress& progress) {
  Beat beat;
  const bool held = TRY(ChangeHeld(
      holder, [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Status {
        beat.cancel_requested = before.cancel_requested;
        after->lease_serial += 1;
        after->lease_until_ms = context.now_ms + limits_.lease_ms;
        after->progress_percent =
            std::max(before.progress_percent, std::clamp<int64_t>(progress.percent, 0, 99));
        after->stage = progress.stage;
        after->step = progress.step;
        after->step_count = progress.step_count;
        const bool news = after->progress_percent != before.progress_percent ||
                          after->stage != before.stage || after->step != before.step;
        if (news) return ChangeJob(context, before, *after, "job.progress");
        return context.transaction.Change(before, *after);
      }));
  beat.lost = !held;
  return beat;
}

Result<bool> JobQueue::Complete(const Holder& holder, std::string_view output_json,
                                int64_t render_ms, std::span<const FlagReasonRecord> flags) {
  return ChangeHeld(
      holder, [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Status {
        after->state = JobState::kCompleted;
        after->output_json = output_json;
        after->render_ms = render_ms;
        ClearStage(after);
        for (const FlagReasonRecord& reason : flags) {
          TRY(AddFlag(context.transaction, before.id, context.now_ms, reason));
        }
        return EndJob(context, before, after);
      });
}

Result<bool> JobQueue::Fail(const Holder& holder, std::string_view code, std::string_view message,
                            bool retryable) {
  return ChangeHeld(
      holder, [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Status {
        if (retryable && !before.cancel_requested && before.retry_count < limits_.retries_max) {
          after->not_before_ms = context.now_ms + RetryDelayMs(limits_, before.retry_count);
          ++after->retry_count;
          return RequeueJob(context, before, after);
        }
        after->state = JobState::kFailed;
        after->error_code = code;
        after->error_message = message;
        return EndJob(context, before, after);
      });
}

Result<bool> JobQueue::FinishCancel(const Holder& holder) { return ChangeHeld(holder, CancelJob); }

Result<bool> JobQueue::Park(const Holder& holder) {
  return ChangeHeld(
      holder, [&](ChangeContext& context, const JobRecord& before, JobRecord* after) -> Status {
        // Nobody wants it any more, so nobody shall start it again.
        if (before.cancel_requested) return CancelJob(context, before, after);
        return RequeueJob(context, before, after);
      });
}

Result<int64_t> JobQueue::ReapExpired() {
  const std::vector<LeasedJob> running = TRY(store_.Read([](Transaction& t) {
    return t.Select(Query<LeasedJob>().Equal(&LeasedJob::state, JobState::kInProgress));
  }));
  const std::vector<LeasedJob> silent = KeepSilent(running);
  int64_t count = 0;
  for (const LeasedJob& lease : silent) {
    std::optional<JobRecord> changed;
    const int64_t now_ms = NowMs(clock_);
    TRY(store_.Write([&](Transaction& transaction) -> Status {
      const std::optional<JobRecord> before = TRY(transaction.Find<JobRecord>(lease.id));
      // It may have shown a sign of life, or ended, since we looked.
      if (!before || before->state != JobState::kInProgress || before->attempt != lease.attempt ||
          before->lease_serial != lease.lease_serial) {
        return Ok();
      }
      ChangeContext context{transaction, random_, limits_, now_ms};
      JobRecord after = *before;
      TRY(CrashJob(context, *before, &after));
      changed = std::move(after);
      return Ok();
    }));
    if (!changed) continue;
    Announce(*changed);
    ++count;
  }
  return count;
}

// Those whose serial has stood still for a lease by the monotonic clock of this process. A wall
// clock that jumps, here or at the worker, cannot expire anything.
std::vector<LeasedJob> JobQueue::KeepSilent(const std::vector<LeasedJob>& running) {
  const double now_s = clock_.Seconds();
  std::vector<LeasedJob> silent;
  std::map<std::string, Observed, std::less<>> still;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const LeasedJob& job : running) {
    Observed seen{job.attempt, job.lease_serial, now_s};
    const auto known = observed_.find(job.id);
    if (known != observed_.end() && known->second.attempt == job.attempt &&
        known->second.serial == job.lease_serial) {
      seen.since_s = known->second.since_s;
    }
    if ((now_s - seen.since_s) * 1000 >= static_cast<double>(limits_.lease_ms)) {
      silent.push_back(job);
    }
    still.emplace(job.id, seen);
  }
  observed_ = std::move(still);
  return silent;
}

}  // namespace aozora
