// SPDX-License-Identifier: Apache-2.0
// No space at each place where the server writes: a clean refusal while there is none, nothing
// damaged, and work as before once there is some.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "process_testonly.h"
#include "served_testonly.h"
#include "small_disk_testonly.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr uint64_t kRootBytes = 32_MiB;
constexpr uint64_t kRenderBytes = 4_MiB;  // of states and of outputs
constexpr size_t kUploadBytes = 1_MiB;
constexpr size_t kWrites = 200;  // more than fit into the free pages of the log
constexpr milliseconds kRenderPatience{60'000};
constexpr milliseconds kLingerPatience{10'000};
constexpr std::string_view kJob =
    R"({"prompt":"a red boat","size":"64x64","seconds":"1","fps":8,"steps":2})";

// 5xx as clients read it: whole, with OpenAI's error object.
void ExpectCleanRefusal(const Answer& answer) {
  EXPECT_THAT(answer.status, AllOf(Ge(500), Le(507))) << answer.head << answer.body;
  EXPECT_TRUE(answer.whole);
  const json body = json::parse(answer.body, nullptr, false);
  ASSERT_TRUE(body.is_object()) << answer.body;
  EXPECT_TRUE(body["error"]["message"].is_string()) << answer.body;
}

class DiskFullTest : public testing::Test {
 protected:
  static std::vector<std::string> Options(int workers) {
    std::vector<std::string> options = UnlimitedOptions();
    for (const std::string& more : {std::string("--workers"), std::to_string(workers),
                                    std::string("--disk-per-video"), std::string("0")}) {
      options.push_back(more);
    }
    return options;
  }
  std::filesystem::path Folder(const std::string& name) {
    std::filesystem::create_directories(scratch_ / "data" / name);
    return scratch_ / "data" / name;
  }
  // A server on the folder as it is now.
  void Serve(int workers) {
    served_ = std::make_unique<Served>(scratch_ / "data", scratch_ / "log", Options(workers));
    ASSERT_TRUE(served_->StartFirst()) << TailOf(served_->log(), 4000);
    client_ = std::make_unique<Client>(served_->port(), served_->key());
  }
  Answer Upload(size_t bytes) {
    const UploadForm form = MakeUploadForm("boat.bin");
    return client_->Ask("POST", "/v1/files", fmt::format("Content-Type: {}\r\n", form.content_type),
                        form.begin + std::string(bytes, 'x') + form.end);
  }
  Answer Create(std::string_view key) {
    return client_->Post("/v1/videos", kJob, fmt::format("Idempotency-Key: {}\r\n", key));
  }
  std::string StatusOf(const std::string& id) {
    return json::parse(client_->Get("/v1/videos/" + id).body)["status"];
  }
  // A refused upload lingers for a moment, so that its client can read the answer.
  bool NoUploadIsLeft() {
    return Eventually(kLingerPatience, [this] { return CountIn("uploads") == 0; });
  }
  size_t CountIn(const std::string& folder) {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(scratch_ / "data" / folder),
                      std::filesystem::directory_iterator()));
  }
  // What was asked for while there was no space, asked for again.
  void ExpectWorksAgain() {
    EXPECT_EQ(Upload(kUploadBytes).status, 200);
    EXPECT_EQ(Create("afterwards").status, 200);
    EXPECT_EQ(client_->Get("/readyz").status, 200);
    EXPECT_TRUE(served_->process().running());
  }
  void ExpectSound() {
    EXPECT_EQ(served_->Admin({"verify-audit"}), 0);
    served_->process().Kill();
    EXPECT_EQ(IntegrityOf(scratch_ / "data/aozora.db"), "ok");
    served_->Start();
    EXPECT_TRUE(served_->WaitReady(kRenderPatience)) << TailOf(served_->log(), 4000);
  }

  ScratchFolder scratch_;
  std::unique_ptr<Served> served_;
  std::unique_ptr<Client> client_;
};

