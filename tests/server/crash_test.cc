// SPDX-License-Identifier: Apache-2.0
// The promise behind a 2xx, judged from outside: the real program on a real port and a real
// database is killed again and again while clients work with it.
//   AOZORA_CRASH_KILLS=200 AOZORA_CRASH_SEED=7 ./dev test server_test
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "customers_testonly.h"
#include "ledger_testonly.h"
#include "media/clip_reader.h"
#include "process_testonly.h"
#include "ready_testonly.h"
#include "served_testonly.h"
#include "small_disk_testonly.h"

namespace aozora {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;

constexpr uint64_t kKillsDefault = 12;
constexpr int kCreateIntervalMs = 1'200;  // of each creator: what two cores can render meanwhile
constexpr uint64_t kPauseMsMax = 2'500;   // between two kills
constexpr uint64_t kStartMsMax = 600;     // a kill while it starts comes within this
constexpr milliseconds kReadyPatience{60'000};
constexpr milliseconds kSweepPatience{60'000};  // the sweeper comes every half minute
constexpr std::string_view kLeaseMs = "2000";

// For each job that is open when the killing ends.
constexpr milliseconds kDrainOfJob{10'000};
constexpr milliseconds kDrainBase{60'000};

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

std::vector<std::string> ServeOptions() {
  std::vector<std::string> options = UnlimitedOptions();
  for (const std::string_view more : {"--workers", "1", "--threads", "1", "--lease-ms"}) {
    options.emplace_back(more);
  }
  options.emplace_back(kLeaseMs);
  return options;
}

std::vector<std::string> WorkerOptions() {
  return {"--workers", "1", "--threads", "1", "--lease-ms", std::string(kLeaseMs)};
}

class CrashTest : public testing::Test {
 protected:
  void KillAll(uint64_t kills, RandomSource& random);
  bool Restart(RandomSource& random);
  bool Drain();
  void JudgeList();
  void JudgeEvents();
  void JudgeVideos();
  void JudgeStore();
  void JudgeFolders();
  void JudgeReady();

  ScratchFolder scratch_;
  Served served_{scratch_ / "data", scratch_ / "log", ServeOptions()};
  Ledger ledger_;
  ChildProcess worker_;
  std::vector<milliseconds> ready_;
  std::map<std::string, int> kills_;
};

// Half of the time the server, else the worker or both.
void CrashTest::KillAll(uint64_t kills, RandomSource& random) {
  for (uint64_t i = 0; i < kills; ++i) {
    Pause(milliseconds(random.Below(kPauseMsMax)));
    const uint64_t choice = random.Below(8);
    if (choice < 3) {
      worker_.Kill();
      worker_ = served_.StartWorker(WorkerOptions());
      ++kills_["worker"];
    }
    if (choice >= 2) {
      served_.process().Kill();
      ++kills_["server"];
      ASSERT_TRUE(Restart(random)) << TailOf(served_.log(), 4000);
    }
  }
}

bool CrashTest::Restart(RandomSource& random) {
  served_.Start();
  if (random.Below(5) == 0) {
    Pause(milliseconds(random.Below(kStartMsMax)));
    served_.process().Kill();
    ++kills_["server while it starts"];
    served_.Start();
  }
  const auto took = served_.WaitReady(kReadyPatience);
  if (took) ready_.push_back(*took);
  return took.has_value();
}

bool CrashTest::Drain() {
  const auto end = std::chrono::steady_clock::now() + kDrainBase +
                   static_cast<int64_t>(ledger_.open_count()) * kDrainOfJob;
  while (ledger_.open_count() > 0 && std::chrono::steady_clock::now() < end) {
    Client client(served_.port(), served_.key());
    for (const auto& [key, job] : ledger_.jobs()) {
      if (!job.end.empty() || job.deleted) continue;
      const Answer answer = client.Get("/v1/videos/" + job.id);
      ledger_.Saw(key, answer.status, answer.body, job.deleted);
    }
    Pause(milliseconds(300));
  }
  return ledger_.open_count() == 0;
}

// Every job that is there was acknowledged to somebody, and the other way round.
void CrashTest::JudgeList() {
  std::map<std::string, bool> expected;
  for (const auto& [key, job] : ledger_.jobs()) {
    if (!job.deleted) expected.emplace(job.id, false);
  }
  Client client(served_.port(), served_.key());
  std::string after;
  for (bool more = true; more;) {
    const Answer answer = client.Get("/v1/videos?limit=100" + after);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const nlohmann::json page = nlohmann::json::parse(answer.body);
    for (const nlohmann::json& video : page["data"]) {
      const auto job = expected.find(video["id"].get<std::string>());
      ASSERT_NE(job, expected.end()) << "nobody was told of " << video;
      EXPECT_FALSE(job->second) << "twice in the list: " << video;
      job->second = true;
    }
    more = page["has_more"].get<bool>();
    if (more) after = "&after=" + page["last_id"].get<std::string>();
  }
  for (const auto& [id, found] : expected) EXPECT_TRUE(found) << id << " is not in the list";
}

// The stream of all events from the first on: each job ended once.
void CrashTest::JudgeEvents() {
  Client client(served_.port(), served_.key());
  const std::string text = client.Listen(
      "/v1/events", 0, [](const std::string&) { return false; }, /*patience_ms=*/5'000);
  std::map<std::string, int> ends;
  int64_t start_count = 0;
  constexpr std::string_view kData = "\ndata: ";
  for (size_t at = text.find(kData); at != std::string::npos; at = text.find(kData, at + 1)) {
    const size_t begin = at + kData.size();
    const nlohmann::json event =
        nlohmann::json::parse(text.substr(begin, text.find('\n', begin) - begin), nullptr, false);
    ASSERT_TRUE(event.is_object()) << text.substr(begin, 500);
    const std::string type = event["type"].get<std::string>();
    const bool over =
        type == "video.completed" || type == "video.failed" || type == "video.cancelled";
    if (over) ++ends[event["video_id"].get<std::string>()];
    if (type == "video.in_progress") ++start_count;
  }
  fmt::print("renders begun: {}\n", start_count);
  const std::map<std::string, Ledger::Job> jobs = ledger_.jobs();
  EXPECT_EQ(ends.size(), jobs.size());
  for (const auto& [key, job] : jobs) EXPECT_EQ(ends[job.id], 1) << job.id;
}

// Frame by frame, as a player would.
void CrashTest::JudgeVideos() {
  Client client(served_.port(), served_.key());
  const std::filesystem::path file = scratch_ / "video.mp4";
  size_t count = 0;
  for (const auto& [key, job] : ledger_.jobs()) {
    if (!job.completed || job.delete_asked) continue;
    const Answer answer = client.Get(fmt::format("/v1/videos/{}/content", job.id));
    ASSERT_EQ(answer.status, 200) << answer.body;
    std::ofstream(file, std::ios::binary) << answer.body;
    const auto reader = ClipReader::Open(file);
    ASSERT_TRUE(reader.ok()) << reader.error().message();
    uint64_t frames = 0;
    for (;;) {
      const auto frame = (*reader)->Next();
      ASSERT_TRUE(frame.ok()) << frame.error().message();
      if (!*frame) break;
      ++frames;
    }
    EXPECT_EQ(frames, 8u) << job.id;
    ++count;
  }
  fmt::print("videos read frame by frame: {}\n", count);
}

void CrashTest::JudgeStore() {
  std::string out;
  EXPECT_EQ(served_.Admin({"verify-audit"}, &out), 0) << out;
  EXPECT_EQ(IntegrityOf(served_.data() / "aozora.db"), "ok");
}

// What a kill left half written is not kept beside what the next try wrote.
void CrashTest::JudgeFolders() {
  for (const auto& [key, job] : ledger_.jobs()) {
    if (!job.completed || job.delete_asked) continue;
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(served_.data() / "outputs" / job.id)) {
      names.push_back(entry.path().filename());
    }
    EXPECT_THAT(names, testing::UnorderedElementsAre("video.mp4", "thumbnail.webp",
                                                     "thumbnail.webp.c2pa", "spritesheet.jpg",
                                                     "spritesheet.jpg.c2pa", "latent.safetensors"));
    const std::filesystem::path state = served_.data() / "states" / job.id;
    // A kill between the end of a job and the removal of its state leaves that to the sweeper.
    EXPECT_TRUE(Eventually(kSweepPatience, [&] { return !std::filesystem::exists(state); }))
        << job.id;
  }
}

void CrashTest::JudgeReady() {
  std::sort(ready_.begin(), ready_.end());
  const auto at = [&](double share) {
    return ready_[static_cast<size_t>(share * static_cast<double>(ready_.size() - 1))];
  };
  const auto late = std::count_if(ready_.begin(), ready_.end(),
                                  [](milliseconds took) { return took > kReadyMax; });
  fmt::print(
      "ready again after, ms: least {} median {} p90 {} p99 {} most {} ({} starts, {} late)\n",
      at(0).count(), at(0.5).count(), at(0.9).count(), at(0.99).count(), at(1).count(),
      ready_.size(), late);
  EXPECT_LE(at(0.5), kReadyMax);
}

TEST_F(CrashTest, NothingAcknowledgedIsLostAndEachEndsOnce) {
  const uint64_t seed = FromEnvironment("AOZORA_CRASH_SEED", SystemRandom().Below(1'000'000));
  const uint64_t kills = FromEnvironment("AOZORA_CRASH_KILLS", kKillsDefault);
  fmt::print("AOZORA_CRASH_SEED={} AOZORA_CRASH_KILLS={}\n", seed, kills);
  SeededRandom random(seed);
  ASSERT_TRUE(served_.StartFirst()) << TailOf(served_.log(), 4000);
  worker_ = served_.StartWorker(WorkerOptions());
  Customers customers(served_.port(), served_.key(), seed, kCreateIntervalMs, &ledger_);
  KillAll(kills, random);
  if (HasFatalFailure()) return;
  customers.StopCreating();
  const size_t open = ledger_.open_count();
  EXPECT_TRUE(Drain()) << ledger_.open_count() << " never ended; " << TailOf(served_.log(), 4000);
  customers.Stop();
  size_t completed = 0;
  std::map<std::string, int> ends;
  for (const auto& [key, job] : ledger_.jobs()) {
    completed += job.completed ? 1 : 0;
    if (!job.completed && !job.deleted) ++ends[job.end.substr(job.end.find("error"))];
  }
  for (const auto& [who, count] : kills_) fmt::print("killed: {} of the {}\n", count, who);
  fmt::print("{} creates acknowledged, {} said again; {} open at the end; {} completed\n",
             customers.create_count(), customers.retry_count(), open, completed);
  for (const auto& [end, count] : ends) fmt::print("failed: {} with {}\n", count, end);
  fmt::print("downloads judged: {}, cut off: {}\n", customers.download_count(),
             customers.cut_count());
  EXPECT_THAT(ledger_.faults(), IsEmpty());
  for (const auto& [end, count] : ends) EXPECT_THAT(end, testing::HasSubstr("worker_crashed"));
  EXPECT_GT(completed, 0u);
  EXPECT_GT(customers.download_count(), 0u);
  JudgeReady();
  JudgeList();
  JudgeEvents();
  JudgeVideos();
  JudgeStore();
  JudgeFolders();
}

}  // namespace
}  // namespace aozora
