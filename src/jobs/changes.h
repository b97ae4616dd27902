// SPDX-License-Identifier: Apache-2.0
// The steps of a job's life as parts of a transaction: what each writes beside the job itself.
#pragma once

#include <string>
#include <string_view>

#include "base/random_source.h"
#include "base/result.h"
#include "jobs/limits.h"
#include "store/job_records.h"
#include "store/store.h"

namespace aozora {

struct ChangeContext {
  Transaction& transaction;
  RandomSource& random;
  const QueueLimits& limits;
  int64_t now_ms;
};

int64_t DayOf(int64_t ms);  // since 1970-01-01 UTC

// Where an event of this job stands in the order of all.
Result<int64_t> AppendEvent(ChangeContext& context, const JobRecord& job, std::string_view type);

Result<int64_t> NewestEvent(Transaction& transaction);  // there; 0: there is none

// Writes what differs, and the event.
Status ChangeJob(ChangeContext& context, const JobRecord& before, const JobRecord& after,
                 std::string_view event_type);

// Nothing is under way.
inline void ClearStage(JobRecord* job) {
  job->stage.clear();
  job->step = job->step_count = 0;
}

// From queued or running into a terminal state: `after` has the state and its reason. Settles the
// allowance and adds the webhooks.
Status EndJob(ChangeContext& context, const JobRecord& before, JobRecord* after);

// From running back to queued.
Status RequeueJob(ChangeContext& context, const JobRecord& before, JobRecord* after);

Status Audit(ChangeContext& context, std::string_view actor, std::string_view action,
             std::string_view subject, std::string_view detail);

}  // namespace aozora
