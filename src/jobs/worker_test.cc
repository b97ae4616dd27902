// SPDX-License-Identifier: Apache-2.0
// Workers as they run: threads, a file, the machine's clock with short leases.
#include "jobs/worker.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "base/folder_testonly.h"
#include "store/ids.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

constexpr int64_t kPatienceMs =
    20'000;  // nothing here takes a second, on a machine that is not busy

using RenderFn = std::function<Result<RenderOutput>(const JobRecord&, const RenderContext&)>;

class FakeRenderer : public Renderer {
 public:
  explicit FakeRenderer(RenderFn render) : render_(std::move(render)) {}
  std::vector<std::string> Models() const override { return {"mini"}; }
  Result<RenderOutput> Render(const JobRecord& job, const RenderContext& context) override {
    return render_(job, context);
  }

 private:
  RenderFn render_;
};

QueueLimits Quick() {
  QueueLimits limits;
  limits.heartbeat_ms = 10;
  limits.lease_ms = 300;
  return limits;
}

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    folder_.root = scratch_.path();
    EXPECT_TRUE(folder_.Make().ok());
    store_ = OpenSqliteStore(folder_.database(), ProductSchema()).value();
    PersonRecord person;
    person.id = person.name = "ann";
    EXPECT_TRUE(store_->Write([&](Transaction& t) { return t.Insert(person); }).ok());
    QueueHooks hooks;
    hooks.work_added = [this] { wake_.Call(); };
    hooks.changed = [this](const JobRecord&) { changed_.Call(); };
    queue_ = std::make_unique<JobQueue>(*store_, SystemClock(), SystemRandom(), Quick(), hooks);
  }
  std::string Create() {
    NewJob job;
    job.person_id = "ann";
    job.model = job.model_asked = "mini";
    job.seconds = 4;
    return std::get<Created>(queue_->Create(job).value()).jobs.at(0).id;
  }
  // Once `done`, or after patience.
  bool Eventually(const std::function<bool()>& done) {
    const double end_s = SystemClock().Seconds() + kPatienceMs / 1e3;
    while (!done() && SystemClock().Seconds() < end_s) changed_.WaitFor(5);
    return done();
  }
  bool Becomes(const std::string& id, JobState state) {
    return Eventually([&] { return queue_->Get(id)->state == state; });
  }
  static Result<RenderOutput> UntilCancelled(const JobRecord&, const RenderContext& context) {
    Wake never;
    while (!context.cancel.cancelled()) never.WaitFor(1);
    return Error::Cancelled();
  }

  const TemporaryFolder scratch_;
  DataFolder folder_;
  std::unique_ptr<Store> store_;
  Wake wake_;
  Wake changed_;
  std::unique_ptr<JobQueue> queue_;
};

// A worker in a thread of its own, stopped at the end.
class Running {
 public:
  Running(JobQueue& queue, const DataFolder& folder, Wake& wake, RenderFn render)
      : renderer_(std::move(render)),
        worker_(queue, renderer_, SystemClock(), folder, wake, NewId("worker_", SystemRandom())),
        thread_([this] { worker_.Run(); }) {}
  ~Running() {
    worker_.Stop();
    thread_.join();
  }

 private:
  FakeRenderer renderer_;
  Worker worker_;
  std::thread thread_;
};

TEST_F(WorkerTest, RendersWhatIsCreatedAndShowsHowFarItIs) {
  std::atomic<bool> finish{false};
  const Running worker(
      *queue_, folder_, wake_,
      [&](const JobRecord&, const RenderContext& context) -> Result<RenderOutput> {
        std::ofstream(context.output_folder / "video.mp4") << "video";
        std::ofstream(context.state_folder / "latent") << "state";
        context.progress({.percent = 40, .stage = "denoise", .step = 2, .step_count = 5});
        Wake never;
        while (!finish) never.WaitFor(1);
        return RenderOutput{"{\"bytes\":5}", {}, {}};
      });
  const std::string id = Create();
  EXPECT_TRUE(Eventually([&] { return queue_->Get(id)->progress_percent == 40; }));
  EXPECT_EQ(queue_->Get(id)->stage, "denoise");
  EXPECT_EQ(queue_->Get(id)->step, 2);
  EXPECT_EQ(queue_->Get(id)->step_count, 5);
  finish = true;
  EXPECT_TRUE(Becomes(id, JobState::kCompleted));
  EXPECT_EQ(queue_->Get(id)->output_json, "{\"bytes\":5}");
  EXPECT_TRUE(std::filesystem::exists(folder_.Output(id) / "video.mp4"));
  EXPECT_TRUE(Eventually([&] { return !std::filesystem::exists(folder_.State(id)); }));
}

