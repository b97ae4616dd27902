// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace aozora {
namespace {

class ThreadPoolTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(ThreadPoolTest, RunsEachTaskOnce) {
  ThreadPool pool(GetParam());
  EXPECT_EQ(pool.thread_count(), GetParam());
  for (const uint64_t task_count : {0u, 1u, 2u, 3u, 7u, 64u, 1000u}) {
    std::vector<std::atomic<int>> run_count(task_count);
    std::atomic<bool> worker_in_range{true};
    pool.ParallelFor(task_count, [&](uint64_t task, uint32_t worker) {
      run_count[task].fetch_add(1, std::memory_order_relaxed);
      if (worker >= GetParam()) worker_in_range = false;
    });
    for (const std::atomic<int>& count : run_count) EXPECT_EQ(count.load(), 1);
    EXPECT_TRUE(worker_in_range);
  }
}

TEST_P(ThreadPoolTest, MakesWhatTheTasksWroteVisibleToTheCaller) {
  // Plain memory, no atomics: ThreadSanitizer sees a race if the loop does not order the accesses,
  // both from one loop to the next and back to the caller.
  ThreadPool pool(GetParam());
  std::vector<uint64_t> values(257, 1);
  constexpr int kLoopCount = 500;
  for (int loop = 0; loop < kLoopCount; ++loop) {
    pool.ParallelFor(values.size(), [&](uint64_t task, uint32_t) { values[task] += task; });
  }
  for (uint64_t task = 0; task < values.size(); ++task) {
    EXPECT_EQ(values[task], 1 + kLoopCount * task);
  }
}

TEST_P(ThreadPoolTest, RunsOneTaskPerWorkerAtATime) {
  // Each worker's own counter is touched without a lock.
  ThreadPool pool(GetParam());
  std::vector<uint64_t> run_count(GetParam(), 0);
  pool.ParallelFor(10'000, [&](uint64_t, uint32_t worker) { ++run_count[worker]; });
  uint64_t sum = 0;
  for (const uint64_t count : run_count) sum += count;
  EXPECT_EQ(sum, 10'000u);
}

TEST_P(ThreadPoolTest, SurvivesManyShortLoops) {
  // Workers that wake up late find the next loop, or none: nothing may run twice or get lost.
  ThreadPool pool(GetParam());
  std::atomic<uint64_t> sum{0};
  for (uint64_t loop = 0; loop < 5000; ++loop) {
    pool.ParallelFor(1 + loop % 3, [&](uint64_t task, uint32_t) { sum += task + 1; });
  }
  // Loops of 1, 2 and 3 tasks add 1, 3 and 6; 5000 = 3 * 1666 + 2.
  EXPECT_EQ(sum.load(), 1666u * (1 + 3 + 6) + 1 + 3);
}

INSTANTIATE_TEST_SUITE_P(ThreadCounts, ThreadPoolTest, ::testing::Values(1u, 2u, 3u, 8u));

TEST(ThreadPool, StartsAndStopsWithoutWork) {
  for (int i = 0; i < 50; ++i) ThreadPool pool(4);
}

TEST(ThreadPool, RunsOnTheCallerAlone) {
  ThreadPool pool(1);
  const std::thread::id caller = std::this_thread::get_id();
  pool.ParallelFor(100, [&](uint64_t, uint32_t worker) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(worker, 0u);
  });
}

TEST(ThreadPool, UsesItsOtherThreads) {
  // Two tasks that wait for each other end only if two threads run them.
  ThreadPool pool(2);
  std::atomic<int> arrived_count{0};
  pool.ParallelFor(2, [&](uint64_t, uint32_t) {
    ++arrived_count;
    while (arrived_count < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived_count.load(), 2);
}

TEST(ThreadPoolDeathTest, NeedsAThread) { EXPECT_DEATH(ThreadPool(0), "CHECK failed"); }

TEST(FunctionRef, CallsWhatItRefersTo) {
  int calls = 0;
  auto add = [&](int n) { return calls += n; };
  const FunctionRef<int(int)> ref = add;
  EXPECT_EQ(ref(2), 2);
  const FunctionRef<int(int)> copy = ref;
  EXPECT_EQ(copy(3), 5);
  // Arguments that can only be moved arrive.
  auto take = [](std::unique_ptr<int> p) { return *p; };
  const FunctionRef<int(std::unique_ptr<int>)> taker = take;
  EXPECT_EQ(taker(std::make_unique<int>(9)), 9);
}

TEST(HardwareThreadCount, IsAtLeastOne) { EXPECT_GE(HardwareThreadCount(), 1u); }

}  // namespace
}  // namespace aozora
