// SPDX-License-Identifier: Apache-2.0
// From a checked request body to queued jobs: for a request of its own and for a line of a batch.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "api/continuation.h"
#include "api/problem.h"
#include "api/service.h"

namespace aozora::api {

inline constexpr uint32_t kSecondsDefault = 4;  // what the Videos API takes where nothing is said

// Who asks, and where the request came from.
struct Origin {
  std::string person_id;
  std::string key_id;
  std::string request_id;
  std::string address;          // of the client
  std::string role;             // of the person
  std::string batch_id;         // of a line of a batch
  std::string idempotency_key;  // empty: none
  std::string body_sha256;
};

// The body of createVideo, checked against the contract. `upload` is the picture that came as a
// file, or null; it is taken. One job, or n of them that differ in their seeds.
Outcome<std::vector<JobRecord>> CreateVideo(const Service& service, const Origin& origin,
                                            const nlohmann::json& body, http::FormFile* upload);

// The rest of what makes a job, for those that start from a finished video.
struct DerivedVideo {
  JobKind kind = JobKind::kRemix;
  JobRecord source;
  std::string prompt;
  std::optional<uint64_t> seed;  // the source's if not said
  double strength = 1;
  std::optional<Continuation> continuation;  // of an extension
};
Outcome<JobRecord> CreateDerivedVideo(const Service& service, const Origin& origin,
                                      const DerivedVideo& video);

// The model that made a finished video, if it is still served.
Outcome<const ServedModel*> ModelOf(const Service& service, const JobRecord& source);

// A job of that person's, with 404 for all others.
Outcome<JobRecord> FindVideo(const Service& service, const std::string& person_id,
                             std::string_view id);

// What CreateVideo would make of the body, or CreateDerivedVideo of a source, without making it.
struct VideoForecast {
  std::string model;
  std::string size;
  int64_t seconds = 0;        // of each
  int64_t count = 1;          // of variations
  int64_t quota_seconds = 0;  // that all of them take from today's
  int64_t quota_seconds_left = 0;
  Forecast forecast;  // of the first
};
// The body of estimateVideo: that of createVideo, or a finished video and what to do with it.
Outcome<VideoForecast> ForecastVideo(const Service& service, const Origin& origin,
                                     const nlohmann::json& body);

// What a refusal of the queue is for a client.
Problem ProblemOf(const Refusal& refusal);

// "8" or 8.
uint32_t ReadSeconds(const nlohmann::json& value);

}  // namespace aozora::api
