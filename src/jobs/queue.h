// SPDX-License-Identifier: Apache-2.0
// The life of a job:
//
//   queued -> in_progress -> completed | failed | cancelled
//      ^-----------+  parked, its worker died, or a failure that may go away
//
// Each change is one durable transaction together with its event, its share of the allowance and,
// at the end, the webhooks it causes. Only the holder of the newest lease may change a running job
// (attempt and owner are the fence), so a job ends once, whoever comes back late. Nothing is judged
// by comparing two machines' clocks.
//
// Any thread; several processes may work on one store.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/random_source.h"
#include "base/result.h"
#include "jobs/job_ceiling.h"
#include "jobs/limits.h"
#include "jobs/refusal.h"
#include "jobs/render_progress.h"
#include "jobs/stops.h"
#include "store/job_records.h"
#include "store/people_records.h"
#include "store/programme_records.h"
#include "store/store.h"

namespace aozora {

struct QueueHooks {
  std::function<Result<DiskSpace>()> disk_space = {};  // of the data folder; none: not looked at
  // After a change is durable, on the thread that made it: what streams and workers wake up by.
  std::function<void(const JobRecord&)> changed = {};
  std::function<void()> work_added = {};
  std::function<void()> webhook_added = {};
  // The order for Place is old and takes a while to work out: RenewOrder should be called soon, on
  // a thread that nobody waits for. None: who asks works it out.
  std::function<void()> order_old = {};
  bool remove_fence_for_test = false;  // what the simulation must find
};

// What the caller decides; the queue adds the rest.
struct NewJob {
  std::string person_id = {};
  std::string key_id = {};
  JobKind kind = JobKind::kCreate;
  std::string model_asked = {};
  std::string model = {};
  std::string prompt = {};
  int64_t width = 0;
  int64_t height = 0;
  int64_t seconds = 0;
  // Of each variation its own: as many jobs are made, at least one.
  std::vector<std::string> settings_json{"{}"};
  std::string source_job_id;
  std::string batch_id;
  std::string request_id;
  std::string address;         // from where it was asked for; for the audit log, like the next
  std::string policy_version;  // by which the prompt was let through
  std::vector<FlagReasonRecord> flags;  // why two reviewers have to look at it
  int64_t priority = 0;
  int64_t estimated_work_ms = 0;
  std::string idempotency_key;  // empty: none
  std::string body_sha256;      // of the request; looked at with a key only
};

struct Created {
  std::vector<JobRecord> jobs;
  bool replayed =
      false;  // the answer to an earlier request with this key; the jobs as they are now
};
using CreateOutcome = std::variant<Created, Refusal>;

struct Leased {
  JobRecord job;
  int64_t attempt = 0;
};

// Who holds a job; the fence.
struct Holder {
  std::string job_id;
  int64_t attempt = 0;
  std::string worker_id;
};

struct Beat {
  bool lost = false;  // somebody else's, or over: stop, and do not write
  bool cancel_requested = false;
};

// What a worker has to hear sooner than its next heartbeat.
struct Glance {
  bool cancel_requested = false;
  bool stopped = false;  // an operator wants it parked
};

enum class StopRelease { kNoSuchStop, kReleased, kNeedsSecond };

struct QueuePlace {
  int64_t position = 0;  // 0: running; 1: the next
  int64_t queued_count = 0;
  std::optional<int64_t> start_in_ms;  // nothing measured yet: unknown
  std::optional<int64_t> ready_in_ms;
};

// What would become of a job that came now.
struct Forecast {
  QueuePlace place;                  // behind all others
  std::optional<int64_t> render_ms;  // nothing is known of such jobs
};

struct JobList {
  std::vector<JobRecord> jobs;
  bool has_more = false;
};

struct ListQuery {
  std::string person_id = {};  // empty: everybody's
  std::string after_id = {};   // empty: from the beginning
  int64_t limit = 20;
  bool ascending = false;
  std::string batch_id = {};  // empty: any
};

struct QueueCounts {
  int64_t queued = 0;
  int64_t running = 0;
  int64_t worker_count = 0;  // that run something
};

class JobQueue {
 public:
  // All are borrowed and outlive the queue.
  JobQueue(Store& store, const Clock& clock, RandomSource& random, QueueLimits limits,
           QueueHooks hooks);

