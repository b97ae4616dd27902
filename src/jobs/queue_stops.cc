// SPDX-License-Identifier: Apache-2.0
// What operators stop and release, and what workers see of it.
#include "jobs/changes.h"
#include "jobs/queue.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr std::string_view kAdminRole = "admin";

// Marks what runs and is stopped, for its workers to end.
Result<std::vector<JobRecord>> CancelRunning(ChangeContext& context, const Stop& stop) {
  std::vector<JobRecord> marked;
  const std::vector<JobRecord> running = TRY(context.transaction.Select(
      Query<JobRecord>().Equal(&JobRecord::state, JobState::kInProgress)));
  for (const JobRecord& before : running) {
    if (before.cancel_requested) continue;
    if (FindStop({stop}, before.person_id, before.model, before.key_id) == nullptr) continue;
    JobRecord after = before;
    after.cancel_requested = true;
    TRY(ChangeJob(context, before, after, "job.cancel_requested"));
    marked.push_back(std::move(after));
  }
  return marked;
}

// Where fewer are registered, whoever is there releases alone. The operator of the machine, who
// needs no key, is one of the two.
constexpr int64_t kAdminsForTwo = 2;
Result<bool> HasTwoAdmins(Transaction& transaction) {
  const int64_t count =
      TRY(transaction.Count(Query<PersonRecord>()
                                .Equal(&PersonRecord::role, std::string(kAdminRole))
                                .Equal(&PersonRecord::disabled_ms, std::nullopt)));
  return count >= kAdminsForTwo;
}

bool IsAskedByAnother(const Stop& stop, std::string_view actor, int64_t now_ms) {
  return !stop.release_asked_by.empty() && stop.release_asked_by != actor &&
         now_ms - stop.release_asked_ms <= kReleaseAskedMs;
}

}  // namespace

Status JobQueue::SetStop(const Stop& stop) {
  TRY(CheckStop(stop));
  Stop stamped = stop;
  stamped.set_ms = NowMs(clock_);
  std::vector<JobRecord> cancelled;
  TRY(store_.Write([&](Transaction& transaction) -> Status {
    ChangeContext context{transaction, random_, limits_, stamped.set_ms};
    TRY(WriteStop(transaction, stamped));
    if (stop.running == StopRunning::kCancel) cancelled = TRY(CancelRunning(context, stamped));
    return Audit(context, stop.set_by, "stop.set", StopName(stop.scope, stop.subject),
                 fmt::format("running: {}; {}", NameOf(stop.running), stop.reason));
  }));
  for (const JobRecord& job : cancelled) Announce(job);
  return Ok();
}

Result<StopRelease> JobQueue::ReleaseStop(StopScope scope, std::string_view subject,
                                          std::string_view actor) {
  const int64_t now_ms = NowMs(clock_);
  const StopRelease release = TRY(store_.Write([&](Transaction& t) -> Result<StopRelease> {
    ChangeContext context{t, random_, limits_, now_ms};
    for (Stop& stop : TRY(ReadStops(t))) {
      if (stop.scope != scope || stop.subject != subject) continue;
      if (NeedsTwoAdmins(scope, subject) && !IsAskedByAnother(stop, actor, now_ms) &&
          TRY(HasTwoAdmins(t))) {
        stop.release_asked_by = actor;
        stop.release_asked_ms = now_ms;
        TRY(WriteStop(t, stop));
        TRY(Audit(context, actor, "stop.release_asked", StopName(scope, subject), {}));
        return StopRelease::kNeedsSecond;
      }
      TRY(EraseStop(t, scope, subject));
      TRY(Audit(
          context, actor, "stop.release", StopName(scope, subject),
          stop.release_asked_by.empty() ? std::string() : "asked for by " + stop.release_asked_by));
      return StopRelease::kReleased;
    }
    return StopRelease::kNoSuchStop;
  }));
  if (release == StopRelease::kReleased && hooks_.work_added) hooks_.work_added();
  return release;
}

Result<std::vector<Stop>> JobQueue::Stops() {
  return store_.Read([](Transaction& t) { return ReadStops(t); });
}

Result<Glance> JobQueue::Look(const Holder& holder) {
  return store_.Read([&](Transaction& t) -> Result<Glance> {
    const std::optional<JobRecord> job = TRY(t.Find<JobRecord>(holder.job_id));
    // Whose it is now, the heartbeat tells.
    if (!job || job->state != JobState::kInProgress) return Glance{};
    const std::vector<Stop> stops = TRY(ReadStops(t));
    const Stop* stop = FindStop(stops, job->person_id, job->model, job->key_id);
    return Glance{.cancel_requested = job->cancel_requested,
                  .stopped = stop != nullptr && stop->running == StopRunning::kPark};
  });
}

}  // namespace aozora
