// SPDX-License-Identifier: Apache-2.0
#include "access/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/key_text.h"
#include "store/audit_checkpoint.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class KeyRingTest : public testing::Test {
 protected:
  std::string AddPerson(const std::string& name) {
    NewPerson person;
    person.name = name;
    return ring_.AddPerson(person, "test").value().id;
  }
  MadeKey AddKey(const std::string& person_id) {
    NewKey key;
    key.person_id = person_id;
    key.name = "a key";
    return ring_.AddKey(key, "test").value();
  }

  std::unique_ptr<Store> store_ = OpenSqliteInMemory(ProductSchema()).value();
  FakeClock clock_;
  SeededRandom random_{7};
  KeyRing ring_{*store_, clock_, random_};
};

TEST_F(KeyRingTest, AKeyOpensWhatItsScopesSay) {
  const MadeKey key = AddKey(AddPerson("ai"));
  const std::optional<Principal> principal = ring_.Authenticate(key.text).value();
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->name, "ai");
  EXPECT_EQ(principal->role, "artist");
  EXPECT_TRUE(principal->Has(kScopeWrite));
  EXPECT_FALSE(principal->Has(kScopeAdmin));
}

TEST_F(KeyRingTest, TheTextOfAKeyIsKeptNowhere) {
  const MadeKey key = AddKey(AddPerson("ai"));
  const std::string secret = key.text.substr(13);
  const std::vector<KeyRecord> records = ring_.Keys().value();
  for (const KeyRecord& record : records) {
    for (const std::string& kept : {record.id, record.name, record.prefix, record.secret_sha256}) {
      EXPECT_EQ(kept.find(secret), std::string::npos);
    }
  }
}

TEST_F(KeyRingTest, AnotherSecretUnderTheSameNameIsRefused) {
  const MadeKey key = AddKey(AddPerson("ai"));
  SeededRandom other(99);
  EXPECT_FALSE(ring_.Authenticate(NewKeyText(other)).value());
  EXPECT_FALSE(ring_.Authenticate("").value());
  EXPECT_FALSE(ring_.Authenticate(key.text.substr(0, 12)).value());
}

TEST_F(KeyRingTest, ARevokedKeyIsRefusedAtOnceHereAndWithinASecondElsewhere) {
  KeyRing elsewhere(*store_, clock_, random_);
  const MadeKey key = AddKey(AddPerson("ai"));
  EXPECT_TRUE(ring_.Authenticate(key.text).value());
  EXPECT_TRUE(elsewhere.Authenticate(key.text).value());
  EXPECT_TRUE(ring_.Revoke(key.record.id, "test").value().revoked_ms);
  EXPECT_FALSE(ring_.Authenticate(key.text).value());
  clock_.Advance(milliseconds(KeyRing::kRecheckMs));
  EXPECT_FALSE(elsewhere.Authenticate(key.text).value());
}

TEST_F(KeyRingTest, AKeyEndsWhenItExpiresAlsoWhileItIsRemembered) {
  NewKey key;
  key.person_id = AddPerson("ai");
  key.name = "short";
  key.expires_ms = 500;
  const MadeKey made = ring_.AddKey(key, "test").value();
  EXPECT_TRUE(ring_.Authenticate(made.text).value());
  clock_.Advance(milliseconds(500));
  EXPECT_FALSE(ring_.Authenticate(made.text).value());
}

TEST_F(KeyRingTest, LastUseIsNotedAboutOnceAMinute) {
  const MadeKey key = AddKey(AddPerson("ai"));
  clock_.Advance(milliseconds(KeyRing::kLastUsedMs));
  ASSERT_TRUE(ring_.Authenticate(key.text).value());
  EXPECT_EQ(ring_.Keys().value().front().last_used_ms, KeyRing::kLastUsedMs);
  clock_.Advance(milliseconds(KeyRing::kLastUsedMs / 2));
  ASSERT_TRUE(ring_.Authenticate(key.text).value());
  EXPECT_EQ(ring_.Keys().value().front().last_used_ms, KeyRing::kLastUsedMs);
}

TEST_F(KeyRingTest, WhatMakesNoSenseIsRefusedByName) {
  const std::string person_id = AddPerson("ai");
  NewPerson twice;
  twice.name = "ai";
  EXPECT_THAT(ring_.AddPerson(twice, "test").error().message(), HasSubstr("named ai"));
  NewPerson king;
  king.name = "b";
  king.role = "king";
  EXPECT_THAT(ring_.AddPerson(king, "test").error().message(), HasSubstr("role king"));
  NewKey key;
  key.person_id = person_id;
  key.name = "k";
  key.scopes = {"everything"};
  EXPECT_THAT(ring_.AddKey(key, "test").error().message(), HasSubstr("scope everything"));
  key.scopes = {std::string(kScopeRead)};
  key.person_id = "person_nobody";
  EXPECT_EQ(ring_.AddKey(key, "test").error().code(), ErrorCode::kNotFound);
}

TEST_F(KeyRingTest, WhoDidWhatIsInTheAuditLog) {
  const MadeKey key = AddKey(AddPerson("ai"));
  ASSERT_TRUE(ring_.Revoke(key.record.id, "somebody").ok());
  const AuditReport head =
      store_->Read([](Transaction& transaction) { return VerifyAuditLog(transaction, "", {}); })
          .value();
  EXPECT_EQ(head.row_count, 3);  // a person, a key, its end
}

}  // namespace
}  // namespace aozora
