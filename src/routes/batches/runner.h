// SPDX-License-Identifier: Apache-2.0
// Moves batches on: validating -> in_progress -> finalizing -> completed, or failed, expired,
// cancelled. All that it knows is in the store, and each step may be taken twice, so that it can
// die at any point and go on in another process.
#pragma once

#include "api/service.h"
#include "store/asset_records.h"

namespace aozora::routes {

struct BatchLimits {
  uint64_t file_bytes_max = 100'000'000;
  int64_t line_count_max = 50'000;
  size_t line_bytes_max = 1'000'000;
  size_t custom_id_bytes_max = 512;
  int64_t error_count_max = 100;     // of a file that is refused: more are not listed
  int64_t items_per_round_max = 50;  // jobs made, or looked at, before others have their turn
};

class BatchRunner {
 public:
  explicit BatchRunner(const api::Service& service, BatchLimits limits = {})
      : service_(service), limits_(limits) {}

  // One round for each open batch. Whether there is more to do at once. One thread at a time.
  Result<bool> Step();

 private:
  Result<bool> StepOf(const BatchRecord& batch);
  Status Validate(const BatchRecord& batch);
  Result<bool> Advance(const BatchRecord& batch);
  Result<bool> Submit(const BatchRecord& batch);   // items that have no job yet
  Result<bool> Collect(const BatchRecord& batch);  // jobs that are over
  Status Abandon(const BatchRecord& batch);        // cancelled or expired: what waits is told so
  Status WriteResults(const BatchRecord& batch);

  const api::Service& service_;
  const BatchLimits limits_;
};

}  // namespace aozora::routes
