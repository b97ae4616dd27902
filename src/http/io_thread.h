// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/asio.h"

namespace aozora::http {

class Connection;

// A thread with the connections that live on it. What may be called from other threads says so.
class IoThread {
 public:
  explicit IoThread(const Clock& clock);
  ~IoThread();  // its connections are gone by then
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void Start();
  asio::io_context& context() { return context_; }  // any thread

  // Any thread. All take effect later, on this one.
  void Notify(std::string_view topic);
  void BeginDrain();
  void AbortAll();

  void Add(Connection* connection);
  void Remove(Connection* connection);
  void Subscribe(const std::vector<std::string>& topics, Connection* connection);
  void Unsubscribe(const std::vector<std::string>& topics, Connection* connection);

  // For bytes that are looked at before anything else happens on this thread.
  std::span<char> scratch() { return scratch_; }

 private:
  Task<void> KeepTime();
  void Deliver();

  static constexpr size_t kScratchBytes = 64 << 10;
  // Topics are kept by the streams that have them: (topic, stream), in order of topic.
  using Subscription = std::pair<std::string_view, Connection*>;

  const Clock& clock_;
  asio::io_context context_;
  asio::executor_work_guard<Executor> work_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  std::unordered_set<Connection*> connections_;
  std::set<Subscription> subscriptions_;
  std::array<char, kScratchBytes> scratch_;
  bool stopping_ = false;

  std::mutex mutex_;
  std::set<std::string, std::less<>> notified_;  // guarded by mutex_; waits for Deliver
  std::thread thread_;
};

}  // namespace aozora::http
