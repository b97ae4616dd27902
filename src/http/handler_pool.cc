// SPDX-License-Identifier: Apache-2.0
#include "http/handler_pool.h"

#include "base/check.h"

namespace aozora::http {

HandlerPool::HandlerPool(uint32_t thread_count, uint32_t queue_max) : queue_max_(queue_max) {
  CHECK(thread_count > 0);
  for (uint32_t i = 0; i < thread_count; ++i) threads_.emplace_back([this] { ThreadMain(); });
}

void HandlerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void HandlerPool::Post(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    begun_.push_back(std::move(job));
  }
  wake_.notify_one();
}

bool HandlerPool::TryPost(std::unique_ptr<Job>* job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= queue_max_) return false;
    waiting_.push_back(std::move(*job));
  }
  wake_.notify_one();
  return true;
}

void HandlerPool::ThreadMain() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || !begun_.empty() || !waiting_.empty(); });
    const bool begun = waiting_.empty() || (!begun_.empty() && !turn_of_waiting_);
    std::deque<std::unique_ptr<Job>>& from = begun ? begun_ : waiting_;
    if (from.empty()) return;  // and stop_
    turn_of_waiting_ = begun;
    std::unique_ptr<Job> job = std::move(from.front());
    from.pop_front();
    lock.unlock();
    job->Run();
    job.reset();
    lock.lock();
  }
}

}  // namespace aozora::http
