// SPDX-License-Identifier: Apache-2.0
#include "jobs/order.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "jobs/changes.h"
#include "store/people_records.h"

namespace aozora {
namespace {

std::vector<std::string> PeopleOf(const std::vector<QueuedJob>& jobs) {
  std::set<std::string> ids;
  for (const QueuedJob& job : jobs) ids.insert(job.person_id);
  return std::vector<std::string>(ids.begin(), ids.end());
}

}  // namespace

Result<Waiting> ReadWaiting(Transaction& transaction, const QueueLimits& limits, int64_t now_ms) {
  Waiting waiting;
  waiting.queued =
      TRY(transaction.Select(Query<QueuedJob>().Equal(&QueuedJob::state, JobState::kQueued)));
  waiting.running =
      TRY(transaction.Select(Query<QueuedJob>().Equal(&QueuedJob::state, JobState::kInProgress)));
  const std::vector<std::string> ids = PeopleOf(waiting.queued);
  if (ids.empty()) return waiting;
  for (const std::string& id : ids) {
    waiting.people[id].running_max = limits.running_per_person_max;
  }
  for (const PersonRecord& person :
       TRY(transaction.Select(Query<PersonRecord>().In(&PersonRecord::id, ids)))) {
    if (person.running_max) waiting.people[person.id].running_max = *person.running_max;
  }
  for (const UsageRecord& usage :
       TRY(transaction.Select(Query<UsageRecord>()
                                  .In(&UsageRecord::person_id, ids)
                                  .Equal(&UsageRecord::day, DayOf(now_ms))))) {
    waiting.people[usage.person_id].completed_seconds = usage.completed_seconds;
  }
  for (const QueuedJob& job : waiting.running) {
    const auto person = waiting.people.find(job.person_id);
    if (person != waiting.people.end()) ++person->second.running_count;
  }
  return waiting;
}

FairOrder::FairOrder(const Waiting& waiting) {
  for (const QueuedJob& job : waiting.queued) {
    Line& line = lines_[job.person_id];
    line.person = waiting.people.at(job.person_id);
    line.jobs.push_back(&job);
  }
  for (auto& [id, line] : lines_) {
    std::sort(line.jobs.begin(), line.jobs.end(), [](const QueuedJob* a, const QueuedJob* b) {
      return std::tuple(a->priority, -a->created_seq) < std::tuple(b->priority, -b->created_seq);
    });
  }
}

bool FairOrder::GoesBefore(const Line& a, const Line& b) {
  const auto rank = [](const Line& line) {
    return std::tuple(-line.jobs.back()->priority, line.person.running_count,
                      line.person.completed_seconds, line.jobs.back()->created_seq);
  };
  return rank(a) < rank(b);
}

const QueuedJob* FairOrder::Next(bool over_limit) {
  Line* best = nullptr;
  for (auto& [id, line] : lines_) {
    if (line.jobs.empty()) continue;
    if (!over_limit && line.person.running_count >= line.person.running_max) continue;
    if (best == nullptr || GoesBefore(line, *best)) best = &line;
  }
  if (best == nullptr) return nullptr;
  const QueuedJob* job = best->jobs.back();
  best->jobs.pop_back();
  ++best->person.running_count;
  return job;
}

Result<RenderSpeed> RenderSpeed::Measure(Transaction& transaction, const Waiting& waiting,
                                         const QueueLimits& limits) {
  std::set<std::string> names;
  for (const QueuedJob& job : waiting.queued) names.insert(job.model);
  for (const QueuedJob& job : waiting.running) names.insert(job.model);
  RenderSpeed speed;
  for (const std::string& name : names) {
    const std::vector<RenderedJob> renders =
        TRY(transaction.Select(Query<RenderedJob>()
                                   .Equal(&RenderedJob::model, name)
                                   .Equal(&RenderedJob::state, JobState::kCompleted)
                                   .Descending(&RenderedJob::completed_ms)
                                   .Limit(limits.speed_sample_max)));
    for (const RenderedJob& render : renders) {
      Model& model = speed.models_[name];
      ++model.count;
      model.render_ms += render.render_ms;
      if (render.estimated_work_ms <= 0) continue;
      model.estimated_ms += render.estimated_work_ms;
      model.estimated_render_ms += render.render_ms;
    }
  }
  return speed;
}

std::optional<int64_t> RenderSpeed::EstimateMs(const QueuedJob& job) const {
  const auto found = models_.find(job.model);
  const Model model = found == models_.end() ? Model() : found->second;
  if (job.estimated_work_ms > 0 && model.estimated_ms > 0) {
    const double ratio =
        static_cast<double>(model.estimated_render_ms) / static_cast<double>(model.estimated_ms);
    return static_cast<int64_t>(ratio * static_cast<double>(job.estimated_work_ms));
  }
  if (job.estimated_work_ms > 0) return job.estimated_work_ms;
  if (model.count > 0) return model.render_ms / model.count;
  return std::nullopt;
}

std::optional<int64_t> RenderSpeed::IntervalMs(int64_t worker_count) const {
  int64_t render_ms = 0;
  int64_t count = 0;
  for (const auto& [name, model] : models_) {
    render_ms += model.render_ms;
    count += model.count;
  }
  if (count == 0) return std::nullopt;
  return render_ms / count / std::max<int64_t>(1, worker_count);
}

int64_t WorkerCount(const Waiting& waiting) {
  std::set<std::string> owners;
  for (const QueuedJob& job : waiting.running) owners.insert(job.lease_owner);
  return static_cast<int64_t>(owners.size());
}

}  // namespace aozora
