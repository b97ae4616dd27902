// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace aozora {

// So many requests a minute for each name (a key, an address), in bursts of as many: a bucket that
// drips. Kept in memory: a restart forgives. Any thread.
class RateLimiter {
 public:
  static constexpr size_t kNamesMax = 100'000;  // full buckets are forgotten first

  struct Verdict {
    bool allowed = true;
    uint32_t limit = 0;
    uint32_t remaining = 0;
    double reset_s = 0;          // until the bucket is full again
    uint32_t retry_after_s = 0;  // where not allowed
  };

  // per_minute 0: no limit. The clock outlives it.
  RateLimiter(uint32_t per_minute, const Clock& clock) : per_minute_(per_minute), clock_(clock) {}

  Verdict Take(std::string_view name);

 private:
  struct Bucket {
    double tokens = 0;
    double at_s = 0;
  };
  double Filled(const Bucket& bucket, double now_s) const;
  void ForgetFull(double now_s);

  const uint32_t per_minute_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace aozora
