// SPDX-License-Identifier: Apache-2.0
// What clients see; tests/sim runs the rest of it in ten thousand orders.
#include "jobs/queue.h"

#include <gmock/gmock.h>

#include "base/encoding.h"
#include "base/hash.h"
#include "base/units.h"
#include "jobs/queue_testonly.h"
#include "store/audit_checkpoint.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(QueueTest, ACreatedJobIsThereWithItsEventItsSecondsAndItsAudit) {
  const JobRecord job = Create(Job("ann", 8));
  EXPECT_TRUE(job.id.starts_with("video_"));
  EXPECT_EQ(queue_->Get(job.id)->state, JobState::kQueued);
  EXPECT_EQ(queue_->VideoSecondsLeft("ann").value(), limits_.video_seconds_per_day_max - 8);
  const auto events = queue_->Events(job.id, "", 0, 10).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "job.queued");
  EXPECT_EQ(events[0].seq, job.created_seq);
  EXPECT_EQ(store_->Read([](Transaction& t) { return VerifyAuditLog(t, "", {}); })->row_count, 1);
}

TEST_F(QueueTest, VariationsAreAllOrNone) {
  NewJob job = Job("ann", 4);
  job.settings_json = {R"({"seed":1})", R"({"seed":2})", R"({"seed":3})"};
  const auto created = std::get<Created>(Ask(job)).jobs;
  ASSERT_EQ(created.size(), 3u);
  EXPECT_EQ(created[2].settings_json, R"({"seed":3})");
  ChangePerson("ann", [](PersonRecord* person) { person->queued_max = 5; });
  EXPECT_EQ(Refused(job).kind, RefusalKind::kPersonQueue);
  EXPECT_EQ(queue_->List({.person_id = "ann"})->jobs.size(), 3u);
}

TEST_F(QueueTest, NonsenseIsAnErrorAndNotARefusal) {
  EXPECT_EQ(queue_->Create(Job("nobody")).error().code(), ErrorCode::kNotFound);
  NewJob many = Job("ann");
  many.settings_json.resize(static_cast<size_t>(limits_.variations_max) + 1);
  EXPECT_EQ(queue_->Create(many).error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(queue_->Create(Job("ann", 0)).error().code(), ErrorCode::kInvalid);
}

TEST_F(QueueTest, AnIdempotencyKeyGivesTheFirstAnswerForADay) {
  NewJob job = Job("ann");
  job.idempotency_key = "k";
  job.body_sha256 = "body";
  const JobRecord first = Create(job);
  const Created again = std::get<Created>(Ask(job));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.jobs.at(0).id, first.id);
  NewJob other = job;
  other.body_sha256 = "other";
  EXPECT_EQ(Refused(other).kind, RefusalKind::kIdempotencyMismatch);
  NewJob bobs = other;
  bobs.person_id = "bob";
  EXPECT_FALSE(std::get<Created>(Ask(bobs)).replayed);  // a key is its person's own
  Pass(limits_.idempotency_kept_ms);
  EXPECT_NE(Create(job).id, first.id);
}

TEST_F(QueueTest, SecondsOfADayAreHeldAndGivenBackUnlessAVideoCameOfThem) {
  ChangePerson("ann", [](PersonRecord* person) { person->video_seconds_per_day_max = 20; });
  const JobRecord cancelled = Create(Job("ann", 8));
  Create(Job("ann", 12));
  const Refusal refusal = Refused(Job("ann", 4));
  EXPECT_EQ(refusal.kind, RefusalKind::kDailySeconds);
  EXPECT_EQ(refusal.remaining, 0);
  EXPECT_EQ(refusal.retry_after_s, 24 * 3600);  // the clock stands at midnight
  ASSERT_TRUE(queue_->Cancel(cancelled.id, "ann").ok());
  EXPECT_EQ(queue_->VideoSecondsLeft("ann").value(), 8);
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
  EXPECT_EQ(queue_->VideoSecondsLeft("ann").value(), 8);
  EXPECT_EQ(Refused(Job("ann", 21)).retry_after_s, 0);  // no day is that long
  Pass(kDayMs);
  EXPECT_EQ(queue_->VideoSecondsLeft("ann").value(), 20);
}