TEST_F(DiskFullTest, DatabaseUploadsAndFiles) {
  const SmallDisk disk(Folder(""), kRootBytes);
  if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
  Serve(0);
  std::vector<std::string> ids;
  for (size_t i = 0; i < kWrites; ++i) ids.push_back(IdOf(Create(fmt::format("before-{}", i))));
  const Answer kept = Upload(kUploadBytes);
  ASSERT_EQ(kept.status, 200) << kept.body;
  disk.Fill();
  ExpectCleanRefusal(Upload(kUploadBytes));
  EXPECT_TRUE(NoUploadIsLeft());
  EXPECT_EQ(CountIn("files"), 1u);
  // A new job is refused because of the space it would need, before anything is written.
  const Answer refused = Create("meanwhile");
  ExpectCleanRefusal(refused);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(json::parse(refused.body)["error"]["code"], "disk_full");
  // Rows are changed until the log has no page left; what was answered with 200 is true.
  std::vector<std::string> gone, there;
  for (const std::string& id : ids) {
    const Answer answer = client_->Delete("/v1/videos/" + id);
    (answer.status == 200 ? gone : there).push_back(id);
    if (answer.status != 200) ExpectCleanRefusal(answer);
  }
  EXPECT_FALSE(there.empty()) << "the database never ran out of space";
  for (const std::string& id : gone) EXPECT_EQ(client_->Get("/v1/videos/" + id).status, 404);
  for (const std::string& id : there) EXPECT_EQ(client_->Get("/v1/videos/" + id).status, 200);
  EXPECT_EQ(client_->Get("/v1/files/" + IdOf(kept)).status, 200);
  disk.Free();
  ExpectWorksAgain();
  for (const std::string& id : there) EXPECT_EQ(client_->Delete("/v1/videos/" + id).status, 200);
  ExpectSound();
}

TEST_F(DiskFullTest, StatesAndOutputs) {
  const SmallDisk states(Folder("states"), kRenderBytes);
  if (!states.mounted()) GTEST_SKIP() << states.why_not();
  const SmallDisk outputs(Folder("outputs"), kRenderBytes);
  ASSERT_TRUE(outputs.mounted()) << outputs.why_not();
  Serve(1);
  outputs.Fill();
  const std::string tried_again = IdOf(Create("a"));
  // It fails, goes back into the queue, and is tried again when there is space.
  for (milliseconds waited{0};
       StatusOf(tried_again) != "in_progress" && waited < kRenderPatience;) {
    Pause(milliseconds(1));
    waited += milliseconds(1);
  }
  Pause(milliseconds(1'500));
  EXPECT_THAT(StatusOf(tried_again), testing::Ne("completed"));
  EXPECT_EQ(client_->Get(fmt::format("/v1/videos/{}/content", tried_again)).status, 404);
  outputs.Free();
  EXPECT_EQ(WaitForEnd(*client_, tried_again)["status"], "completed");
  // Without space for what it needs to go on after a crash, a job ends with a reason.
  states.Fill();
  const std::string given_up = IdOf(Create("b"));
  const json end = WaitForEnd(*client_, given_up);
  EXPECT_EQ(end["status"], "failed") << end;
  EXPECT_EQ(end["error"]["code"], "render_failed") << end;
  states.Free();
  EXPECT_EQ(WaitForEnd(*client_, IdOf(Create("c")))["status"], "completed");
  ExpectWorksAgain();
  ExpectSound();
}

// Where nothing can be mounted: files that may not grow.
TEST_F(DiskFullTest, FilesThatMayNotGrow) {
  Serve(0);
  const std::string first = IdOf(Create("first"));
  LimitFileBytes(served_->process().pid(),
                 std::filesystem::file_size(scratch_ / "data/aozora.db-wal"));
  // The log has some pages that may be written again; then it would have to grow.
  size_t count = 1;
  while (count < kWrites && Create(fmt::format("fits-{}", count)).status == 200) ++count;
  ASSERT_LT(count, kWrites) << "the database never ran out of space";
  for (int i = 0; i < 5; ++i) ExpectCleanRefusal(Create("second"));
  ExpectCleanRefusal(Upload(16 * kUploadBytes));
  EXPECT_TRUE(NoUploadIsLeft());
  EXPECT_EQ(CountIn("files"), 0u);
  EXPECT_EQ(client_->Get("/v1/videos/" + first).status, 200);
  LiftFileBytes(served_->process().pid());
  // None of the refused ones was done after all.
  const json all = json::parse(client_->Get("/v1/videos?limit=100").body);
  EXPECT_EQ(all["data"].size(), std::min<size_t>(count, 100));
  const std::string second = IdOf(Create("second"));
  EXPECT_EQ(IdOf(Create("second")), second);
  ExpectWorksAgain();
  ExpectSound();
}

}  // namespace
}  // namespace aozora
