// SPDX-License-Identifier: Apache-2.0
// Whether a new job is taken.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "jobs/job_ceiling.h"
#include "jobs/limits.h"
#include "jobs/queue.h"
#include "jobs/refusal.h"
#include "store/people_records.h"
#include "store/store.h"

namespace aozora {

struct Admission {
  PersonRecord person;
  UsageRecord usage;  // of the day that holds the seconds; not in the store yet if `usage_is_new`
  bool usage_is_new = false;
  std::optional<Refusal> refusal;
};

// Reads all that the limits ask for. kNotFound for a person that does not exist.
Result<Admission> Admit(Transaction& transaction, const NewJob& job, const QueueLimits& limits,
                        JobCeiling& ceiling, const std::optional<DiskSpace>& disk, int64_t now_ms);

// Of a day: the person's own limit or everybody's, and all grants that hold at that moment.
Result<int64_t> VideoSecondsMax(Transaction& transaction, const PersonRecord& person,
                                const QueueLimits& limits, int64_t now_ms);
Result<int64_t> GrantedSeconds(Transaction& transaction, const std::string& person_id,
                               int64_t at_ms);

}  // namespace aozora
