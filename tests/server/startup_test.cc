// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "process_testonly.h"
#include "ready_testonly.h"
#include "served_testonly.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

using std::chrono::milliseconds;

constexpr size_t kJobCount = 10'000;
constexpr size_t kJobsPerCreate = 4;
constexpr int kStarts = 3;
constexpr milliseconds kPatience{60'000};
constexpr std::string_view kJobs =
    R"({"prompt":"a red boat","size":"64x64","seconds":"1","fps":8,"n":4})";

// After a kill, so that the log is long and nothing was put in order.
TEST(Startup, IsReadySoonWithTenThousandJobs) {
  const ScratchFolder scratch;
  std::vector<std::string> options = UnlimitedOptions();
  options.insert(options.end(), {"--workers", "0"});
  Served served(scratch / "data", scratch / "log", options);
  ASSERT_TRUE(served.StartFirst()) << TailOf(served.log(), 4000);
  {
    Client client(served.port(), served.key());
    for (size_t i = 0; i < kJobCount / kJobsPerCreate; ++i) {
      ASSERT_EQ(client.Post("/v1/videos", kJobs).status, 200);
    }
  }
  std::vector<milliseconds> took;
  for (int i = 0; i < kStarts; ++i) {
    served.process().Kill();
    served.Start();
    const auto ready = served.WaitReady(kPatience);
    ASSERT_TRUE(ready) << TailOf(served.log(), 4000);
    took.push_back(*ready);
  }
  std::sort(took.begin(), took.end());
  fmt::print("ready with {} jobs after, ms: least {} most {}\n", kJobCount, took.front().count(),
             took.back().count());
  EXPECT_LE(took[kStarts / 2], kReadyMax);
  // Ready means that it answers.
  const Answer list = Client(served.port(), served.key()).Get("/v1/videos?limit=1");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_TRUE(nlohmann::json::parse(list.body)["has_more"].get<bool>());
}

}  // namespace
}  // namespace aozora
