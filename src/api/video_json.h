// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "api/service.h"
#include "store/job_records.h"

namespace aozora::api {

// The code that a job shows which somebody stopped: the status set of the Videos API is closed, so
// it is a failed one.
inline constexpr std::string_view kCancelledCode = "cancelled";

// A job as the Videos API shows it: all thirteen keys, those without a value null, and `aozora`
// with what that API has no place for. `place` is known for waiting and running jobs.
nlohmann::json VideoJson(const DataFolder& folder, const JobRecord& job,
                         const std::optional<QueuePlace>& place);
// The same, with the place looked up.
Result<nlohmann::json> VideoJson(const Service& service, const JobRecord& job);

// Where the picture of a running render is, if it has one.
std::filesystem::path PreviewPath(const DataFolder& folder, std::string_view job_id);

// "queued", "in_progress", "completed" or "failed".
std::string_view StatusOf(JobState state);

}  // namespace aozora::api
