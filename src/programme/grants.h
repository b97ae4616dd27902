// SPDX-License-Identifier: Apache-2.0
// More seconds of video for a person, each day of a time, on top of the daily limit.
#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "programme/act.h"
#include "store/people_records.h"
#include "store/programme_records.h"

namespace aozora {

inline constexpr int64_t kGrantedSecondsMax = 1'000'000;
inline constexpr int64_t kGrantMsMax = 366 * kDayMs;

struct NewGrant {
  std::string person_id = {};
  int64_t video_seconds = 0;  // a day
  int64_t starts_ms = 0;
  int64_t ends_ms = 0;
  std::string note = {};
};

// Any thread.
class Grants {
 public:
  explicit Grants(Ground ground) : ground_(ground) {}

  // kNotFound: no such person. kInvalid: out of bounds, or over before it begins.
  Result<GrantRecord> Give(const NewGrant& grant, const Actor& admin);
  Result<GrantRecord> Revoke(const std::string& id, const Actor& admin);  // kNotFound
  // Of one person, or, with an empty id, of everybody; newest first.
  Result<std::vector<GrantRecord>> List(const std::string& person_id);

 private:
  Ground ground_;
};

}  // namespace aozora
