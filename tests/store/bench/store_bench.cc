// SPDX-License-Identifier: Apache-2.0
// How fast jobs are created durably: as many as go from many threads, and the latency of a steady
// 200 a second, which is what the server promises. store_bench FOLDER [SECONDS]
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "jobs/queue.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

constexpr int kThreads = 32;
constexpr double kCreatesPerSecond = 200;

QueueLimits Unlimited() {
  QueueLimits limits;
  limits.queued_per_person_max = limits.queued_max = 1'000'000;
  limits.video_seconds_per_day_max = limits.creates_per_minute_max = 1'000'000'000;
  return limits;
}

struct Figures {
  std::vector<double> ms;
  double seconds = 0;
};

// Each thread starts its calls `interval_s` apart, or at once where that is 0. A call that begins
// late because the one before it was slow counts from when it should have begun.
Figures Measure(JobQueue& queue, double seconds, double interval_s) {
  Figures figures;
  std::mutex mutex;
  std::condition_variable never;
  const Clock& clock = SystemClock();
  const double begin_s = clock.Seconds();
  const auto run = [&](int thread) {
    NewJob job;
    job.person_id = fmt::format("person_{}", thread);
    job.model_asked = job.model = "mini";
    job.prompt = std::string(200, 'p');
    job.seconds = 4;
    std::vector<double> ms;
    double due_s = begin_s + interval_s * thread / kThreads;
    while (due_s < begin_s + seconds) {
      std::unique_lock<std::mutex> lock(mutex);
      const double wait_s = due_s - clock.Seconds();
      if (wait_s > 0) never.wait_for(lock, std::chrono::duration<double>(wait_s));
      lock.unlock();
      if (interval_s == 0) due_s = clock.Seconds();
      const CreateOutcome outcome = queue.Create(job).value();
      CHECK(std::holds_alternative<Created>(outcome));
      ms.push_back((clock.Seconds() - due_s) * 1000);
      due_s += interval_s;
    }
    std::lock_guard<std::mutex> lock(mutex);
    figures.ms.insert(figures.ms.end(), ms.begin(), ms.end());
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  figures.seconds = clock.Seconds() - begin_s;
  std::sort(figures.ms.begin(), figures.ms.end());
  return figures;
}

void Print(std::string_view what, const Figures& figures) {
  const auto at = [&](double share) {
    return figures.ms[static_cast<size_t>(share * static_cast<double>(figures.ms.size() - 1))];
  };
  fmt::print("{}: {:.0f} creates/s, p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, max {:.2f} ms\n",
             what, static_cast<double>(figures.ms.size()) / figures.seconds, at(0.5), at(0.99),
             at(0.999), at(1));
}

int Run(const std::filesystem::path& folder, double seconds) {
  const std::unique_ptr<Store> store =
      OpenSqliteStore(folder / "store_bench.db", ProductSchema()).value();
  const Status people = store->Write([](Transaction& t) -> Status {
    for (int i = 0; i < kThreads; ++i) {
      PersonRecord person;
      person.id = person.name = fmt::format("person_{}", i);
      TRY(t.Put(person));
    }
    return Ok();
  });
  CHECK(people.ok());
  JobQueue queue(*store, SystemClock(), SystemRandom(), Unlimited(), {});
  Print("200 a second", Measure(queue, seconds, kThreads / kCreatesPerSecond));
  Print(fmt::format("{} threads", kThreads), Measure(queue, seconds, 0));
  return 0;
}

}  // namespace
}  // namespace aozora

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "store_bench FOLDER [SECONDS]\n");
    return 2;
  }
  return aozora::Run(argv[1], argc > 2 ? std::stod(argv[2]) : 10);
}
