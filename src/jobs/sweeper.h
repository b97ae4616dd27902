// SPDX-License-Identifier: Apache-2.0
// Removes what is over: outputs that expired or were deleted, uploads, keys of forgotten requests,
// old events and deliveries, and bytes in the data folder that no row knows.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "jobs/data_folder.h"
#include "jobs/limits.h"
#include "jobs/queue.h"
#include "store/store.h"

namespace aozora {

struct Swept {
  int64_t expired_jobs = 0;     // lost their files now
  int64_t removed_folders = 0;  // of jobs whose files were doomed, and orphans
  int64_t removed_files = 0;
  int64_t erased_rows = 0;
  bool more = false;              // a batch was full: call again
  bool clock_distrusted = false;  // nothing was judged by its age
};

class Sweeper {
 public:
  Sweeper(Store& store, JobQueue& queue, const Clock& clock, DataFolder folder,
          SweepLimits limits = {});

  Result<Swept> Sweep();  // one batch of everything; one thread at a time

 private:
  bool TrustsClock();
  Status ExpireFiles(Swept* swept);
  Status RemoveDoomed(Swept* swept);
  Status EraseOld(Swept* swept);
  Status RemoveOrphans(Swept* swept);
  using KeepsFn = FunctionRef<Result<bool>(Transaction&, const std::string& id)>;
  // Of at least that age, by the clock of the disk.
  Status RemoveUnkept(const std::filesystem::path& folder, int64_t age_min_ms, KeepsFn keeps,
                      int64_t* count, bool* more);

  Store& store_;
  JobQueue& queue_;
  const Clock& clock_;
  const DataFolder folder_;
  const SweepLimits limits_;
  double last_monotonic_s_ = -1;
  int64_t last_wall_ms_ = 0;
  double distrusted_until_s_ = -1;
};

}  // namespace aozora
