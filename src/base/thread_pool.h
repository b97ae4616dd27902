// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace aozora {

// A borrowed callable: no allocation, must not outlive the call it is passed to.
template <class Signature>
class FunctionRef;
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)
      FunctionRef(F&& f)  // NOLINT(runtime/explicit)
      : object_(const_cast<void*>(static_cast<const void*>(&f))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

// A fixed set of threads for loops over independent tasks. The caller is one of them.
//
// Determinism is up to the tasks: cut the work into tasks whose number and borders do not depend on
// thread_count(), let each write its own part, and the result is the same for any number of
// threads.
class ThreadPool {
 public:
  explicit ThreadPool(uint32_t thread_count);  // >= 1; 1 starts no thread at all
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  uint32_t thread_count() const { return static_cast<uint32_t>(threads_.size()) + 1; }

  // Calls fn(task, worker) once for each task in [0, task_count), worker < thread_count(), in any
  // order, and returns when all are done. Tasks are handed out one by one, so they may differ in
  // size. Not re-entrant: fn must not call ParallelFor, and one caller at a time.
  void ParallelFor(uint64_t task_count, FunctionRef<void(uint64_t task, uint32_t worker)> fn);

 private:
  struct Loop;
  void WorkerMain(uint32_t worker);
  static void RunTasks(Loop& loop, uint32_t worker);
  template <class Condition>
  void SpinUntil(const Condition& condition) const;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Loop* loop_ = nullptr;  // guarded by mutex_
  // Written under mutex_; looked at without it only to see whether it is worth locking.
  std::atomic<uint64_t> generation_{0};     // a new one for each loop, and to stop
  std::atomic<uint32_t> running_count_{0};  // workers inside the current loop
  bool stop_ = false;                       // guarded by mutex_
  uint32_t spin_count_ = 0;                 // 0 if there are more threads than processors
  std::vector<std::thread> threads_;
};

uint32_t HardwareThreadCount();  // what this process may use (affinity, cgroup), at least 1

}  // namespace aozora
