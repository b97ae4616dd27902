// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace aozora::http {

// How many connections there are, and from where. Any thread.
class ConnectionCounter {
 public:
  ConnectionCounter(uint32_t count_max, uint32_t per_address_max)  // 0: no limit
      : count_max_(count_max), per_address_max_(per_address_max) {}

  bool Add(const std::string& address);  // false, and not counted, if that would be too many
  void Remove(const std::string& address);
  size_t count() const;
  // Until there are none. False: there still are, after `patience`.
  bool WaitForNone(std::chrono::milliseconds patience) const;
  void WaitForNone() const;

 private:
  const uint32_t count_max_;
  const uint32_t per_address_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable none_;
  size_t count_ = 0;  // guarded by mutex_, as all below
  std::unordered_map<std::string, uint32_t> by_address_;
};

}  // namespace aozora::http
