// SPDX-License-Identifier: Apache-2.0
#include "simulation.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/random_source.h"
#include "base/units.h"
#include "checker.h"
#include "faulty_store.h"
#include "jobs/queue.h"
#include "jobs/webhooks.h"
#include "sim_clock.h"
#include "store/asset_records.h"
#include "store/mark_records.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

constexpr int64_t kReapIntervalMs = 5'000;
constexpr int64_t kDrainRoundsMax = 400;
constexpr std::array<const char*, 3> kPeople{"person_a", "person_b", "person_c"};
constexpr std::array<const char*, 2> kModels{"small", "large"};

QueueLimits SmallLimits() {
  QueueLimits limits;
  limits.running_per_person_max = 2;
  limits.queued_per_person_max = 4;
  limits.queued_max = 8;
  limits.video_seconds_per_day_max = 60;
  limits.creates_per_minute_max = 5;
  return limits;
}

class Life {
 public:
  Life(Store& store, uint64_t seed, const SimOptions& options)
      : store_(store),
        options_(options),
        dice_(SplitMix(seed, 1)),
        ids_(SplitMix(seed, 2)),
        wrapper_(store),
        checker_(store, clock_, {SmallLimits(), kPeople[0], kReapIntervalMs}) {
    Restart();
  }

  SimOutcome Run() {
    for (int64_t i = 0; i < options_.event_count && ok(); ++i) {
      Step();
      After();
    }
    if (ok()) Drain();
    return std::move(outcome_);
  }

 private:
  struct Worker {
    std::string id;
    std::optional<Holder> holder;
  };

  static uint64_t SplitMix(uint64_t seed, uint64_t stream) {
    SeededRandom random(seed * 2 + stream % 2);
    return random.Next();
  }
  bool ok() const { return outcome_.violation.empty(); }
  bool Chance(uint64_t percent) { return dice_.Below(100) < percent; }
  template <class List>
  const auto& Pick(const List& list) {
    return list[dice_.Below(list.size())];
  }
  JobQueue& AnyQueue() { return *queues_[dice_.Below(queues_.size())]; }

  // Ids are random; a trace says which job it is by its place in the order of creation.
  std::string NameOfJob(const std::string& id) const {
    const auto& ids = checker_.ids();
    const auto found = std::find(ids.begin(), ids.end(), id);
    return found == ids.end() ? "new" : fmt::format("job{}", found - ids.begin());
  }
  template <class... Args>
  void Trace(fmt::format_string<Args...> format, Args&&... args) {
    outcome_.trace.push_back(fmt::format("{:7.1f} s  {}", clock_.Seconds(),
                                         fmt::format(format, std::forward<Args>(args)...)));
  }
  void Violate(std::string what) {
    if (ok()) outcome_.violation = std::move(what);
  }
  template <class T>
  static std::string Ended(const Result<T>& result, const std::string& what) {
    return result.ok() ? what : result.error().message();
  }

  void Restart();
  void Step();
  void After();
  void Drain();

  void MaybeFault();
  void Create();
  void CancelOrDelete();
  void Work();
  void Lease(Worker* worker);
  void Act(const Holder& holder, bool* over);
  Result<bool> ActOnce(const Holder& holder, uint64_t choice, bool* over, std::string* what);
  void ComeBack();
  void PassTime(int64_t ms);
  void SetClock();
  void Stops();
  void Expire();

  Store& store_;
  const SimOptions options_;
  SeededRandom dice_;
  SeededRandom ids_;
  SimClock clock_;
  StoreWrapper wrapper_;
  Checker checker_;
  std::array<std::unique_ptr<JobQueue>, 2> queues_;  // of two processes
  std::array<Worker, 3> workers_{{{"worker_1", {}}, {"worker_2", {}}, {"worker_3", {}}}};
  std::vector<Holder> ghosts_;  // workers that were given up and may come back
  std::vector<std::pair<std::string, std::string>> keys_;  // person and Idempotency-Key
  std::vector<Stop> stops_;
  int64_t request_count_ = 0;
  SimOutcome outcome_;
};

