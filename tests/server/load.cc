// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDriverCount = 16;  // connections; more than are ever busy at once

}  // namespace

const char* const kSmallJob =
    R"({"prompt":"a red boat","size":"64x64","seconds":"1","fps":8,"steps":2})";

double Timings::At(double share) const {
  if (ms.empty()) return 0;
  return ms[static_cast<size_t>(share * static_cast<double>(ms.size() - 1))];
}

std::unique_ptr<Served> LoadPlace::Serve(int worker_count) const {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::vector<std::string> options = UnlimitedOptions();
  for (const std::string& more : {std::string("--workers"), std::to_string(worker_count),
                                  std::string("--connections-per-address"), std::string("16384")}) {
    options.push_back(more);
  }
  auto served = std::make_unique<Served>(folder / "data", folder / "log", options);
  CHECK(served->StartFirst());
  return served;
}

Timings Drive(const Served& served, const Pace& pace,
              const std::function<bool(Client&, int)>& ask) {
  const int count = static_cast<int>(pace.per_second * pace.seconds);
  const Clock::time_point begin = Clock::now() + std::chrono::milliseconds(50);
  std::atomic<int> next{0};
  std::mutex mutex;
  Timings timings;
  const auto drive = [&] {
    Client client(served.port(), served.key());
    for (int i = next++; i < count; i = next++) {
      const auto due = begin + std::chrono::microseconds(1'000'000LL * i / pace.per_second);
      std::this_thread::sleep_until(due);
      const bool good = ask(client, i);
      const double took_ms = std::chrono::duration<double, std::milli>(Clock::now() - due).count();
      const std::lock_guard lock(mutex);
      if (good) {
        timings.ms.push_back(took_ms);
      } else {
        ++timings.failed_count;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kDriverCount; ++i) threads.emplace_back(drive);
  for (std::thread& thread : threads) thread.join();
  std::sort(timings.ms.begin(), timings.ms.end());
  return timings;
}

nlohmann::json MakeJobs(const Served& served, const std::string& body) {
  const Answer answer = Client(served.port(), served.key()).Post("/v1/videos", body);
  if (answer.status != 200) fmt::print(stderr, "{}\n", answer.body);
  CHECK_EQ(answer.status, 200);
  return nlohmann::json::parse(answer.body);
}

}  // namespace aozora
