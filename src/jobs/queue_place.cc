// SPDX-License-Identifier: Apache-2.0
// Where a job stands, and when it will be done.
#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "jobs/order.h"
#include "jobs/queue.h"
#include "store/ids.h"

namespace aozora {
namespace {

// The order is worked out for newcomers too, but not for longer than one part in so many of the
// time: a thousand of them a second must not each sort a queue of ten thousand.
constexpr double kOrderShare = 50;
// An order that takes longer is worked out beside the requests, where there is a thread for it; the
// old one serves meanwhile, but not for ever.
constexpr double kOrderAtOnceS = 0.002;
constexpr double kOrderUsableS = 5;

using Places = std::map<std::string, QueuePlace, std::less<>>;

// When each worker is free, in milliseconds from now. A job of unknown length makes everything
// behind it unknown.
class Workers {
 public:
  explicit Workers(int64_t count) {
    for (int64_t i = 0; i < count; ++i) free_at_.push(0);
  }
  // Gives the worker that is free first a job: when it starts.
  std::optional<int64_t> Start(std::optional<int64_t> duration_ms) {
    if (!known_) return std::nullopt;
    const int64_t start = free_at_.top();
    free_at_.pop();
    free_at_.push(start + duration_ms.value_or(0));
    known_ = duration_ms.has_value();
    return start;
  }

 private:
  std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> free_at_;
  bool known_ = true;
};

std::optional<int64_t> RestMs(const RenderSpeed& speed, const QueuedJob& job) {
  const std::optional<int64_t> all_ms = speed.EstimateMs(job);
  if (!all_ms) return std::nullopt;
  return *all_ms * (100 - job.progress_percent) / 100;
}

Places WorkOut(const Waiting& waiting, const RenderSpeed& speed, QueuePlace* behind) {
  Places places;
  const auto queued_count = static_cast<int64_t>(waiting.queued.size());
  Workers workers(std::max<int64_t>(1, WorkerCount(waiting)));
  for (const QueuedJob& job : waiting.running) {
    const std::optional<int64_t> rest_ms = RestMs(speed, job);
    workers.Start(rest_ms);
    places[job.id] = {0, queued_count, 0, rest_ms};
  }
  FairOrder order(waiting);
  for (int64_t position = 1;; ++position) {
    const QueuedJob* job = order.Next(true);
    if (job == nullptr) {
      const std::optional<int64_t> start_ms = workers.Start(std::nullopt);
      *behind = {position, position, start_ms, start_ms};
      return places;
    }
    const std::optional<int64_t> duration_ms = speed.EstimateMs(*job);
    const std::optional<int64_t> start_ms = workers.Start(duration_ms);
    QueuePlace place{position, queued_count, start_ms, std::nullopt};
    if (start_ms && duration_ms) place.ready_in_ms = *start_ms + *duration_ms;
    places[job->id] = place;
  }
}

}  // namespace

struct JobQueue::Known {
  QueuePlace place;
  bool newcomer = false;  // the place is right if the job waits at all
};

std::optional<JobQueue::Known> JobQueue::KnownPlace(std::string_view job_id) {
  Known known;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    bool serves = false;
    if (order_.worked_out_s >= 0) {
      const double age_s = clock_.Seconds() - order_.worked_out_s;
      const double dear_s = order_.cost_s * kOrderShare;
      const auto place = order_.places.find(job_id);
      known.newcomer = place == order_.places.end();
      known.place = known.newcomer ? order_.behind : place->second;
      const double kept_s =
          known.newcomer ? dear_s : static_cast<double>(limits_.order_kept_ms) / 1000;
      if (ordering_ || age_s < kept_s) return known;
      serves = hooks_.order_old && order_.cost_s >= kOrderAtOnceS &&
               age_s <= std::max(kOrderUsableS, 2 * dear_s);
    }
    ordering_ = true;
    if (!serves) return std::nullopt;
  }
  hooks_.order_old();
  return known;
}

Status JobQueue::RenewOrder() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ordering_) return Ok();
  }
  return WorkOutOrder();
}

Status JobQueue::WorkOutOrder() {
  const double begin_s = clock_.Seconds();
  const int64_t now_ms = NowMs(clock_);
  Order order;
  Result<Places> places = store_.Read([&](Transaction& t) -> Result<Places> {
    const Waiting waiting = TRY(ReadWaiting(t, limits_, now_ms));
    return WorkOut(waiting, TRY(RenderSpeed::Measure(t, waiting, limits_)), &order.behind);
  });
  order.worked_out_s = clock_.Seconds();
  order.cost_s = order.worked_out_s - begin_s;
  std::lock_guard<std::mutex> lock(mutex_);
  ordering_ = false;
  order.places = TRY(std::move(places));
  std::swap(order_, order);  // the old one goes after the lock does
  return Ok();
}

Result<QueuePlace> JobQueue::Place(std::string_view job_id) {
  std::optional<Known> known = KnownPlace(job_id);
  if (!known) {
    TRY(WorkOutOrder());
    std::lock_guard<std::mutex> lock(mutex_);
    const auto place = order_.places.find(job_id);
    if (place != order_.places.end()) return place->second;
    known = Known{order_.behind, true};  // or of no place at all
  }
  if (!known->newcomer) return known->place;
  const std::optional<JobRecord> job =
      TRY(store_.Read([&](Transaction& t) { return t.Find<JobRecord>(job_id); }));
  if (!job || IsTerminal(job->state)) {
    return Error::NotFound("video {} neither waits nor runs", job_id);
  }
  return known->place;
}

Result<Forecast> JobQueue::Foresee(const QueuedJob& job) {
  Forecast forecast;
  Waiting alike;
  alike.queued.push_back(job);
  const RenderSpeed speed =
      TRY(store_.Read([&](Transaction& t) { return RenderSpeed::Measure(t, alike, limits_); }));
  forecast.render_ms = speed.EstimateMs(job);
  const std::optional<Known> known = KnownPlace(/*job_id=*/"");
  if (!known) TRY(WorkOutOrder());
  std::lock_guard<std::mutex> lock(mutex_);
  forecast.place = order_.behind;
  return forecast;
}

Result<QueueCounts> JobQueue::Counts() {
  return store_.Read([](Transaction& t) -> Result<QueueCounts> {
    QueueCounts counts;
    counts.queued = TRY(t.Count(Query<QueuedJob>().Equal(&QueuedJob::state, JobState::kQueued)));
    Waiting running;
    running.running =
        TRY(t.Select(Query<QueuedJob>().Equal(&QueuedJob::state, JobState::kInProgress)));
    counts.running = static_cast<int64_t>(running.running.size());
    counts.worker_count = WorkerCount(running);
    return counts;
  });
}

}  // namespace aozora
