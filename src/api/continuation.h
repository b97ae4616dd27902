// SPDX-License-Identifier: Apache-2.0
// How a finished video is to go on.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "api/problem.h"
#include "api/served_models.h"
#include "store/job_records.h"

namespace aozora::api {

// Of all parts of a video together, as the Videos API had it for extensions.
inline constexpr uint32_t kJoinedSecondsMax = 120;

struct Continuation {
  uint32_t kept_seconds = 0;   // of the video, at its start; the new part follows
  uint32_t added_seconds = 0;  // the new part
  bool loops = false;          // back to the video's first picture
  std::string target_id;       // or into another video, which follows; empty: neither
  uint32_t target_seconds = 0;

  uint32_t seconds() const { return kept_seconds + added_seconds + target_seconds; }
};

// The body of extendVideo, or the part of estimateVideo's that is like it, checked against the
// contract: what the model can do from there, else a problem that says what it could. `target` is
// the video that body["into"] names, or null.
Outcome<Continuation> ReadContinuation(const ServedModel& model, const JobRecord& source,
                                       const JobRecord* target, const nlohmann::json& body);

}  // namespace aozora::api
