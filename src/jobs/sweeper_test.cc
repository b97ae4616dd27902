// SPDX-License-Identifier: Apache-2.0
#include "jobs/sweeper.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/folder_testonly.h"
#include "jobs/queue_testonly.h"
#include "store/asset_records.h"

namespace aozora {
namespace {

class SettableClock final : public Clock {
 public:
  std::chrono::nanoseconds SinceStart() const override { return elapsed; }
  std::chrono::system_clock::time_point Now() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed + offset));
  }
  std::chrono::nanoseconds elapsed{0};
  std::chrono::nanoseconds offset = std::chrono::hours(24 * 365 * 50);
};

class SweeperTest : public QueueTest {
 protected:
  SweeperTest() {
    folder_.root = scratch_.path();
    EXPECT_TRUE(folder_.Make().ok());
    queue_ = std::make_unique<JobQueue>(*store_, time_, random_, limits_, QueueHooks{});
    sweeper_ = std::make_unique<Sweeper>(*store_, *queue_, time_, folder_, sweep_limits_);
  }
  void Pass(int64_t ms) { time_.elapsed += std::chrono::milliseconds(ms); }
  // A folder or file with something in it, last changed `age_ms` ago.
  void Put(const std::filesystem::path& path, int64_t age_ms) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "bytes";
    const auto when =
        std::chrono::file_clock::from_sys(time_.Now() - std::chrono::milliseconds(age_ms));
    std::filesystem::last_write_time(path, when);
    std::filesystem::last_write_time(path.parent_path(), when);
  }
  std::string Completed() {
    const JobRecord job = Create(Job("ann"));
    EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
    Put(folder_.Output(job.id) / "video.mp4", 0);
    return job.id;
  }
  bool Exists(const std::filesystem::path& path) { return std::filesystem::exists(path); }

  const TemporaryFolder scratch_;
  SettableClock time_;
  SweepLimits sweep_limits_;
  DataFolder folder_;
  std::unique_ptr<Sweeper> sweeper_;
};

TEST_F(SweeperTest, ExpiredOutputsGoAndTheirJobSaysSo) {
  const std::string id = Completed();
  EXPECT_EQ(sweeper_->Sweep()->removed_folders, 0);
  EXPECT_TRUE(Exists(folder_.Output(id)));
  Pass(limits_.output_kept_ms);
  EXPECT_EQ(sweeper_->Sweep()->expired_jobs, 1);
  EXPECT_FALSE(Exists(folder_.Output(id)));
  EXPECT_EQ(queue_->Get(id)->files, FilesState::kGone);
  EXPECT_EQ(queue_->Get(id)->state, JobState::kCompleted);
}

TEST_F(SweeperTest, DeletedAndFailedJobsLoseTheirFilesOnceTheyAreOver) {
  const std::string deleted = Completed();
  ASSERT_TRUE(queue_->Delete(deleted, "ann").ok());
  Create(Job("ann"));
  const Holder holder = Lease();
  Put(folder_.State(holder.job_id) / "latent", 0);
  ASSERT_TRUE(queue_->Delete(holder.job_id, "ann").ok());
  EXPECT_EQ(sweeper_->Sweep()->removed_folders, 1);
  EXPECT_TRUE(Exists(folder_.State(holder.job_id)));  // a worker writes there
  EXPECT_TRUE(queue_->FinishCancel(holder).value());
  EXPECT_EQ(sweeper_->Sweep()->removed_folders, 1);
  EXPECT_FALSE(Exists(folder_.State(holder.job_id)));
}

TEST_F(SweeperTest, OrphansGoOnceTheyAreOldAndNothingElseDoes) {
  const int64_t old_ms = sweep_limits_.orphan_age_ms;
  const std::string kept = Completed();
  Put(folder_.Output(kept) / "video.mp4", old_ms);
  Create(Job("ann"));
  const Holder running = Lease();
  Put(folder_.State(running.job_id) / "latent", old_ms);
  Put(folder_.Output("video_unknown") / "video.mp4", old_ms);
  Put(folder_.State("video_unknown") / "latent", old_ms - 1'000);
  Put(folder_.uploads() / "half", old_ms);
  Put(folder_.File("file-unknown"), old_ms);
  const Swept swept = sweeper_->Sweep().value();
  EXPECT_EQ(swept.removed_folders, 1);
  EXPECT_EQ(swept.removed_files, 2);
  EXPECT_TRUE(Exists(folder_.Output(kept) / "video.mp4"));
  EXPECT_TRUE(Exists(folder_.State(running.job_id)));
  EXPECT_TRUE(Exists(folder_.State("video_unknown")));
  EXPECT_FALSE(Exists(folder_.Output("video_unknown")));
  EXPECT_FALSE(Exists(folder_.uploads() / "half"));
}

// A worker may be killed between the end of a job and the removal of its state.
TEST_F(SweeperTest, TheStateOfAJobThatIsOverGoesAtOnce) {
  const std::string over = Completed();
  Put(folder_.State(over) / "latent", 0);
  Create(Job("ann"));
  const Holder running = Lease();
  Put(folder_.State(running.job_id) / "latent", 0);
  EXPECT_EQ(sweeper_->Sweep()->removed_folders, 1);
  EXPECT_FALSE(Exists(folder_.State(over)));
  EXPECT_TRUE(Exists(folder_.State(running.job_id)));
  EXPECT_TRUE(Exists(folder_.Output(over)));
}

TEST_F(SweeperTest, UploadsExpire) {
  FileRecord file;
  file.id = "file-1";
  file.person_id = "ann";
  file.expires_ms = NowMs(time_) + 1'000;
  ASSERT_TRUE(store_->Write([&](Transaction& t) { return t.Insert(file); }).ok());
  Put(folder_.File(file.id), 0);
  EXPECT_EQ(sweeper_->Sweep()->removed_files, 0);
  Pass(1'000);
  EXPECT_EQ(sweeper_->Sweep()->removed_files, 1);
  EXPECT_FALSE(Exists(folder_.File(file.id)));
  EXPECT_FALSE(
      store_->Read([](Transaction& t) { return t.Find<FileRecord>("file-1"); })->has_value());
}

TEST_F(SweeperTest, OldRowsAreErasedInBatches) {
  sweep_limits_.batch_max = 2;
  Sweeper sweeper(*store_, *queue_, time_, folder_, sweep_limits_);
  for (const char* key : {"a", "b", "c"}) {
    NewJob job = Job("ann");
    job.idempotency_key = key;
    Create(job);
  }
  Pass(limits_.idempotency_kept_ms);
  const Swept first = sweeper.Sweep().value();
  EXPECT_EQ(first.erased_rows, 2);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(sweeper.Sweep()->erased_rows, 1);
  Pass(sweep_limits_.events_kept_ms);
  EXPECT_EQ(sweeper.Sweep()->erased_rows, 2);  // events
}

TEST_F(SweeperTest, AClockThatRanAwayDeletesNothingUntilItHasKeptPace) {
  const std::string id = Completed();
  ASSERT_TRUE(sweeper_->Sweep().ok());
  time_.offset += std::chrono::hours(48);
  EXPECT_TRUE(sweeper_->Sweep()->clock_distrusted);
  EXPECT_TRUE(Exists(folder_.Output(id)));
  time_.offset -= std::chrono::hours(48);  // somebody noticed
  EXPECT_TRUE(sweeper_->Sweep()->clock_distrusted);
  Pass(sweep_limits_.clock_settle_ms);
  EXPECT_FALSE(sweeper_->Sweep()->clock_distrusted);
  EXPECT_TRUE(Exists(folder_.Output(id)));
}

}  // namespace
}  // namespace aozora
