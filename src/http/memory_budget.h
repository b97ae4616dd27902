// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "base/check.h"

namespace aozora::http {

// Bytes that all requests together may hold. Any thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // One request's part of it, given back with this object. One thread at a time.
  class Share {
   public:
    explicit Share(MemoryBudget* budget) : budget_(budget) {}
    ~Share() { budget_->bytes_.fetch_sub(bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    bool Take(uint64_t bytes) {  // false, and nothing taken, if there are no more
      if (budget_->bytes_.fetch_add(bytes) + bytes > budget_->bytes_max_) {
        budget_->bytes_.fetch_sub(bytes);
        return false;
      }
      bytes_ += bytes;
      return true;
    }

   private:
    MemoryBudget* budget_;
    uint64_t bytes_ = 0;
  };

 private:
  const uint64_t bytes_max_;
  std::atomic<uint64_t> bytes_{0};
};

}  // namespace aozora::http
