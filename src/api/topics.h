// SPDX-License-Identifier: Apache-2.0
// What event streams wait for, and what clients hear: the same words for who writes and who reads.
#pragma once

#include <string>
#include <string_view>

namespace aozora::api {

inline std::string JobTopic(std::string_view job_id) { return "job:" + std::string(job_id); }
inline std::string PersonTopic(std::string_view person_id) {
  return "person:" + std::string(person_id);
}

// "job.completed" of the store is "video.completed" for clients.
inline std::string EventName(std::string_view type) {
  constexpr std::string_view kLead = "job.";
  return type.starts_with(kLead) ? "video." + std::string(type.substr(kLead.size()))
                                 : std::string(type);
}

}  // namespace aozora::api
