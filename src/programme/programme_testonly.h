// SPDX-License-Identifier: Apache-2.0
// A programme on a store in memory, with time that stands still.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/units.h"
#include "programme/programme.h"
#include "programme/roles.h"
#include "store/audit.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {

// argon2id as cheap as libsodium lets it be: only passwords_test is about its cost.
inline constexpr PasswordCost kCheapPasswords{.memory_bytes = 8192, .passes = 1};
inline const std::string kPassword = "correct horse battery";

class ProgrammeTest : public testing::Test {
 protected:
  Actor Add(const std::string& name, Role role);  // a person with kPassword
  std::string AddJob(const Actor& owner, JobState state = JobState::kCompleted);
  std::string AddClip(const Actor& author) {
    return programme_.clips.Make(AddJob(author), "Boat", author).value().clip.id;
  }
  std::string AddApproved(const Actor& author, const Actor& reviewer);
  void Advance(int64_t ms) { clock_.Advance(std::chrono::milliseconds(ms)); }
  LoginOutcome Login(const std::string& name, const std::string& password,
                     const std::string& address = "192.0.2.1");
  std::vector<AuditRecord> AuditRows();
  std::vector<std::string> Events(const Actor& person);
  template <class T>
  int64_t Count() {
    return store_->Read([](Transaction& t) { return t.Count(Query<T>()); }).value();
  }
  static Viewer ViewerOf(const Actor& actor) { return {actor.id, actor.role}; }

  std::unique_ptr<Store> store_ = OpenSqliteInMemory(ProductSchema()).value();
  FakeClock clock_;
  SeededRandom random_{7};
  Programme programme_{Ground{*store_, clock_, random_}, kCheapPasswords};
};

// Message of an error, or "" of a success: for EXPECT_THAT.
template <class T>
std::string Why(const Result<T>& result) {
  return result.ok() ? "" : result.error().message();
}
template <class T>
bool IsNotFound(const Result<T>& result) {
  return !result.ok() && result.error().code() == ErrorCode::kNotFound;
}
template <class T>
bool IsInvalid(const Result<T>& result) {
  return !result.ok() && result.error().code() == ErrorCode::kInvalid;
}

}  // namespace aozora
