// SPDX-License-Identifier: Apache-2.0
#include "jobs/queued_ceiling.h"

#include "store/job_records.h"

namespace aozora {

Result<bool> QueuedCeiling::IsWithin(Transaction& transaction, const std::string& person_id,
                                     int64_t limit, int64_t event_seq, int64_t* count) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = counted_.find(person_id);
    if (known != counted_.end()) {
      const int64_t since = event_seq - known->second.event_seq;
      // Where all events were swept away, or the store was put back, nothing is known.
      if (since >= 0 && known->second.count + since <= limit) return true;
    }
  }
  Query<JobRecord> queued;
  queued.Equal(&JobRecord::state, JobState::kQueued);
  if (!person_id.empty()) queued.Equal(&JobRecord::person_id, person_id);
  *count = TRY(transaction.Count(queued));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (counted_.size() >= kPeopleMax) counted_.clear();
  counted_[person_id] = {*count, event_seq};
  return *count <= limit;
}

}  // namespace aozora