TEST_F(WorkerTest, ClearsWhatAKilledAttemptLeftHalfWritten) {
  const std::string id = Create();
  std::filesystem::create_directories(folder_.Output(id));
  std::ofstream(folder_.Output(id) / "video.mp4.part-abcdef") << "half";
  std::ofstream(folder_.Output(id) / "latent") << "whole";
  const Running worker(*queue_, folder_, wake_,
                       [](const JobRecord&, const RenderContext&) -> Result<RenderOutput> {
                         return RenderOutput{"{}", {}, {}};
                       });
  ASSERT_TRUE(Becomes(id, JobState::kCompleted));
  EXPECT_FALSE(std::filesystem::exists(folder_.Output(id) / "video.mp4.part-abcdef"));
  EXPECT_TRUE(std::filesystem::exists(folder_.Output(id) / "latent"));
}

TEST_F(WorkerTest, ACancelReachesTheRender) {
  const Running worker(*queue_, folder_, wake_, UntilCancelled);
  const std::string id = Create();
  ASSERT_TRUE(Becomes(id, JobState::kInProgress));
  ASSERT_TRUE(queue_->Cancel(id, "ann").ok());
  EXPECT_TRUE(Becomes(id, JobState::kCancelled));
}

TEST_F(WorkerTest, AStoppedWorkerParksItsJobForTheNext) {
  const std::string id = Create();
  {
    const Running worker(*queue_, folder_, wake_,
                         [](const JobRecord& job, const RenderContext& context) {
                           std::ofstream(context.state_folder / "latent") << "half";
                           return UntilCancelled(job, context);
                         });
    ASSERT_TRUE(Becomes(id, JobState::kInProgress));
    EXPECT_TRUE(Eventually([&] { return std::filesystem::exists(folder_.State(id) / "latent"); }));
  }
  EXPECT_EQ(queue_->Get(id)->state, JobState::kQueued);
  EXPECT_EQ(queue_->Get(id)->crash_count, 0);
  const Running next(*queue_, folder_, wake_,
                     [](const JobRecord&, const RenderContext& context) -> Result<RenderOutput> {
                       const bool resumed =
                           std::filesystem::exists(context.state_folder / "latent");
                       return RenderOutput{resumed ? "resumed" : "anew", {}, {}};
                     });
  EXPECT_TRUE(Becomes(id, JobState::kCompleted));
  EXPECT_EQ(queue_->Get(id)->output_json, "resumed");
}

TEST_F(WorkerTest, AStopParksWhatRunsWithinASecondAndItsReleaseGoesOn) {
  std::atomic<int> starts{0};
  const Running worker(*queue_, folder_, wake_,
                       [&](const JobRecord& job, const RenderContext& context) {
                         return ++starts == 1 ? UntilCancelled(job, context)
                                              : Result<RenderOutput>(RenderOutput{"{}", {}, {}});
                       });
  const std::string id = Create();
  ASSERT_TRUE(Becomes(id, JobState::kInProgress));
  const Stop stop{.scope = StopScope::kPerson, .subject = "ann", .set_by = "op"};
  const double begin_s = SystemClock().Seconds();
  ASSERT_TRUE(queue_->SetStop(stop).ok());
  ASSERT_TRUE(Becomes(id, JobState::kQueued));
  EXPECT_LT(SystemClock().Seconds() - begin_s, 1.0);
  EXPECT_EQ(starts, 1);
  EXPECT_EQ(queue_->ReleaseStop(stop.scope, stop.subject, "op").value(), StopRelease::kReleased);
  EXPECT_TRUE(Becomes(id, JobState::kCompleted));
  EXPECT_EQ(queue_->Get(id)->crash_count, 0);
}

