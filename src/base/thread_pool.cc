// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <hwy/cache_control.h>
#include <sched.h>

#include "base/check.h"

namespace aozora {
namespace {

// How often a thread looks for work before it sleeps: some 50 to 100 microseconds. Loops follow
// each other faster than that, and a thread that sleeps in between does not only wake up late: if
// anything else runs on its processor, the scheduler wakes it on the one that its waker keeps busy,
// and leaves it there for up to tenths of a second (measured: half the speed next to a compiler of
// the lowest priority, on two processors).
constexpr uint32_t kSpinCount = 2000;

}  // namespace

struct ThreadPool::Loop {
  FunctionRef<void(uint64_t, uint32_t)> fn;
  uint64_t task_count;
  std::atomic<uint64_t> next{0};
};

ThreadPool::ThreadPool(uint32_t thread_count) {
  CHECK_LE(1u, thread_count);
  if (thread_count <= HardwareThreadCount()) spin_count_ = kSpinCount;
  threads_.reserve(thread_count - 1);
  for (uint32_t worker = 1; worker < thread_count; ++worker) {
    threads_.emplace_back([this, worker] { WorkerMain(worker); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    ++generation_;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::RunTasks(Loop& loop, uint32_t worker) {
  for (;;) {
    const uint64_t task = loop.next.fetch_add(1, std::memory_order_relaxed);
    if (task >= loop.task_count) return;
    loop.fn(task, worker);
  }
}

template <class Condition>
void ThreadPool::SpinUntil(const Condition& condition) const {
  for (uint32_t i = 0; i < spin_count_ && !condition(); ++i) hwy::Pause();
}

void ThreadPool::ParallelFor(uint64_t task_count,
                             FunctionRef<void(uint64_t task, uint32_t worker)> fn) {
  if (task_count == 0) return;
  Loop loop{fn, task_count};
  if (threads_.empty() || task_count == 1) {
    RunTasks(loop, 0);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    CHECK(loop_ == nullptr);
    loop_ = &loop;
    ++generation_;
  }
  wake_.notify_all();
  RunTasks(loop, 0);
  SpinUntil([this] { return running_count_ == 0; });
  std::unique_lock lock(mutex_);
  loop_ = nullptr;  // a worker that wakes up only now finds nothing to do
  done_.wait(lock, [this] { return running_count_ == 0; });
}

void ThreadPool::WorkerMain(uint32_t worker) {
  uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    lock.unlock();
    SpinUntil([&] { return generation_ != seen; });
    lock.lock();
    wake_.wait(lock, [&] { return stop_ || (loop_ != nullptr && generation_ != seen); });
    if (stop_) return;
    seen = generation_;
    Loop& loop = *loop_;
    ++running_count_;
    lock.unlock();
    RunTasks(loop, worker);
    lock.lock();
    if (--running_count_ == 0) done_.notify_one();
  }
}

uint32_t HardwareThreadCount() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<uint32_t>(count);
  }
  const unsigned count = std::thread::hardware_concurrency();
  return count > 0 ? count : 1;
}

}  // namespace aozora
