// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "process_testonly.h"
#include "served_testonly.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStartPatience{60'000}, kPause{20};
constexpr int kNice = 15;
constexpr uint64_t kLongestSliceNs = 100'000'000;
// Longer than the test looks at it.
constexpr std::string_view kLongJob =
    R"({"prompt":"a red boat","size":"1920x1080","seconds":"20"})";

std::map<id_t, int> NicenessOfThreads(pid_t pid) {
  std::map<id_t, int> niceness;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& entry : std::filesystem::directory_iterator(tasks)) {
    const id_t id = static_cast<id_t>(std::stoul(entry.path().filename()));
    niceness[id] = getpriority(PRIO_PROCESS, id);
  }
  return niceness;
}

// Nothing where the kernel does not tell.
uint64_t SliceNs(id_t thread) {
  std::array<uint64_t, 6> attributes{};  // sched_attr of the kernel; the fourth is sched_runtime
  const long failed = syscall(SYS_sched_getattr, thread, attributes.data(), sizeof(attributes), 0);
  return failed == 0 ? attributes[3] : 0;
}

// What renders stands back, and only that: not who answers, and not who reports on the render, for
// whom others wait at the store.
TEST(Background, RendersStandBackBehindAnswers) {
  const ScratchFolder scratch;
  std::vector<std::string> options = UnlimitedOptions();
  options.insert(options.end(), {"--workers", "1", "--nice", std::to_string(kNice)});
  Served served(scratch / "data", scratch / "log", options);
  ASSERT_TRUE(served.StartFirst()) << TailOf(served.log(), 4000);
  const std::map<id_t, int> idle = NicenessOfThreads(served.process().pid());
  for (const auto& [id, nice] : idle) EXPECT_EQ(nice, 0) << id;

  Client client(served.port(), served.key());
  const Answer made = client.Post("/v1/videos", kLongJob);
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string path =
      "/v1/videos/" + nlohmann::json::parse(made.body)["id"].get<std::string>();
  std::vector<id_t> back;
  size_t new_in_front = 0;
  for (milliseconds waited{0}; back.empty() && waited < kStartPatience; waited += kPause) {
    Pause(kPause);
    const Answer now = client.Get(path);
    if (nlohmann::json::parse(now.body)["status"] != "in_progress") continue;
    new_in_front = 0;
    for (const auto& [id, nice] : NicenessOfThreads(served.process().pid())) {
      if (nice == kNice) back.push_back(id);
      if (nice == 0 && !idle.contains(id)) ++new_in_front;
    }
  }
  ASSERT_FALSE(back.empty());
  EXPECT_GE(new_in_front, 1u) << "nobody reports on the render";
  for (const id_t id : back) {
    const uint64_t slice_ns = SliceNs(id);
    if (slice_ns != 0) {
      EXPECT_EQ(slice_ns, kLongestSliceNs) << id;
    }
  }
}

}  // namespace
}  // namespace aozora
