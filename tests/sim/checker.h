// SPDX-License-Identifier: Apache-2.0
// The judge: looks at the rows after every event, and at nothing that the queue says about itself.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "jobs/limits.h"
#include "store/job_records.h"
#include "store/store.h"

namespace aozora {

struct SimJob {
  using ViewOf = JobRecord;
  std::string id;
  std::string person_id;
  JobState state = JobState::kQueued;
  int64_t created_seq = 0;
  int64_t attempt = 0;
  int64_t crash_count = 0;
  int64_t lease_serial = 0;
  std::string lease_owner;
  int64_t seconds = 0;
  int64_t held_day = 0;
  std::string request_id;
  std::string output_json;
  std::string error_code;
  std::optional<int64_t> completed_ms;

  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &SimJob::id), Field("person_id", &SimJob::person_id),
        Field("state", &SimJob::state), Field("created_seq", &SimJob::created_seq),
        Field("attempt", &SimJob::attempt), Field("crash_count", &SimJob::crash_count),
        Field("lease_serial", &SimJob::lease_serial), Field("lease_owner", &SimJob::lease_owner),
        Field("seconds", &SimJob::seconds), Field("held_day", &SimJob::held_day),
        Field("request_id", &SimJob::request_id), Field("output_json", &SimJob::output_json),
        Field("error_code", &SimJob::error_code), Field("completed_ms", &SimJob::completed_ms));
  }
};

struct CheckedLimits {
  QueueLimits queue;
  std::string webhook_person_id;  // has one endpoint, which wants all events
  int64_t reap_interval_ms = 0;   // how long at most between two looks at leases
};

class Checker {
 public:
  Checker(Store& store, const Clock& clock, CheckedLimits limits);

  // The first thing that is not as it must be, or nothing.
  std::string Check();

  void Acknowledge(const std::string& job_id) { acknowledged_.insert(job_id); }
  // Observers of leases forgot what they saw, or could not act on it.
  void ReapersStartAnew() { reapers_since_s_ = clock_.Seconds(); }
  // All of them, oldest first, as Check saw them last.
  const std::vector<std::string>& ids() const { return ids_; }
  const SimJob& job(const std::string& id) const { return seen_.at(id).job; }
  std::string CheckAllOver() const;  // at the end nothing waits or runs

 private:
  struct Seen {
    SimJob job;
    double sign_of_life_s = 0;
    int64_t terminal_event_count = 0;
    int64_t lease_event_count = 0;
  };
  Status Read();
  std::string CheckEvents();
  std::string CheckStep(const SimJob& before, const SimJob& now, double sign_of_life_s) const;
  std::string CheckJob(const Seen& seen) const;
  std::string CheckUsage() const;
  std::string CheckTotals() const;

  Store& store_;
  const Clock& clock_;
  const CheckedLimits limits_;
  std::set<std::string> acknowledged_;
  std::map<std::string, Seen> seen_;
  std::vector<std::string> ids_;
  int64_t last_seq_ = 0;
  double reapers_since_s_ = 0;
  // What Read read.
  std::vector<SimJob> jobs_;
  std::vector<EventRecord> events_;
  std::vector<UsageRecord> usage_;
  int64_t delivery_count_ = 0;
};

}  // namespace aozora
