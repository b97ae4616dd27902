// SPDX-License-Identifier: Apache-2.0
// What makes a video one that two people look at, and why.
#pragma once

#include <string>
#include <vector>

#include "store/programme_records.h"
#include "store/store.h"

namespace aozora {

inline constexpr int64_t kFlagReasonsMax = 50;      // of one video; what comes later is not kept
inline constexpr size_t kFlagTextBytesMax = 1'000;  // of a prompt, as it is quoted

// Part of a transaction of others. The job's video is flagged from now on, for this reason beside
// earlier ones; `reason` says neither whose it is nor when. Whether it was not flagged before.
Result<bool> AddFlag(Transaction& transaction, const std::string& job_id, int64_t now_ms,
                     FlagReasonRecord reason);

// Oldest first; none: it is not flagged.
Result<std::vector<FlagReasonRecord>> FlagReasons(Transaction& transaction,
                                                  const std::string& job_id);

}  // namespace aozora