TEST_F(WorkerTest, AStopMayCancelWhatRunsOrLetItFinish) {
  std::atomic<bool> finish{false};
  const Running worker(*queue_, folder_, wake_,
                       [&](const JobRecord&, const RenderContext& context) -> Result<RenderOutput> {
                         Wake never;
                         while (!context.cancel.cancelled() && !finish) never.WaitFor(1);
                         if (finish) return RenderOutput{"{}", {}, {}};
                         return Error::Cancelled();
                       });
  const std::string cancelled = Create();
  ASSERT_TRUE(Becomes(cancelled, JobState::kInProgress));
  Stop stop{.scope = StopScope::kModel, .subject = "mini", .running = StopRunning::kCancel};
  ASSERT_TRUE(queue_->SetStop(stop).ok());
  EXPECT_TRUE(Becomes(cancelled, JobState::kCancelled));
  ASSERT_TRUE(queue_->ReleaseStop(stop.scope, stop.subject, "op").ok());
  const std::string finished = Create();
  ASSERT_TRUE(Becomes(finished, JobState::kInProgress));
  stop.running = StopRunning::kFinish;
  ASSERT_TRUE(queue_->SetStop(stop).ok());
  Wake never;
  never.WaitFor(1'000);
  EXPECT_EQ(queue_->Get(finished)->state, JobState::kInProgress);
  finish = true;
  EXPECT_TRUE(Becomes(finished, JobState::kCompleted));
}

TEST_F(WorkerTest, ALostLeaseAbortsTheRenderAndItsResultIsDropped) {
  std::atomic<bool> aborted{false};
  const Running worker(*queue_, folder_, wake_,
                       [&](const JobRecord& job, const RenderContext& context) {
                         const Result<RenderOutput> result = UntilCancelled(job, context);
                         aborted = true;
                         return result;
                       });
  const std::string id = Create();
  ASSERT_TRUE(Becomes(id, JobState::kInProgress));
  // As if another had taken it over.
  const Status taken = store_->Write([&](Transaction& t) -> Status {
    const JobRecord before = *TRY(t.Find<JobRecord>(id));
    JobRecord after = before;
    after.attempt += 1;
    after.lease_owner = "another";
    return t.Change(before, after);
  });
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(Eventually([&] { return aborted.load(); }));
  EXPECT_EQ(queue_->Get(id)->lease_owner, "another");
  EXPECT_EQ(queue_->Get(id)->state, JobState::kInProgress);
}

TEST_F(WorkerTest, ABeatingWorkerIsNotReapedHoweverLongItTakes) {
  const Running worker(*queue_, folder_, wake_, UntilCancelled);
  const std::string id = Create();
  ASSERT_TRUE(Becomes(id, JobState::kInProgress));
  const double end_s = SystemClock().Seconds() + 3e-3 * static_cast<double>(Quick().lease_ms);
  Wake never;
  while (SystemClock().Seconds() < end_s) {
    EXPECT_EQ(queue_->ReapExpired().value(), 0);
    never.WaitFor(20);
  }
}

TEST_F(WorkerTest, RefusalsAndFailuresCarryTheirReason) {
  const std::string refused = Create(), failed = Create();
  const Running worker(*queue_, folder_, wake_,
                       [&](const JobRecord& job, const RenderContext&) -> Result<RenderOutput> {
                         if (job.id == refused) {
                           return RenderOutput{{}, "content_filter", "not this"};
                         }
                         return Error::Invalid("no such size");
                       });
  EXPECT_TRUE(Becomes(refused, JobState::kFailed));
  EXPECT_TRUE(Becomes(failed, JobState::kFailed));
  EXPECT_EQ(queue_->Get(refused)->error_code, "content_filter");
  EXPECT_EQ(queue_->Get(failed)->error_message, "no such size");
}

TEST_F(WorkerTest, ManyWorkersOnTwoStoresRenderEachJobOnce) {
  // The second store is what another process has; it hears of work by polling.
  const std::unique_ptr<Store> other = OpenSqliteStore(folder_.database(), ProductSchema()).value();
  JobQueue other_queue(*other, SystemClock(), SystemRandom(), Quick(), {});
  Wake never;
  std::atomic<int> render_count{0};
  const RenderFn render = [&](const JobRecord&, const RenderContext&) -> Result<RenderOutput> {
    ++render_count;
    return RenderOutput{"{}", {}, {}};
  };
  std::vector<std::string> ids;
  {
    const Running a(*queue_, folder_, wake_, render), b(*queue_, folder_, wake_, render);
    const Running c(other_queue, folder_, never, render), d(other_queue, folder_, never, render);
    for (int i = 0; i < 20; ++i) ids.push_back(Create());
    for (const std::string& id : ids) EXPECT_TRUE(Becomes(id, JobState::kCompleted));
  }
  EXPECT_EQ(render_count, 20);
}

}  // namespace
}  // namespace aozora
