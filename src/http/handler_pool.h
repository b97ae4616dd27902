// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace aozora::http {

// Threads for what may block. Requests that have begun take turns with those that have not: neither
// a crowd of downloads nor one of new requests keeps the others waiting.
class HandlerPool {
 public:
  class Job {
   public:
    virtual ~Job() = default;
    virtual void Run() = 0;
  };

  HandlerPool(uint32_t thread_count, uint32_t queue_max);
  ~HandlerPool() { Stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  // Runs what is left and ends the threads. Nothing may be posted any more.
  void Stop();

  // A job of a request that has begun: always taken. There are at most as many as connections.
  void Post(std::unique_ptr<Job> job);
  // The first job of a request. False, and the job is still the caller's, if too many wait already.
  bool TryPost(std::unique_ptr<Job>* job);

 private:
  void ThreadMain();

  const uint32_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> begun_;  // guarded by mutex_, as all below
  std::deque<std::unique_ptr<Job>> waiting_;
  bool turn_of_waiting_ = false;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace aozora::http
