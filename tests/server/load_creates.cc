// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "load.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

constexpr double kP99MsMax = 10;
constexpr double kWarmUpSeconds = 10;  // a server in use, not one that starts
// One after the other they are rendered for longer than the creates last.
constexpr const char* kLongJobs =
    R"({"prompt":"a red boat","size":"1920x1080","seconds":"10","fps":24,"n":4})";
constexpr std::chrono::milliseconds kRenderPatience{20'000};

std::string StateOf(const Served& served, const std::string& id) {
  const Answer answer = Client(served.port(), served.key()).Get("/v1/videos/" + id);
  return nlohmann::json::parse(answer.body)["status"];
}

// What no commit can be faster than: as much as one writes, synced as often, in the same folder.
Timings MeasureSyncs(const std::filesystem::path& folder) {
  constexpr int kCount = 1'000;
  constexpr std::chrono::milliseconds kPause{4};
  const std::vector<char> page(8'192, 'x');
  const std::string path = folder / "syncs";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  CHECK_LE(0, file);
  Timings timings;
  for (int i = 0; i < kCount; ++i) {
    const auto start = std::chrono::steady_clock::now();
    CHECK_EQ(pwrite(file, page.data(), page.size(), 0), static_cast<ssize_t>(page.size()));
    CHECK_EQ(fdatasync(file), 0);
    timings.ms.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
    Pause(kPause);
  }
  close(file);
  std::sort(timings.ms.begin(), timings.ms.end());
  return timings;
}

}  // namespace

LoadRows MeasureCreates(const LoadSettings& settings, const LoadPlace& place) {
  const std::unique_ptr<Served> served = place.Serve(1);
  const nlohmann::json variations = MakeJobs(*served, kLongJobs)["aozora"]["variations"];
  const std::string first = variations.front(), last = variations.back();
  for (auto waited = std::chrono::milliseconds(0);
       StateOf(*served, first) != "in_progress" && waited < kRenderPatience;
       waited += std::chrono::milliseconds(100)) {
    Pause(std::chrono::milliseconds(100));
  }
  const bool began = StateOf(*served, first) == "in_progress";
  const auto create = [](Client& client, int) {
    const Answer answer = client.Post("/v1/videos", kSmallJob);
    return answer.status == 200 && answer.whole;
  };
  Drive(*served, {settings.creates_per_second, kWarmUpSeconds}, create);
  const Timings creates =
      Drive(*served, {settings.creates_per_second, static_cast<double>(settings.seconds)}, create);
  const bool rendered_all_along = began && StateOf(*served, last) != "completed";
  const Timings syncs = MeasureSyncs(place.folder);
  LoadRows rows;
  rows.push_back(
      {fmt::format("{} creates/s for {} s: p50", settings.creates_per_second, settings.seconds),
       fmt::format("{:.2f} ms", creates.At(0.5)), "", std::nullopt});
  rows.push_back({"  p99", fmt::format("{:.2f} ms", creates.At(0.99)),
                  fmt::format("<= {} ms", kP99MsMax), creates.At(0.99) <= kP99MsMax});
  rows.push_back({"  a bare sync there meanwhile: p50, p99",
                  fmt::format("{:.2f} ms, {:.2f} ms", syncs.At(0.5), syncs.At(0.99)), "",
                  std::nullopt});
  rows.push_back({"  slowest", fmt::format("{:.1f} ms", creates.At(1)), "", std::nullopt});
  rows.push_back({"  not acknowledged", fmt::format("{}", creates.failed_count), "0",
                  creates.failed_count == 0});
  rows.push_back(
      {"  a render ran all along", rendered_all_along ? "yes" : "no", "yes", rendered_all_along});
  rows.push_back(
      {"  server's memory afterwards",
       fmt::format("{:.0f} MiB",
                   static_cast<double>(ResidentBytes(served->process().pid())) / 1048576),
       "", std::nullopt});
  return rows;
}

}  // namespace aozora
