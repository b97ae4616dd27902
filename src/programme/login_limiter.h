// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace aozora {

// How often a password may be tried: after a few failures each further one costs twice the wait of
// the one before, for the name that is tried and for the address it comes from. A name can so be
// shut out for wait_max_s, never for good. A try counts as failed until it is said to have
// succeeded, so that many at once gain nothing. Kept in memory: a restart forgives. Any thread.
class LoginLimiter {
 public:
  struct Limits {
    int64_t free_of_name = 5;
    int64_t free_of_address = 30;  // a school or an office behind one
    double wait_first_s = 1;
    double wait_max_s = 900;
    double forgets_after_s = 3'600;  // without a failure
    size_t entries_max = 100'000;    // then the oldest half goes
  };

  explicit LoginLimiter(const Clock& clock) : LoginLimiter(clock, Limits()) {}
  LoginLimiter(const Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

  // 0: go on. Otherwise the whole seconds to wait, and nothing was counted.
  uint32_t Try(std::string_view name, std::string_view address);
  // The name is forgiven; the address gets back this one try, since whoever has one good password
  // must not buy tries of others' with it.
  void Succeeded(std::string_view name, std::string_view address);

 private:
  struct Entry {
    int64_t failures = 0;
    double last_s = 0;
    double blocked_until_s = 0;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  uint32_t Wait(const std::string& key, double now_s);
  void Count(const std::string& key, int64_t free, double now_s);
  double WaitAfter(int64_t failures, int64_t free) const;
  void Shrink();

  const Clock& clock_;
  const Limits limits_;
  std::mutex mutex_;
  Entries entries_;
};

// An address as limits count it: of IPv6 the first 64 bits, which is what one customer gets.
std::string LimitedAddress(std::string_view address);

}  // namespace aozora
