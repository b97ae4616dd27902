// SPDX-License-Identifier: Apache-2.0
// AOZORA_SIM_SEED=N repeats one life exactly and prints it.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/sanitized_testonly.h"
#include "base/thread_pool.h"
#include "simulation.h"

namespace aozora {
namespace {

constexpr uint64_t kSeedCount = kSanitized ? 300 : 10'000;
constexpr uint64_t kSeedsToFindAPlantedBug = 100;
constexpr uint32_t kThreadsMax = 4;

std::string Told(uint64_t seed, const SimOutcome& outcome) {
  std::string text = fmt::format("seed {}: {}\n", seed, outcome.violation);
  for (const std::string& line : outcome.trace) text += line + "\n";
  return text + fmt::format(
                    "repeat: AOZORA_SIM_SEED={} build/release/tests/sim/sim_test "
                    "--gtest_filter=Simulation.AllInvariantsHold",
                    seed);
}

TEST(Simulation, AllInvariantsHold) {
  if (const char* seed = std::getenv("AOZORA_SIM_SEED")) {
    const uint64_t number = std::strtoull(seed, nullptr, 10);
    const SimOutcome outcome = SimWorld().Run(number);
    fmt::print("{}\n", Told(number, outcome));
    EXPECT_EQ(outcome.violation, "");
    return;
  }
  std::atomic<uint64_t> next{0};
  std::atomic<uint64_t> event_count{0};
  std::atomic<bool> failed{false};
  const auto run = [&] {
    SimWorld world;
    for (uint64_t seed = next++; seed < kSeedCount && !failed; seed = next++) {
      const SimOutcome outcome = world.Run(seed);
      event_count += outcome.trace.size();
      if (outcome.violation.empty()) continue;
      failed = true;
      ADD_FAILURE() << Told(seed, outcome);
    }
  };
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < std::min(HardwareThreadCount(), kThreadsMax); ++i) {
    threads.emplace_back(run);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(event_count, kSeedCount * 20) << "lives in which nothing happens prove nothing";
}

TEST(Simulation, ASeedIsTheSameLifeAgain) {
  SimWorld world;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const SimOutcome first = world.Run(seed);
    EXPECT_EQ(first.trace, world.Run(seed).trace);
    EXPECT_EQ(first.trace, SimWorld().Run(seed).trace);
  }
  EXPECT_NE(world.Run(1).trace, world.Run(2).trace);
}

TEST(Simulation, FindsARemovedFence) {
  SimWorld world;
  for (uint64_t seed = 0; seed < kSeedsToFindAPlantedBug; ++seed) {
    if (!world.Run(seed, {.remove_fence = true}).violation.empty()) return;
  }
  FAIL() << "a queue without its fence passed " << kSeedsToFindAPlantedBug << " lives";
}

}  // namespace
}  // namespace aozora
