// SPDX-License-Identifier: Apache-2.0
#include "http/connection_counter.h"

#include "base/check.h"

namespace aozora::http {

bool ConnectionCounter::Add(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (count_max_ > 0 && count_ >= count_max_) return false;
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) {
    by_address_.emplace(address, 1);
  } else if (per_address_max_ > 0 && found->second >= per_address_max_) {
    return false;
  } else {
    ++found->second;
  }
  ++count_;
  return true;
}

void ConnectionCounter::Remove(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  CHECK(found != by_address_.end());
  if (--found->second == 0) by_address_.erase(found);
  if (--count_ == 0) none_.notify_all();
}

size_t ConnectionCounter::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool ConnectionCounter::WaitForNone(std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, patience, [&] { return count_ == 0; });
}

void ConnectionCounter::WaitForNone() const {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [&] { return count_ == 0; });
}

}  // namespace aozora::http
