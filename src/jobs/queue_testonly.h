// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "jobs/queue.h"
#include "store/ids.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {

// A queue on a database in memory, with two people, "ann" and "bob".
class QueueTest : public testing::Test {
 protected:
  explicit QueueTest(QueueLimits limits = {}) : limits_(limits) {
    clock_.Advance(std::chrono::hours(24 * 365 * 50));
    AddPerson("ann");
    AddPerson("bob");
    Reopen();
  }
  void Reopen(QueueHooks hooks = {}) {
    queue_ = std::make_unique<JobQueue>(*store_, clock_, random_, limits_, std::move(hooks));
  }
  void AddPerson(const std::string& id) {
    PersonRecord person;
    person.id = person.name = id;
    EXPECT_TRUE(store_->Write([&](Transaction& t) { return t.Insert(person); }).ok());
  }
  template <class Fn>
  void ChangePerson(const std::string& id, Fn change) {
    const Status status = store_->Write([&](Transaction& t) -> Status {
      const PersonRecord before = *TRY(t.Find<PersonRecord>(id));
      PersonRecord after = before;
      change(&after);
      return t.Change(before, after);
    });
    EXPECT_TRUE(status.ok());
  }

  static NewJob Job(const std::string& person, int64_t seconds = 4) {
    NewJob job;
    job.person_id = person;
    job.model_asked = "sora-2";
    job.model = "mini";
    job.prompt = "a boat";
    job.seconds = seconds;
    return job;
  }
  CreateOutcome Ask(const NewJob& job) { return queue_->Create(job).value(); }
  JobRecord Create(const NewJob& job) {
    CreateOutcome outcome = Ask(job);
    CHECK(std::holds_alternative<Created>(outcome));
    return std::get<Created>(outcome).jobs.at(0);
  }
  Refusal Refused(const NewJob& job) {
    CreateOutcome outcome = Ask(job);
    CHECK(std::holds_alternative<Refusal>(outcome));
    return std::get<Refusal>(outcome);
  }
  std::optional<Leased> TryLease(const std::string& worker = "w") {
    return queue_->Lease(worker, {}).value();
  }
  Holder Lease(const std::string& worker = "w") {
    const std::optional<Leased> leased = TryLease(worker);
    CHECK(leased.has_value());
    return {leased->job.id, leased->attempt, worker};
  }
  JobRecord Row(const std::string& id) {
    return *store_->Read([&](Transaction& t) { return t.Find<JobRecord>(id); }).value();
  }
  void Pass(int64_t ms) { clock_.Advance(std::chrono::milliseconds(ms)); }
  // A worker is silent for a lease; somebody watches.
  int64_t ReapAfter(int64_t ms) {
    EXPECT_EQ(queue_->ReapExpired().value(), 0);
    Pass(ms);
    return queue_->ReapExpired().value();
  }

  QueueLimits limits_;
  FakeClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Store> store_ = OpenSqliteInMemory(ProductSchema()).value();
  std::unique_ptr<JobQueue> queue_;
};

}  // namespace aozora
