// SPDX-License-Identifier: Apache-2.0
// Coroutines of an io thread that have a handler thread do something, and wait.
#pragma once

#include <memory>
#include <utility>

#include "http/asio.h"
#include "http/handler_pool.h"

namespace aozora::http {

namespace internal {

// Runs *work, then resumes the coroutine that `resume` stands for where it waited.
template <class Work, class Resume>
class PoolJob final : public HandlerPool::Job {
 public:
  PoolJob(Work* work, Resume resume) : work_(work), resume_(std::move(resume)) {}
  void Run() override {
    (*work_)();
    Finish(true);
  }
  void Finish(bool ran) {
    const auto executor = asio::get_associated_executor(resume_);
    asio::post(executor, [resume = std::move(resume_), ran]() mutable { std::move(resume)(ran); });
  }

 private:
  Work* work_;  // in the frame of the coroutine, which waits
  Resume resume_;
};

struct StartPoolJob {
  template <class Resume, class Work>
  void operator()(Resume resume, HandlerPool* pool, Work* work, bool begun) const {
    auto job = std::make_unique<PoolJob<Work, Resume>>(work, std::move(resume));
    PoolJob<Work, Resume>* const started = job.get();
    std::unique_ptr<HandlerPool::Job> any = std::move(job);
    if (begun) {
      pool->Post(std::move(any));
    } else if (!pool->TryPost(&any)) {
      started->Finish(false);
    }
  }
};

}  // namespace internal

// For a request that has begun. `work()` must not throw.
template <class Work>
Task<void> OnPool(HandlerPool* pool, Work work) {
  co_await asio::async_initiate<const Awaiting, void(bool)>(internal::StartPoolJob(), kAwait, pool,
                                                            &work, true);
}

// For the first of a request: false, and `work` did not run, if the queue is full.
template <class Work>
Task<bool> TryOnPool(HandlerPool* pool, Work work) {
  const bool ran = co_await asio::async_initiate<const Awaiting, void(bool)>(
      internal::StartPoolJob(), kAwait, pool, &work, false);
  co_return ran;
}

}  // namespace aozora::http
