// SPDX-License-Identifier: Apache-2.0
// How many jobs wait at most, without counting them again for each that comes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace aozora {

// A job that begins to wait has an event (whichever process put it there), so since a count was
// made it has grown by at most the number of events. While that is below a limit, there is nothing
// to count; a queue of ten thousand would else be counted for each newcomer. Any thread.
class QueuedCeiling {
 public:
  // Whether the jobs that wait, of one person or ("") of everybody, are at most `limit`;
  // `event_seq` is the newest event's. Never true wrongly; `*count` is exact where it is false.
  Result<bool> IsWithin(Transaction& transaction, const std::string& person_id, int64_t limit,
                        int64_t event_seq, int64_t* count);

 private:
  static constexpr size_t kPeopleMax = 10'000;  // remembered; then all are forgotten

  struct Counted {
    int64_t count = 0;
    int64_t event_seq = 0;  // the newest event at that time
  };
  std::mutex mutex_;
  std::map<std::string, Counted, std::less<>> counted_;  // by person; guarded by mutex_
};

}  // namespace aozora
