// SPDX-License-Identifier: Apache-2.0
#include "checker.h"

#include <fmt/core.h>

#include <tuple>

#include "store/asset_records.h"

namespace aozora {
namespace {

bool IsTerminalEvent(std::string_view type) {
  return type == "job.completed" || type == "job.failed" || type == "job.cancelled";
}

auto Ending(const SimJob& job) {
  return std::tie(job.state, job.attempt, job.output_json, job.error_code, job.completed_ms,
                  job.crash_count, job.lease_serial);
}

}  // namespace

Checker::Checker(Store& store, const Clock& clock, CheckedLimits limits)
    : store_(store), clock_(clock), limits_(std::move(limits)), reapers_since_s_(clock.Seconds()) {
  const auto newest = store_.Read([](Transaction& t) {
    return t.SelectFirst(Query<EventRecord>().Descending(&EventRecord::seq));
  });
  if (newest.value()) last_seq_ = newest.value()->seq;
}

Status Checker::Read() {
  return store_.Read([&](Transaction& t) -> Status {
    jobs_ = TRY(t.Select(Query<SimJob>().Ascending(&SimJob::created_seq)));
    events_ = TRY(t.Select(
        Query<EventRecord>().Greater(&EventRecord::seq, last_seq_).Ascending(&EventRecord::seq)));
    usage_ = TRY(t.Select(Query<UsageRecord>()));
    delivery_count_ = TRY(t.Count(Query<DeliveryRecord>()));
    return Ok();
  });
}

std::string Checker::Check() {
  const Status status = Read();
  if (!status.ok()) return status.error().message();
  ids_.clear();
  std::set<std::string> present;
  for (const SimJob& job : jobs_) {
    ids_.push_back(job.id);
    present.insert(job.id);
    const auto [entry, is_new] = seen_.try_emplace(job.id, Seen{job, clock_.Seconds(), 0, 0});
    Seen& seen = entry->second;
    if (is_new) continue;
    const std::string wrong = CheckStep(seen.job, job, seen.sign_of_life_s);
    if (!wrong.empty()) return fmt::format("{}: {}", job.id, wrong);
    if (seen.job.lease_serial != job.lease_serial) seen.sign_of_life_s = clock_.Seconds();
    seen.job = job;
  }
  for (const std::string& id : acknowledged_) {
    if (!present.contains(id)) return fmt::format("{} was acknowledged and is lost", id);
  }
  std::string wrong = CheckEvents();
  for (auto& [id, seen] : seen_) {
    if (!wrong.empty()) return wrong;
    wrong = CheckJob(seen);
    if (!wrong.empty()) wrong = fmt::format("{}: {}", id, wrong);
  }
  if (wrong.empty()) wrong = CheckUsage();
  if (wrong.empty()) wrong = CheckTotals();
  return wrong;
}

std::string Checker::CheckEvents() {
  for (const EventRecord& event : events_) {
    if (event.seq <= last_seq_) return fmt::format("event {} after {}", event.seq, last_seq_);
    last_seq_ = event.seq;
    const auto seen = seen_.find(event.job_id);
    if (seen == seen_.end()) return fmt::format("event {} is of no job", event.seq);
    if (IsTerminalEvent(event.type)) ++seen->second.terminal_event_count;
    if (event.type == "job.in_progress") ++seen->second.lease_event_count;
  }
  return {};
}

// From what a job was to what it is.
std::string Checker::CheckStep(const SimJob& before, const SimJob& now,
                               double sign_of_life_s) const {
  if (IsTerminal(before.state) && Ending(before) != Ending(now)) {
    return fmt::format("changed after its end: {} attempt {} to {} attempt {}",
                       NameOf(before.state), before.attempt, NameOf(now.state), now.attempt);
  }
  if (now.attempt < before.attempt || now.attempt > before.attempt + 1) {
    return fmt::format("attempt {} after {}", now.attempt, before.attempt);
  }
  if (now.crash_count > before.crash_count) {
    const double silent_ms = (clock_.Seconds() - sign_of_life_s) * 1000;
    if (silent_ms < static_cast<double>(limits_.queue.lease_ms)) {
      return fmt::format("was taken from a worker silent for {} ms", silent_ms);
    }
  }
  return {};
}

std::string Checker::CheckJob(const Seen& seen) const {
  const SimJob& job = seen.job;
  const bool running = job.state == JobState::kInProgress;
  if (running == job.lease_owner.empty()) return "running and owned must be the same";
  if (seen.terminal_event_count != (IsTerminal(job.state) ? 1 : 0)) {
    return fmt::format("{} with {} terminal events", NameOf(job.state), seen.terminal_event_count);
  }
  if (seen.lease_event_count != job.attempt) {
    return fmt::format("attempt {} with {} leases", job.attempt, seen.lease_event_count);
  }
  const bool crashed = job.error_code == "worker_crashed";
  const bool parked = job.crash_count >= limits_.queue.crashes_max;
  if (crashed != (parked && job.state == JobState::kFailed) || (parked && !IsTerminal(job.state))) {
    return fmt::format("{} after {} crashes", NameOf(job.state), job.crash_count);
  }
  if (job.state == JobState::kCompleted &&
      job.output_json != fmt::format("attempt {}", job.attempt)) {
    return fmt::format("completed by \"{}\" during attempt {}", job.output_json, job.attempt);
  }
  const double since_s = std::max(seen.sign_of_life_s, reapers_since_s_);
  const double silent_ms = (clock_.Seconds() - since_s) * 1000;
  const int64_t silent_ms_max = limits_.queue.lease_ms + 2 * limits_.reap_interval_ms;
  if (running && silent_ms > static_cast<double>(silent_ms_max)) {
    return fmt::format("its worker is silent for {} ms, and it still runs", silent_ms);
  }
  return {};
}

// A day's account is what its jobs hold, no more and no less.
std::string Checker::CheckUsage() const {
  std::map<std::pair<std::string, int64_t>, int64_t> held;
  for (const SimJob& job : jobs_) {
    const bool holds = !IsTerminal(job.state) || job.state == JobState::kCompleted;
    held[{job.person_id, job.held_day}] += holds ? job.seconds : 0;
  }
  for (const UsageRecord& usage : usage_) {
    const int64_t expected = held[{usage.person_id, usage.day}];
    held.erase({usage.person_id, usage.day});
    if (usage.video_seconds != expected ||
        usage.video_seconds > limits_.queue.video_seconds_per_day_max) {
      return fmt::format("{} has {} s on day {}, their jobs hold {}", usage.person_id,
                         usage.video_seconds, usage.day, expected);
    }
  }
  for (const auto& [account, seconds] : held) {
    if (seconds != 0)
      return fmt::format("{} holds {} s without an account", account.first, seconds);
  }
  return {};
}

std::string Checker::CheckTotals() const {
  int64_t queued = 0, ended_with_webhook = 0;
  std::map<std::string, int64_t> queued_of, running_of, of_request;
  for (const SimJob& job : jobs_) {
    if (job.state == JobState::kQueued) ++queued, ++queued_of[job.person_id];
    if (job.state == JobState::kInProgress) ++running_of[job.person_id];
    if (IsTerminal(job.state) && job.person_id == limits_.webhook_person_id) ++ended_with_webhook;
    if (!job.request_id.empty() && ++of_request[job.request_id] > 1) {
      return fmt::format("request {} made two jobs", job.request_id);
    }
  }
  for (const auto& [person, count] : running_of) {
    if (count > limits_.queue.running_per_person_max) {
      return fmt::format("{} has {} running", person, count);
    }
  }
  if (delivery_count_ != ended_with_webhook) {
    return fmt::format("{} webhooks for {} endings", delivery_count_, ended_with_webhook);
  }
  return {};
}

std::string Checker::CheckAllOver() const {
  for (const auto& [id, seen] : seen_) {
    if (!IsTerminal(seen.job.state)) {
      return fmt::format("{} is {} for ever", id, NameOf(seen.job.state));
    }
  }
  return {};
}

}  // namespace aozora
