// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_ceiling.h"

namespace aozora {

Result<bool> JobCeiling::IsWithin(Transaction& transaction, const std::string& name,
                                  const Query<JobRecord>& jobs, int64_t limit, const Moment& now,
                                  int64_t* count) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = counted_.find(name);
    if (known != counted_.end()) {
      const Counted& counted = known->second;
      const int64_t since = now.event_seq - counted.then.event_seq;
      // Where all events were swept away, or the store or the clock was put back, nothing is known.
      const bool comparable = since >= 0 && now.at_ms >= counted.then.at_ms;
      if (comparable && counted.count + since <= limit) return true;
    }
  }
  *count = TRY(transaction.Count(jobs));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (counted_.size() >= kNamesMax) counted_.clear();
  counted_[name] = {*count, now};
  return *count <= limit;
}

}  // namespace aozora
