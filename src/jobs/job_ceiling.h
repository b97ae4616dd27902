// SPDX-License-Identifier: Apache-2.0
// How many jobs there are of a kind at most, without counting them again for each that comes.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "store/job_records.h"
#include "store/store.h"

namespace aozora {

// A job that begins to wait has an event (whichever process put it there), so since a count was
// made it has grown by at most the number of events. While that is below a limit, there is nothing
// to count; a queue of ten thousand would else be counted for each newcomer. Any thread.
class JobCeiling {
 public:
  struct Moment {
    int64_t event_seq = 0;  // the newest event's
    int64_t at_ms = 0;
  };

  // Whether `jobs` are at most `limit`. They are those of one kind and person, which `name` tells
  // apart from others: a job becomes one with an event, and not by the time that passes. Never true
  // wrongly; `*count` is exact where it is false.
  Result<bool> IsWithin(Transaction& transaction, const std::string& name,
                        const Query<JobRecord>& jobs, int64_t limit, const Moment& now,
                        int64_t* count);

 private:
  static constexpr size_t kNamesMax = 10'000;  // remembered; then all are forgotten

  struct Counted {
    int64_t count = 0;
    Moment then;
  };
  std::mutex mutex_;
  std::map<std::string, Counted, std::less<>> counted_;  // by name; guarded by mutex_
};

}  // namespace aozora
