// SPDX-License-Identifier: Apache-2.0
#include "programme/programme_testonly.h"

#include "store/audit_checkpoint.h"
#include "store/ids.h"

namespace aozora {

Actor ProgrammeTest::Add(const std::string& name, Role role) {
  PersonRecord person;
  person.id = NewId("person_", random_);
  person.name = name;
  person.role = NameOf(role);
  person.password_hash = programme_.accounts.hasher().Hash(kPassword).value();
  person.created_ms = NowMs(clock_);
  store_->Write([&](Transaction& transaction) { return transaction.Insert(person); }).value();
  return {person.id, person.role, "192.0.2.1"};
}

std::string ProgrammeTest::AddJob(const Actor& owner, JobState state) {
  JobRecord job;
  job.id = NewId("video_", random_);
  job.person_id = owner.id;
  job.state = state;
  job.prompt = "a red boat of " + owner.id;
  job.created_ms = NowMs(clock_);
  job.expires_ms = NowMs(clock_) + kDayMs;
  store_->Write([&](Transaction& transaction) { return transaction.Insert(job); }).value();
  return job.id;
}

std::string ProgrammeTest::AddApproved(const Actor& author, const Actor& reviewer) {
  const std::string clip_id = AddClip(author);
  EXPECT_EQ(Why(programme_.clips.Submit(clip_id, "", author)), "");
  EXPECT_EQ(Why(programme_.reviews.Decide(clip_id, true, "", reviewer)), "");
  return clip_id;
}

LoginOutcome ProgrammeTest::Login(const std::string& name, const std::string& password,
                                  const std::string& address) {
  LoginRequest request;
  request.name = name;
  request.password = password;
  request.address = address;
  return programme_.accounts.Login(request).value();
}

std::vector<AuditRecord> ProgrammeTest::AuditRows() {
  EXPECT_EQ(Why(store_->Read([](Transaction& t) { return VerifyAuditLog(t, "", {}); })), "");
  return store_
      ->Read([](Transaction& t) {
        return t.Select(Query<AuditRecord>().Ascending(&AuditRecord::seq));
      })
      .value();
}

std::vector<std::string> ProgrammeTest::Events(const Actor& person) {
  std::vector<std::string> types;
  const std::vector<EventRecord> events =
      store_
          ->Read([&](Transaction& t) {
            return t.Select(Query<EventRecord>()
                                .Equal(&EventRecord::person_id, person.id)
                                .Ascending(&EventRecord::seq));
          })
          .value();
  for (const EventRecord& event : events) types.push_back(event.type);
  return types;
}

}  // namespace aozora