TEST_F(QueueTest, TooManyAMinuteAreToldWhenToComeBack) {
  limits_.creates_per_minute_max = 2;
  Reopen();
  Create(Job("ann"));
  Pass(20'000);
  Create(Job("ann"));
  const Refusal refusal = Refused(Job("ann"));
  EXPECT_EQ(refusal.kind, RefusalKind::kRate);
  EXPECT_EQ(refusal.retry_after_s, 40);
  Create(Job("bob"));
  Pass(40'000);
  Create(Job("ann"));
}

TEST_F(QueueTest, AFullQueueSaysHowFastItDrains) {
  limits_.queued_max = 2;
  Reopen();
  Create(Job("ann"));
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 90'000).value());
  Create(Job("ann"));
  Create(Job("bob"));
  const Refusal refusal = Refused(Job("bob"));
  EXPECT_EQ(refusal.kind, RefusalKind::kQueue);
  EXPECT_EQ(refusal.retry_after_s, 90);
}

TEST_F(QueueTest, TheAuditLogHasTheHashOfAPromptThatItsJobCanProve) {
  NewJob job = Job("ann");
  job.prompt = "a secret wish";
  job.address = "192.0.2.1";
  const JobRecord made = Create(job);
  const std::vector<AuditRecord> rows =
      store_->Read([](Transaction& t) { return t.Select(Query<AuditRecord>()); }).value();
  EXPECT_THAT(rows.back().detail, HasSubstr("from 192.0.2.1"));
  EXPECT_THAT(rows.back().detail, HasSubstr(HexEncode(HmacSha256(made.prompt_salt, job.prompt))));
  EXPECT_EQ(rows.back().detail.find("secret"), std::string::npos);
}

TEST_F(QueueTest, AFullDiskTakesNothingMore) {
  DiskSpace disk{limits_.output_bytes_max * 2, limits_.output_bytes_max};
  Reopen({.disk_space = [&]() -> Result<DiskSpace> { return disk; }});
  Create(Job("ann"));
  Create(Job("ann"));
  Lease();  // one more to be written
  disk.free_bytes -= 1;
  EXPECT_EQ(Refused(Job("ann")).kind, RefusalKind::kDisk);
  disk.free_bytes *= 2;
  Create(Job("ann"));
}

TEST_F(QueueTest, StopsHoldForCreateAndLeaseAndAfterARestart) {
  Create(Job("ann"));
  for (const Stop& stop :
       {Stop{.subject = std::string(kStopGeneration), .reason = "fire", .set_by = "op"},
        Stop{.scope = StopScope::kPerson, .subject = "ann", .reason = "fire", .set_by = "op"},
        Stop{.scope = StopScope::kModel, .subject = "mini", .reason = "fire", .set_by = "op"}}) {
    ASSERT_TRUE(queue_->SetStop(stop).ok());
    Reopen();
    const Refusal refusal = Refused(Job("ann"));
    EXPECT_EQ(refusal.kind, RefusalKind::kStopped);
    EXPECT_THAT(refusal.message, HasSubstr("fire"));
    EXPECT_FALSE(TryLease().has_value());
    EXPECT_EQ(queue_->Stops()->at(0).reason, "fire");
    EXPECT_EQ(queue_->ReleaseStop(stop.scope, stop.subject, "op").value(), StopRelease::kReleased);
  }
  EXPECT_EQ(queue_->ReleaseStop(StopScope::kAll, kStopGeneration, "op").value(),
            StopRelease::kNoSuchStop);
  EXPECT_TRUE(TryLease().has_value());
}

TEST_F(QueueTest, AStoppedKeyStopsWhatItAskedFor) {
  NewJob job = Job("ann");
  job.key_id = "key_1";
  Create(job);
  ASSERT_TRUE(
      queue_->SetStop({.scope = StopScope::kKey, .subject = "key_1", .reason = {}, .set_by = {}})
          .ok());
  EXPECT_EQ(Refused(job).kind, RefusalKind::kStopped);
  EXPECT_FALSE(TryLease().has_value());
  Create(Job("ann"));
  EXPECT_TRUE(TryLease().has_value());
}

TEST_F(QueueTest, TwoAdminsReleaseAStopOfEverything) {
  ChangePerson("ann", [](PersonRecord* person) { person->role = "admin"; });
  ChangePerson("bob", [](PersonRecord* person) { person->role = "admin"; });
  const auto release = [&](std::string_view actor) {
    return queue_->ReleaseStop(StopScope::kAll, kStopEverything, actor).value();
  };
  ASSERT_TRUE(queue_->SetStop({.subject = std::string(kStopEverything), .set_by = "ann"}).ok());
  EXPECT_EQ(release("ann"), StopRelease::kNeedsSecond);
  EXPECT_EQ(release("ann"), StopRelease::kNeedsSecond);  // the same one again is not two
  EXPECT_EQ(queue_->Stops()->at(0).release_asked_by, "ann");
  Reopen();
  clock_.Advance(std::chrono::milliseconds(kReleaseAskedMs + 1));
  EXPECT_EQ(release("bob"), StopRelease::kNeedsSecond);  // she may have thought better of it
  EXPECT_EQ(Refused(Job("ann")).kind, RefusalKind::kStopped);
  EXPECT_EQ(release("ann"), StopRelease::kReleased);
  Create(Job("ann"));
}

TEST_F(QueueTest, AWeakerStopDoesNotReplaceAStrongerOne) {
  ASSERT_TRUE(queue_->SetStop({.subject = std::string(kStopEverything), .set_by = "op"}).ok());
  ASSERT_TRUE(queue_->SetStop({.subject = std::string(kStopMaintenance), .set_by = "op"}).ok());
  EXPECT_EQ(queue_->ReleaseStop(StopScope::kAll, kStopMaintenance, "op").value(),
            StopRelease::kReleased);
  EXPECT_EQ(queue_->Stops()->at(0).subject, kStopEverything);
}

TEST_F(QueueTest, TheOnlyAdminReleasesAlone) {
  ChangePerson("ann", [](PersonRecord* person) { person->role = "admin"; });
  ASSERT_TRUE(queue_->SetStop({.subject = std::string(kStopEverything), .set_by = "ann"}).ok());
  EXPECT_EQ(queue_->ReleaseStop(StopScope::kAll, kStopEverything, "ann").value(),
            StopRelease::kReleased);
}

TEST_F(QueueTest, TurnsAreFairAndNotFirstComeOnly) {
  const JobRecord a1 = Create(Job("ann")), a2 = Create(Job("ann")), a3 = Create(Job("ann"));
  const JobRecord b1 = Create(Job("bob"));
  EXPECT_EQ(Lease().job_id, a1.id);
  EXPECT_EQ(Lease().job_id, b1.id);  // of whom nothing runs
  EXPECT_EQ(Lease().job_id, a2.id);
  EXPECT_FALSE(TryLease().has_value());  // two at once are hers
  EXPECT_EQ(queue_->Counts()->queued, 1);
}

TEST_F(QueueTest, WhoHadLessVideoTodayIsFirst) {
  Create(Job("ann", 12));
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
  Create(Job("ann"));
  const JobRecord bobs = Create(Job("bob"));
  EXPECT_EQ(Lease().job_id, bobs.id);
}

TEST_F(QueueTest, PriorityGoesFirstAndModelsAreTheWorkersOwn) {
  Create(Job("ann"));
  NewJob large = Job("bob");
  large.model = "large";
  const JobRecord other = Create(large);
  ChangePerson("bob", [](PersonRecord* person) { person->priority = 5; });
  const JobRecord grant = Create(Job("bob"));
  EXPECT_EQ(Lease().job_id, grant.id);
  const std::vector<std::string> models{"large"};
  EXPECT_EQ((*queue_->Lease("w", models))->job.id, other.id);
  EXPECT_FALSE((*queue_->Lease("w", models)).has_value());
}

// Each look at it costs some time, as working out a long queue does.
class SlowClock : public FakeClock {
 public:
  std::chrono::nanoseconds SinceStart() const override {
    return FakeClock::SinceStart() + ++look_count_ * std::chrono::milliseconds(10);
  }

 private:
  mutable int64_t look_count_ = 0;
};

TEST_F(QueueTest, ALongQueueIsNotWorkedOutForEachNewcomer) {
  SlowClock slow;
  slow.Advance(std::chrono::hours(24 * 365 * 50));
  JobQueue queue(*store_, slow, random_, limits_, {});
  const auto create = [&](const std::string& person) {
    return std::get<Created>(queue.Create(Job(person)).value()).jobs.at(0).id;
  };
  const std::string first = create("ann");
  EXPECT_EQ(queue.Place(first)->position, 1);
  const std::string anns = create("ann"), bobs = create("bob");
  // Both are behind the one that was known, until it is worth the time to say more.
  EXPECT_EQ(queue.Place(anns)->position, 2);
  EXPECT_EQ(queue.Place(bobs)->position, 2);
  EXPECT_EQ(queue.Place("video_none").error().code(), ErrorCode::kNotFound);
  slow.Advance(std::chrono::seconds(5));
  EXPECT_EQ(queue.Place(bobs)->position, 2);
  EXPECT_EQ(queue.Place(anns)->position, 3);
}

TEST_F(QueueTest, AnOldOrderServesWhileAnotherThreadRenewsIt) {
  SlowClock slow;
  slow.Advance(std::chrono::hours(24 * 365 * 50));
  int asked_count = 0;
  QueueHooks hooks;
  hooks.order_old = [&] { ++asked_count; };
  JobQueue queue(*store_, slow, random_, limits_, hooks);
  const auto create = [&](const std::string& person) {
    return std::get<Created>(queue.Create(Job(person)).value()).jobs.at(0).id;
  };
  create("ann");
  const std::string anns = create("ann");
  EXPECT_EQ(queue.Place(anns)->position, 2);  // nothing is known yet: whoever asks works it out
  EXPECT_EQ(asked_count, 0);
  create("bob");
  slow.Advance(std::chrono::seconds(2));
  EXPECT_EQ(queue.Place(anns)->position, 2);
  EXPECT_EQ(queue.Place(anns)->position, 2);
  EXPECT_EQ(asked_count, 1);
  EXPECT_TRUE(queue.RenewOrder().ok());
  EXPECT_EQ(queue.Place(anns)->position, 3);  // bob's is before it, as ann has one before
  slow.Advance(std::chrono::minutes(1));
  create("bob");
  EXPECT_EQ(queue.Place(anns)->queued_count, 4);  // too old to serve
  EXPECT_EQ(asked_count, 1);
}

// The queue of another process fills the same store: what this one remembers must not let in more.
TEST_F(QueueTest, LimitsHoldWhoeverFillsTheQueue) {
  limits_.queued_per_person_max = 6;
  limits_.queued_max = 8;
  Reopen();
  JobQueue other(*store_, clock_, random_, limits_, {});
  const auto takes = [&](JobQueue& queue, const std::string& person) {
    return std::holds_alternative<Created>(queue.Create(Job(person)).value());
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(takes(*queue_, "ann"));
    EXPECT_TRUE(takes(other, "ann"));
  }
  EXPECT_FALSE(takes(*queue_, "ann"));
  EXPECT_FALSE(takes(other, "ann"));
  EXPECT_TRUE(takes(other, "bob"));
  EXPECT_TRUE(takes(*queue_, "bob"));
  EXPECT_FALSE(takes(other, "bob"));
  EXPECT_FALSE(takes(*queue_, "bob"));
  Lease();
  EXPECT_TRUE(takes(other, "ann") || takes(other, "bob"));
  EXPECT_FALSE(takes(*queue_, "ann"));
}

TEST_F(QueueTest, PlacesAndWaitsFollowTheOrderAndWhatRendersTook) {
  NewJob planned = Job("ann");
  planned.estimated_work_ms = 10'000;
  Create(planned);
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 20'000).value());  // twice as long as planned
  const JobRecord first = Create(planned), second = Create(planned);
  const JobRecord bobs = Create(Job("bob"));
  EXPECT_EQ(queue_->Place(bobs.id)->position, 1);
  EXPECT_EQ(queue_->Place(first.id)->position, 2);
  const QueuePlace place = queue_->Place(second.id).value();
  EXPECT_EQ(place.position, 3);
  EXPECT_EQ(place.queued_count, 3);
  EXPECT_EQ(place.start_in_ms, 40'000);  // bob's is unplanned: the mean of 20 s
  EXPECT_EQ(place.ready_in_ms, 60'000);
  EXPECT_EQ(queue_->Place("video_none").error().code(), ErrorCode::kNotFound);
}

TEST_F(QueueTest, ListsGoPageByPageInTheOrderOfCreation) {
  limits_.creates_per_minute_max = limits_.queued_per_person_max = 100;
  Reopen();
  std::vector<std::string> ids;
  for (int i = 0; i < 25; ++i) {
    ids.push_back(Create(Job("ann")).id);
    Create(Job("bob"));
  }
  for (const bool ascending : {true, false}) {
    std::vector<std::string> seen;
    JobList page;
    do {
      page = queue_
                 ->List({.person_id = "ann",
                         .after_id = seen.empty() ? "" : seen.back(),
                         .limit = 10,
                         .ascending = ascending,
                         .batch_id = {}})
                 .value();
      for (const JobRecord& job : page.jobs) seen.push_back(job.id);
    } while (page.has_more);
    if (!ascending) std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen, ids);
  }
  const std::string bobs = queue_->List({.person_id = "bob"})->jobs[0].id;
  EXPECT_EQ(queue_->List({.person_id = "ann", .after_id = bobs}).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(QueueTest, OnlyTheirOwnAreShown) {
  const JobRecord job = Create(Job("ann"));
  EXPECT_TRUE(queue_->GetOf("ann", job.id).ok());
  EXPECT_EQ(queue_->GetOf("bob", job.id).error().code(), ErrorCode::kNotFound);
}

TEST_F(QueueTest, CancelIsAtOnceWhileQueuedAndAskedForWhileRunning) {
  const JobRecord queued = Create(Job("ann"));
  EXPECT_EQ(queue_->Cancel(queued.id, "ann")->state, JobState::kCancelled);
  Create(Job("ann"));
  const Holder holder = Lease();
  EXPECT_FALSE(queue_->Heartbeat(holder, {.percent = 1, .stage = "x"})->cancel_requested);
  EXPECT_EQ(queue_->Cancel(holder.job_id, "ann")->state, JobState::kInProgress);
  EXPECT_TRUE(queue_->Heartbeat(holder, {.percent = 2, .stage = "x"})->cancel_requested);
  EXPECT_TRUE(queue_->FinishCancel(holder).value());
  EXPECT_EQ(Row(holder.job_id).error_code, "cancelled");
  EXPECT_EQ(queue_->Cancel(holder.job_id, "ann")->state, JobState::kCancelled);
}

TEST_F(QueueTest, ADeletedJobIsHiddenAndItsFilesDoomed) {
  const JobRecord job = Create(Job("ann"));
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
  ASSERT_TRUE(queue_->Delete(job.id, "ann").ok());
  EXPECT_EQ(queue_->Get(job.id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(queue_->Delete(job.id, "ann").error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(queue_->List({.person_id = "ann"})->jobs.empty());
  EXPECT_EQ(Row(job.id).files, FilesState::kDoomed);
}

TEST_F(QueueTest, OutputsExpireForReal) {
  const JobRecord job = Create(Job("ann"));
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
  Pass(limits_.output_kept_ms - 1);
  EXPECT_EQ(queue_->ExpireOutputs(10).value(), 0);
  Pass(1);
  EXPECT_EQ(queue_->ExpireOutputs(10).value(), 1);
  EXPECT_EQ(queue_->Get(job.id)->files, FilesState::kDoomed);
  EXPECT_EQ(queue_->Get(job.id)->state, JobState::kCompleted);
  EXPECT_EQ(queue_->ExpireOutputs(10).value(), 0);
}

TEST_F(QueueTest, ASilentWorkerLosesItsJobAndCannotComeBack) {
  Create(Job("ann"));
  const Holder dead = Lease("dead");
  EXPECT_EQ(ReapAfter(limits_.lease_ms - 1), 0);
  EXPECT_FALSE(queue_->Heartbeat(dead, {.percent = 10, .stage = "x"})->lost);
  EXPECT_EQ(ReapAfter(limits_.lease_ms), 1);
  EXPECT_EQ(Row(dead.job_id).state, JobState::kQueued);
  const Holder next = Lease("next");
  EXPECT_EQ(next.attempt, 2);
  EXPECT_TRUE(queue_->Heartbeat(dead, {.percent = 99, .stage = "x"})->lost);
  EXPECT_FALSE(queue_->Complete(dead, "stale", 1).value());
  EXPECT_FALSE(queue_->Fail(dead, "x", "x", false).value());
  EXPECT_FALSE(queue_->Park(dead).value());
  EXPECT_TRUE(queue_->Complete(next, "fresh", 1).value());
  EXPECT_EQ(Row(next.job_id).output_json, "fresh");
}

TEST_F(QueueTest, TheThirdCrashFailsTheJobWithAReason) {
  const JobRecord job = Create(Job("ann"));
  for (int64_t crash = 1; crash <= 3; ++crash) {
    Lease();
    EXPECT_EQ(ReapAfter(limits_.lease_ms), 1);
    EXPECT_EQ(Row(job.id).state, crash < 3 ? JobState::kQueued : JobState::kFailed);
  }
  EXPECT_EQ(Row(job.id).error_code, "worker_crashed");
  EXPECT_THAT(Row(job.id).error_message, HasSubstr("3 workers"));
  EXPECT_EQ(queue_->VideoSecondsLeft("ann").value(), limits_.video_seconds_per_day_max);
}

TEST_F(QueueTest, FailuresThatMayPassAreTriedAgainLaterAndNotForEver) {
  const JobRecord job = Create(Job("ann"));
  for (int64_t retry = 0; retry < limits_.retries_max; ++retry) {
    EXPECT_TRUE(queue_->Fail(Lease(), "render_failed", "disk", true).value());
    EXPECT_FALSE(TryLease().has_value());
    Pass(limits_.retry_delay_ms << retry);
  }
  EXPECT_TRUE(queue_->Fail(Lease(), "render_failed", "disk", true).value());
  EXPECT_EQ(Row(job.id).state, JobState::kFailed);
}

TEST_F(QueueTest, ParkingCountsAsNoCrash) {
  const JobRecord job = Create(Job("ann"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue_->Park(Lease()).value());
  EXPECT_EQ(Row(job.id).crash_count, 0);
  EXPECT_EQ(Row(job.id).state, JobState::kQueued);
}

TEST_F(QueueTest, WhatNobodyWantsIsNotStartedAgain) {
  const JobRecord job = Create(Job("ann"));
  const Holder holder = Lease();
  ASSERT_TRUE(queue_->Delete(job.id, "ann").ok());
  EXPECT_TRUE(queue_->Park(holder).value());
  EXPECT_EQ(Row(job.id).state, JobState::kCancelled);
}

TEST_F(QueueTest, ListenersHearOfEachChangeOnceItIsDurable) {
  std::vector<JobState> heard;
  int added = 0;
  Reopen({.disk_space = {},
          .changed =
              [&](const JobRecord& job) {
                EXPECT_EQ(Row(job.id).state, job.state);
                heard.push_back(job.state);
              },
          .work_added = [&] { ++added; },
          .webhook_added = {}});
  Create(Job("ann"));
  EXPECT_TRUE(queue_->Complete(Lease(), "{}", 1).value());
  EXPECT_THAT(heard, ElementsAre(JobState::kQueued, JobState::kInProgress, JobState::kCompleted));
  EXPECT_EQ(added, 1);
}

}  // namespace
}  // namespace aozora
