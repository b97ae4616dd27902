// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "store/record.h"

namespace aozora {

// The number of an invisible mark and the job whose video bears it. Outlives the job: a clip that
// was deleted here may turn up elsewhere.
struct MarkRecord {
  int64_t mark_id = 0;  // 32 bits, random, not 0
  std::string job_id;
  int64_t made_ms = 0;

  static constexpr TableShape kTable{.name = "marks", .key = "mark_id", .since = 2};
  static constexpr auto Fields() {
    return std::tuple(Field("mark_id", &MarkRecord::mark_id), Field("job_id", &MarkRecord::job_id),
                      Field("made_ms", &MarkRecord::made_ms));
  }
};

}  // namespace aozora