  // Clients. kNotFound for a person or source that does not exist, kInvalid for what the limits on
  // one request forbid.
  Result<CreateOutcome> Create(const NewJob& job);
  Result<JobRecord> Get(std::string_view job_id);  // kNotFound also for deleted ones
  Result<JobRecord> GetOf(std::string_view person_id, std::string_view job_id);
  Result<JobList> List(const ListQuery& query);  // kNotFound for an after_id of nobody
  // Queued: at once. Running: asked for, and done by its worker within a step. Over: no change.
  Result<JobRecord> Cancel(std::string_view job_id, std::string_view actor);
  // Cancels, hides, and dooms the files.
  Result<JobRecord> Delete(std::string_view job_id, std::string_view actor);
  // In a queue so long that its order takes a while to work out, a newcomer stands behind all
  // others for a moment, whatever its priority.
  Result<QueuePlace> Place(std::string_view job_id);
  // `job`: its model and estimated_work_ms.
  Result<Forecast> Foresee(const QueuedJob& job);
  // What QueueHooks::order_old asks for; nothing, if it has not.
  Status RenewOrder();
  Result<QueueCounts> Counts();
  // What is left of today: for the headers of an answer.
  Result<int64_t> VideoSecondsLeft(std::string_view person_id);

  // Events, oldest first, later than `after_seq`. One of the ids may be empty: any.
  Result<std::vector<EventRecord>> Events(std::string_view job_id, std::string_view person_id,
                                          int64_t after_seq, int64_t limit);

  // Workers. The next job of any of the models (none named: all) for this worker: priority first,
  // then the person of whom least runs, then the one who had least video today, then the oldest.
  Result<std::optional<Leased>> Lease(std::string_view worker_id,
                                      std::span<const std::string> models);
  Result<Beat> Heartbeat(const Holder& holder, const RenderProgress& progress);
  // Reads only: what may be asked several times a second.
  Result<Glance> Look(const Holder& holder);
  // These four: false if the lease was lost, and nothing has changed.
  Result<bool> Complete(const Holder& holder, std::string_view output_json, int64_t render_ms,
                        std::span<const FlagReasonRecord> flags = {});
  Result<bool> Fail(const Holder& holder, std::string_view code, std::string_view message,
                    bool retryable);
  Result<bool> FinishCancel(const Holder& holder);
  Result<bool> Park(const Holder& holder);  // gives it back, no harm done

  // Gives back the jobs whose workers have shown no sign of life for a lease, as seen by this
  // process's monotonic clock: call it every second. How many.
  Result<int64_t> ReapExpired();

  // Operators. Obeyed by Create and Lease at once, by running workers within
  // WorkerLimits::look_ms, and after a restart. Of stops that NeedsTwoAdmins, the first release
  // only asks for the second, by somebody else.
  Status SetStop(const Stop& stop);
  Result<StopRelease> ReleaseStop(StopScope scope, std::string_view subject,
                                  std::string_view actor);
  Result<std::vector<Stop>> Stops();

  // The sweeper: completed jobs past expires_ms lose their files. How many, at most `count_max`.
  Result<int64_t> ExpireOutputs(int64_t count_max);

  const QueueLimits& limits() const { return limits_; }

 private:
  struct Observed {  // a lease as this process saw it last
    int64_t attempt = 0;
    int64_t serial = 0;
    double since_s = 0;
  };
  struct Order {
    double worked_out_s = -1;
    double cost_s = 0;  // what it took to work it out
    std::map<std::string, QueuePlace, std::less<>> places;
    QueuePlace behind;  // all of them
  };

  struct Known;
  // Nothing: the caller is to work the order out.
  std::optional<Known> KnownPlace(std::string_view job_id);
  Status WorkOutOrder();
  template <class Fn>
  Result<bool> ChangeHeld(const Holder& holder, Fn&& change);
  template <class Fn>
  Result<JobRecord> ChangeAny(std::string_view job_id, Fn&& change);
  std::vector<LeasedJob> KeepSilent(const std::vector<LeasedJob>& running);
  void Announce(const JobRecord& job) const;

  Store& store_;
  const Clock& clock_;
  RandomSource& random_;
  const QueueLimits limits_;
  const QueueHooks hooks_;
  JobCeiling ceiling_;
  std::mutex mutex_;
  std::map<std::string, Observed, std::less<>> observed_;  // guarded by mutex_
  Order order_;                                            // guarded by mutex_
  bool ordering_ = false;  // guarded by mutex_: somebody works it out
};

}  // namespace aozora
