// SPDX-License-Identifier: Apache-2.0
#include "access/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace aozora {

double RateLimiter::Filled(const Bucket& bucket, double now_s) const {
  const double dripped = std::max(now_s - bucket.at_s, 0.0) * per_minute_ / 60;
  return std::min(bucket.tokens + dripped, double{1} * per_minute_);
}

void RateLimiter::ForgetFull(double now_s) {
  std::erase_if(buckets_,
                [&](const auto& entry) { return Filled(entry.second, now_s) >= per_minute_; });
  if (buckets_.size() >= kNamesMax) buckets_.clear();  // more names than anybody has keys
}

RateLimiter::Verdict RateLimiter::Take(std::string_view name) {
  Verdict verdict;
  if (per_minute_ == 0) return verdict;
  const double now_s = clock_.Seconds();
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(name);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kNamesMax) ForgetFull(now_s);
    found = buckets_.emplace(std::string(name), Bucket{double{1} * per_minute_, now_s}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = Filled(bucket, now_s);
  bucket.at_s = now_s;
  const double drip_s = 60.0 / per_minute_;
  verdict.limit = per_minute_;
  verdict.allowed = bucket.tokens >= 1;
  if (verdict.allowed) {
    bucket.tokens -= 1;
  } else {
    verdict.retry_after_s = static_cast<uint32_t>(std::ceil((1 - bucket.tokens) * drip_s));
  }
  verdict.remaining = static_cast<uint32_t>(bucket.tokens);
  verdict.reset_s = (per_minute_ - bucket.tokens) * drip_s;
  return verdict;
}

}  // namespace aozora