void Life::Restart() {
  for (auto& queue : queues_) {
    QueueHooks hooks;
    hooks.remove_fence_for_test = options_.remove_fence;
    queue = std::make_unique<JobQueue>(wrapper_, clock_, ids_, SmallLimits(), hooks);
  }
  checker_.ReapersStartAnew();
}

void Life::Step() {
  MaybeFault();
  const uint64_t choice = dice_.Below(100);
  if (choice < 25) {
    Create();
  } else if (choice < 32) {
    CancelOrDelete();
  } else if (choice < 66) {
    Work();
  } else if (choice < 74) {
    ComeBack();
  } else if (choice < 88) {
    PassTime(dice_.Between(1, 45'000));
  } else if (choice < 91) {
    SetClock();
  } else if (choice < 96) {
    Stops();
  } else if (choice < 98) {
    Expire();
  } else {
    Trace("restart");
    Restart();
  }
}

void Life::After() {
  wrapper_.FailNext(Fault::kNone);
  if (ok()) Violate(checker_.Check());
}

void Life::MaybeFault() {
  if (!Chance(15)) return;
  constexpr std::array<Fault, 3> kFaults{Fault::kRefused, Fault::kNoCommit, Fault::kLostAnswer};
  const Fault fault = Pick(kFaults);
  Trace("the next write fails ({})", static_cast<int>(fault));
  wrapper_.FailNext(fault);
}

void Life::Create() {
  NewJob job;
  job.person_id = Pick(kPeople);
  job.model_asked = job.model = Pick(kModels);
  job.seconds = Pick(std::array<int64_t, 3>{4, 8, 12});
  job.priority = Chance(10) ? 1 : 0;
  job.body_sha256 = "same";
  if (!keys_.empty() && Chance(30)) {  // a client that heard nothing asks again
    std::tie(job.person_id, job.idempotency_key) = Pick(keys_);
    if (Chance(20)) job.body_sha256 = "other";
  } else {
    job.idempotency_key = fmt::format("key{}", request_count_++);
    keys_.emplace_back(job.person_id, job.idempotency_key);
  }
  job.request_id = job.idempotency_key;
  job.prompt = job.body_sha256;
  const Result<CreateOutcome> outcome = AnyQueue().Create(job);
  const auto* created = outcome.ok() ? std::get_if<Created>(&*outcome) : nullptr;
  const auto* refusal = outcome.ok() ? std::get_if<Refusal>(&*outcome) : nullptr;
  Trace("{} creates with {} ({}): {}", job.person_id, job.idempotency_key, job.body_sha256,
        Ended(outcome, created ? (created->replayed ? "replayed" : "created")
                               : (refusal ? refusal->message : "?")));
  if (created == nullptr) return;
  if (created->jobs.size() != 1) return Violate("a create of one gave another number");
  checker_.Acknowledge(created->jobs[0].id);
  if (created->replayed) {
    if (created->jobs[0].prompt != job.prompt) Violate("another body got the answer of the first");
  } else if (FindStop(stops_, job.person_id, job.model, "") != nullptr) {
    Violate("a create got past a stop");
  }
}

void Life::CancelOrDelete() {
  if (checker_.ids().empty()) return;
  const std::string id = Pick(checker_.ids());
  const bool erase = Chance(30);
  const Result<JobRecord> job =
      erase ? AnyQueue().Delete(id, "somebody") : AnyQueue().Cancel(id, "somebody");
  Trace("{} {}: {}", erase ? "delete" : "cancel", NameOfJob(id),
        job.ok() ? std::string(NameOf(job->state)) : job.error().message());
}

void Life::Work() {
  Worker& worker = workers_[dice_.Below(workers_.size())];
  if (!worker.holder) return Lease(&worker);
  if (Chance(15)) {  // it dies, or is only cut off: then it comes back
    Trace("{} vanishes with {}", worker.id, NameOfJob(worker.holder->job_id));
    ghosts_.push_back(*worker.holder);
    worker.holder.reset();
    return;
  }
  bool over = false;
  Act(*worker.holder, &over);
  if (over) {
    ghosts_.push_back(*worker.holder);
    worker.holder.reset();
  }
}

void Life::Lease(Worker* worker) {
  std::vector<std::string> models;
  if (Chance(30)) models.emplace_back(Pick(kModels));
  const Result<std::optional<Leased>> leased = AnyQueue().Lease(worker->id, models);
  const bool got = leased.ok() && *leased;
  Trace("{} leases: {}", worker->id, Ended(leased, got ? NameOfJob((*leased)->job.id) : "nothing"));
  if (!got) return;
  const JobRecord& job = (*leased)->job;
  worker->holder = Holder{job.id, (*leased)->attempt, worker->id};
  if (!models.empty() && job.model != models[0]) Violate("a worker got a model it has not");
  if (FindStop(stops_, job.person_id, job.model, "") != nullptr) {
    Violate("a lease got past a stop");
  }
}

Result<bool> Life::ActOnce(const Holder& holder, uint64_t choice, bool* over, std::string* what) {
  JobQueue& queue = AnyQueue();
  *over = true;
  if (choice < 45) {
    *what = "beats";
    const Result<Beat> beat =
        queue.Heartbeat(holder, {static_cast<int64_t>(dice_.Below(101)), "denoise"});
    *over = beat.ok() && beat->lost;
    if (!beat.ok()) return beat.error();
    if (!beat->cancel_requested) return !beat->lost;
    *what = "hears of a cancel";
    *over = true;
    return queue.FinishCancel(holder);
  }
  if (choice < 75) {
    *what = "completes";
    return queue.Complete(holder, fmt::format("attempt {}", holder.attempt), 1'000);
  }
  if (choice < 90) {
    const bool retryable = Chance(60);
    *what = retryable ? "fails for now" : "fails";
    return queue.Fail(holder, "render_failed", "no", retryable);
  }
  *what = "parks";
  return queue.Park(holder);
}

// Whoever acts with an old lease must not get through; whether it is old, the rows say.
void Life::Act(const Holder& holder, bool* over) {
  const SimJob before = checker_.job(holder.job_id);
  const bool held = before.state == JobState::kInProgress && before.attempt == holder.attempt &&
                    before.lease_owner == holder.worker_id;
  const std::string name = NameOfJob(holder.job_id);
  std::string what;
  const Result<bool> result = ActOnce(holder, dice_.Below(100), over, &what);
  Trace("{} {} {} in attempt {}: {}", holder.worker_id, what, name, holder.attempt,
        Ended(result, result.ok() && *result ? "held" : "lost"));
  if (result.ok() && *result && !held) {
    Violate(fmt::format("{}: attempt {} got through during attempt {} ({})", name, holder.attempt,
                        before.attempt, NameOf(before.state)));
  }
  if (result.ok() && !*result && held) {
    Violate(fmt::format("{}: attempt {} was turned away although it holds", name, holder.attempt));
  }
}

void Life::ComeBack() {
  if (ghosts_.empty()) return;
  const Holder ghost = Pick(ghosts_);
  bool over = false;
  Act(ghost, &over);
}

void Life::PassTime(int64_t ms) {
  Trace("{} ms pass", ms);
  while (ms > 0 && ok()) {
    const int64_t step_ms = std::min(ms, kReapIntervalMs);
    clock_.Advance(std::chrono::milliseconds(step_ms));
    ms -= step_ms;
    for (auto& queue : queues_) {
      const Result<int64_t> reaped = queue->ReapExpired();
      if (!reaped.ok()) checker_.ReapersStartAnew();
      if (!reaped.ok() || *reaped > 0) {
        Trace("reaped: {}", Ended(reaped, reaped.ok() ? fmt::format("{}", *reaped) : ""));
      }
    }
    if (ms > 0) After();
  }
}

void Life::SetClock() {
  const int64_t by_ms = Pick(std::array<int64_t, 4>{-kDayMs, -kHourMs, kHourMs, kDayMs});
  Trace("the wall clock is set by {} h", by_ms / kHourMs);
  clock_.SetForward(std::chrono::milliseconds(by_ms));
  // A key is kept for a day of the wall clock; who uses it a day later makes a new job.
  if (by_ms > 0) keys_.clear();
}

void Life::Stops() {
  Stop stop{.subject = std::string(kStopGeneration), .reason = "because", .set_by = "operator"};
  const uint64_t choice = dice_.Below(3);
  if (choice == 1) stop.scope = StopScope::kPerson, stop.subject = Pick(kPeople);
  if (choice == 2) stop.scope = StopScope::kModel, stop.subject = Pick(kModels);
  if (!stops_.empty() && Chance(70)) {
    stop = Pick(stops_);
    const Result<StopRelease> released =
        AnyQueue().ReleaseStop(stop.scope, stop.subject, "operator");
    Trace("release {}: {}", StopName(stop.scope, stop.subject), Ended(released, "done"));
  } else {
    const Status set = AnyQueue().SetStop(stop);
    Trace("set {}: {}", StopName(stop.scope, stop.subject),
          set.ok() ? "done" : set.error().message());
  }
  // What holds is what the rows say: an answer may be lost.
  stops_ = store_.Read([](Transaction& t) { return ReadStops(t); }).value();
}

void Life::Expire() {
  const Result<int64_t> expired = AnyQueue().ExpireOutputs(100);
  Trace("expire: {}", Ended(expired, expired.ok() ? fmt::format("{}", *expired) : ""));
}

// The weather clears up: with working workers and time, everything comes to an end.
void Life::Drain() {
  Trace("drain");
  for (const Stop& stop : stops_) {
    CHECK(AnyQueue().ReleaseStop(stop.scope, stop.subject, "operator").value() ==
          StopRelease::kReleased);
  }
  stops_.clear();
  for (int64_t round = 0; round < kDrainRoundsMax && ok(); ++round) {
    if (checker_.CheckAllOver().empty()) return;
    Worker& worker = workers_[static_cast<size_t>(round) % workers_.size()];
    if (!worker.holder) {
      Lease(&worker);
    } else {
      const Holder holder = *worker.holder;
      const Result<bool> held =
          AnyQueue().Complete(holder, fmt::format("attempt {}", holder.attempt), 1'000);
      Trace("{} completes {}: {}", worker.id, NameOfJob(holder.job_id),
            Ended(held, held.ok() && *held ? "held" : "lost"));
      worker.holder.reset();
    }
    After();
    if (round % 12 == 11) PassTime(36'000);
  }
  if (ok()) Violate(checker_.CheckAllOver());
}

template <class... Records>
Status EraseAll(Transaction& t) {
  Status status;
  ((status = t.EraseWhere(Query<Records>()).ok() ? std::move(status) : Error::Io("not erased")),
   ...);
  return status;
}

Status Empty(Transaction& t) {
  TRY((EraseAll<DeliveryRecord, WebhookEndpointRecord, JobRecord, EventRecord, UsageRecord,
                IdempotencyRecord, SettingRecord, AuditRecord, MarkRecord, PersonRecord>(t)));
  for (const char* id : kPeople) {
    PersonRecord person;
    person.id = person.name = id;
    TRY(t.Insert(person));
  }
  WebhookEndpointRecord endpoint;
  endpoint.id = "we_1";
  endpoint.person_id = kPeople[0];
  return t.Insert(endpoint);
}

}  // namespace

SimWorld::SimWorld() : store_(OpenSqliteInMemory(ProductSchema()).value()) {}
SimWorld::~SimWorld() = default;

SimOutcome SimWorld::Run(uint64_t seed, const SimOptions& options) {
  CHECK(store_->Write([](Transaction& t) { return Empty(t); }).ok());
  return Life(*store_, seed, options).Run();
}

}  // namespace aozora
