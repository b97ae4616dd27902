// SPDX-License-Identifier: Apache-2.0
#include "programme/login_limiter.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/encoding.h"

namespace aozora {
namespace {

constexpr int64_t kDoublingsMax = 30;

std::string NameKey(std::string_view name) { return "name:" + std::string(name); }
std::string AddressKey(std::string_view address) { return "address:" + LimitedAddress(address); }

}  // namespace

std::string LimitedAddress(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in6_addr parsed;
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return std::string(address);
  return HexEncode({reinterpret_cast<const char*>(&parsed), 8}) + "/64";
}

uint32_t LoginLimiter::Wait(const std::string& key, double now_s) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.blocked_until_s <= now_s) return 0;
  return static_cast<uint32_t>(std::ceil(found->second.blocked_until_s - now_s));
}

void LoginLimiter::Count(const std::string& key, int64_t free, double now_s) {
  Entry& entry = entries_[key];
  if (now_s - entry.last_s > limits_.forgets_after_s) entry = Entry();
  entry.failures += 1;
  entry.last_s = now_s;
  entry.blocked_until_s = now_s + WaitAfter(entry.failures, free);
}

double LoginLimiter::WaitAfter(int64_t failures, int64_t free) const {
  if (failures < free) return 0;
  const double doubled = std::exp2(std::min(failures - free, kDoublingsMax));
  return std::min(limits_.wait_first_s * doubled, limits_.wait_max_s);
}

void LoginLimiter::Shrink() {
  if (entries_.size() < limits_.entries_max) return;
  std::vector<double> times;
  for (const auto& [key, entry] : entries_) times.push_back(entry.last_s);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  std::erase_if(entries_, [&](const auto& each) { return each.second.last_s <= *middle; });
}

uint32_t LoginLimiter::Try(std::string_view name, std::string_view address) {
  const double now_s = clock_.Seconds();
  const std::string by_name = NameKey(name), by_address = AddressKey(address);
  const std::lock_guard lock(mutex_);
  if (const uint32_t wait = std::max(Wait(by_name, now_s), Wait(by_address, now_s))) return wait;
  Shrink();
  Count(by_name, limits_.free_of_name, now_s);
  Count(by_address, limits_.free_of_address, now_s);
  return 0;
}

void LoginLimiter::Succeeded(std::string_view name, std::string_view address) {
  const double now_s = clock_.Seconds();
  const std::lock_guard lock(mutex_);
  entries_.erase(NameKey(name));
  const auto found = entries_.find(AddressKey(address));
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.failures -= 1;
  entry.blocked_until_s =
      std::min(entry.blocked_until_s, now_s + WaitAfter(entry.failures, limits_.free_of_address));
}

}  // namespace aozora
