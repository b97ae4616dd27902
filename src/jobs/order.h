// SPDX-License-Identifier: Apache-2.0
// Whose job is next, and when one that waits will be.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "jobs/limits.h"
#include "jobs/stops.h"
#include "store/job_records.h"
#include "store/store.h"

namespace aozora {

// What choosing depends on, read in one transaction.
struct Waiting {
  struct Person {
    int64_t running_count = 0;
    int64_t running_max = 0;
    int64_t completed_seconds = 0;  // of video, today
  };
  std::vector<QueuedJob> queued;
  std::vector<QueuedJob> running;
  std::map<std::string, Person> people;  // of the queued jobs
};

Result<Waiting> ReadWaiting(Transaction& transaction, const QueueLimits& limits, int64_t now_ms);

// The queue in the order in which it would be leased. Priority first, then the person of whom least
// runs, then the one who had least video today, then the oldest job.
class FairOrder {
 public:
  // Jobs are taken from `waiting`, which must outlive this.
  explicit FairOrder(const Waiting& waiting);
  // The next, counted as running from now on; null at the end. Nobody gets more than their
  // running_max, unless `over_limit`: then it says who comes once others have finished.
  const QueuedJob* Next(bool over_limit);

 private:
  struct Line {
    Waiting::Person person;
    std::vector<const QueuedJob*> jobs;  // the next is the last
  };
  static bool GoesBefore(const Line& a, const Line& b);
  std::map<std::string, Line> lines_;
};

// How long renders took, against what was planned, of the newest completed jobs of each model.
class RenderSpeed {
 public:
  static Result<RenderSpeed> Measure(Transaction& transaction, const Waiting& waiting,
                                     const QueueLimits& limits);
  std::optional<int64_t> EstimateMs(const QueuedJob& job) const;
  // Between the ends of two jobs, with so many workers.
  std::optional<int64_t> IntervalMs(int64_t worker_count) const;

 private:
  struct Model {
    int64_t render_ms = 0;
    int64_t estimated_ms = 0;  // of those renders that had an estimate
    int64_t estimated_render_ms = 0;
    int64_t count = 0;
  };
  std::map<std::string, Model> models_;
};

int64_t WorkerCount(const Waiting& waiting);  // that run something

}  // namespace aozora
