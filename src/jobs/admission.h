// SPDX-License-Identifier: Apache-2.0
// Whether a new job is taken.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
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

// Reads all that the limits ask for. `granted_seconds` are on top of the limit of the day.
// kNotFound for a person that does not exist.
Result<Admission> Admit(Transaction& transaction, const NewJob& job, const QueueLimits& limits,
                        const std::optional<DiskSpace>& disk, int64_t granted_seconds,
                        int64_t now_ms);

int64_t VideoSecondsMax(const PersonRecord& person, const QueueLimits& limits);

}  // namespace aozora
