// SPDX-License-Identifier: Apache-2.0
#include "programme/invitations.h"

#include <atomic>
#include <thread>

#include "programme/programme_testonly.h"

namespace aozora {
namespace {

using ::testing::HasSubstr;

class InvitationsTest : public ProgrammeTest {
 protected:
  Acceptance By(const std::string& name, const std::string& code, int64_t terms_version = 0) {
    Acceptance acceptance;
    acceptance.code = code;
    acceptance.name = name;
    acceptance.password = kPassword;
    acceptance.terms_version = terms_version;
    acceptance.address = "192.0.2.3";
    return acceptance;
  }
  std::string Invite(std::string_view role = "artist") {
    return programme_.invitations.Make(role, "for Ada", admin_).value().code;
  }
  InvitationState State() {
    return StateOf(programme_.invitations.List().value().front(),
                   clock_.SinceStart().count() / 1'000'000);
  }

  const Actor admin_ = Add("root", Role::kAdmin);
};

TEST_F(InvitationsTest, ACodeMakesThePersonOfItsRoleAndLogsIn) {
  for (const std::string_view role : EnumNames<Role>::kNames) {
    const std::string code = Invite(role);
    EXPECT_EQ(programme_.invitations.Look(code).value().role, role);
    const LoginOutcome made =
        programme_.invitations.Accept(By("a " + std::string(role), code)).value();
    EXPECT_EQ(made.person->role, role);
    EXPECT_EQ(programme_.sessions.Find(made.session->secret).value()->principal.role, role);
    EXPECT_TRUE(Login("a " + std::string(role), kPassword).session);
  }
}

TEST_F(InvitationsTest, ACodeWorksOnce) {
  const std::string code = Invite();
  EXPECT_EQ(State(), InvitationState::kOpen);
  ASSERT_TRUE(programme_.invitations.Accept(By("ada", code)).ok());
  EXPECT_EQ(State(), InvitationState::kAccepted);
  EXPECT_TRUE(IsNotFound(programme_.invitations.Accept(By("bob", code))));
  EXPECT_TRUE(IsNotFound(programme_.invitations.Look(code)));
  EXPECT_EQ(Count<PersonRecord>(), 2);
}

TEST_F(InvitationsTest, ACodeEndsWhenItExpires) {
  const std::string code = Invite();
  Advance(kInvitationKeptMs - 1);
  EXPECT_TRUE(programme_.invitations.Look(code).ok());
  Advance(1);
  EXPECT_EQ(State(), InvitationState::kExpired);
  EXPECT_TRUE(IsNotFound(programme_.invitations.Accept(By("ada", code))));
}

TEST_F(InvitationsTest, ARevokedCodeEndsAndAnAcceptedOneIsNotRevoked) {
  const MadeInvitation made = programme_.invitations.Make("artist", "", admin_).value();
  EXPECT_TRUE(programme_.invitations.Revoke(made.record.id, admin_).value().revoked_ms);
  EXPECT_TRUE(programme_.invitations.Revoke(made.record.id, admin_).ok());
  EXPECT_EQ(State(), InvitationState::kRevoked);
  EXPECT_TRUE(IsNotFound(programme_.invitations.Accept(By("ada", made.code))));
  const MadeInvitation used = programme_.invitations.Make("artist", "", admin_).value();
  ASSERT_TRUE(programme_.invitations.Accept(By("ada", used.code)).ok());
  EXPECT_TRUE(IsInvalid(programme_.invitations.Revoke(used.record.id, admin_)));
  EXPECT_TRUE(IsNotFound(programme_.invitations.Revoke("invite_none", admin_)));
}

TEST_F(InvitationsTest, OfManyWhoAcceptAtOnceExactlyOneWins) {
  for (int round = 0; round < 10; ++round) {
    const std::string code = Invite();
    std::atomic<int> won = 0, lost = 0;
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const Acceptance mine = By(fmt::format("{}-{}", round, i), code);
        while (!go) std::this_thread::yield();
        const Result<LoginOutcome> made = programme_.invitations.Accept(mine);
        won += made.ok();
        lost += IsNotFound(made);
      });
    }
    go = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 7);
    EXPECT_EQ(Count<PersonRecord>(), 2 + round);
  }
  AuditRows();  // unbroken
}

TEST_F(InvitationsTest, WhatIsRefusedUsesNothingUp) {
  const std::string code = Invite();
  Acceptance short_password = By("ada", code);
  short_password.password = "short";
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(short_password)));
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(By("root", code))));  // taken
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(By("", code))));
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(By("ada", code, 7))));  // no such terms
  EXPECT_EQ(Count<PersonRecord>(), 1);
  EXPECT_TRUE(programme_.invitations.Accept(By("ada", code)).ok());
}

TEST_F(InvitationsTest, WhatMakesNoSenseIsRefused) {
  Invitations& invitations = programme_.invitations;
  EXPECT_THAT(Why(invitations.Make("king", "", admin_)), HasSubstr("role king"));
  EXPECT_TRUE(IsInvalid(invitations.Make("artist", "", admin_, 0)));
  EXPECT_TRUE(IsInvalid(invitations.Make("artist", "", admin_, kInvitationKeptMsMax + 1)));
  EXPECT_TRUE(IsInvalid(invitations.Make("artist", std::string(5000, 'x'), admin_)));
  for (const char* code : {"", "azi_", "azi_zz", "'; drop table people"}) {
    EXPECT_TRUE(IsNotFound(invitations.Look(code))) << code;
  }
}

TEST_F(InvitationsTest, TheNewestTermsAreAcceptedWithIt) {
  programme_.terms.Publish("be kind", admin_).value();
  const int64_t version = programme_.terms.Publish("be kinder", admin_).value().version;
  const std::string code = Invite();
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(By("ada", code, version - 1))));
  EXPECT_TRUE(IsInvalid(programme_.invitations.Accept(By("ada", code, 0))));
  const LoginOutcome made = programme_.invitations.Accept(By("ada", code, version)).value();
  EXPECT_TRUE(programme_.terms.Accepted(made.person->id).value());
}

TEST_F(InvitationsTest, ANewVersionOfTheTermsMustBeAcceptedAnew) {
  const Actor ada = Add("ada", Role::kArtist);
  Terms& terms = programme_.terms;
  EXPECT_FALSE(terms.Newest().value());
  EXPECT_TRUE(terms.Accepted(ada.id).value());  // there are none
  const int64_t first = terms.Publish("be kind", admin_).value().version;
  EXPECT_FALSE(terms.Accepted(ada.id).value());
  EXPECT_TRUE(terms.Accept(ada.id, first, ada).ok());
  EXPECT_TRUE(terms.Accept(ada.id, first, ada).ok());  // twice changes nothing
  EXPECT_TRUE(terms.Accepted(ada.id).value());
  const int64_t second = terms.Publish("be kinder", admin_).value().version;
  EXPECT_EQ(second, first + 1);
  EXPECT_FALSE(terms.Accepted(ada.id).value());
  EXPECT_TRUE(IsInvalid(terms.Accept(ada.id, first, ada)));  // not what counts now
  EXPECT_TRUE(terms.Accept(ada.id, second, ada).ok());
  EXPECT_TRUE(terms.Accepted(ada.id).value());
  EXPECT_TRUE(IsInvalid(terms.Publish("", admin_)));
}

TEST_F(InvitationsTest, TheAuditLogHasNoCodeAndNoNote) {
  const std::string code = Invite();
  programme_.invitations.Accept(By("ada", code)).value();
  for (const AuditRecord& row : AuditRows()) {
    for (const std::string& text : {row.subject, row.detail, row.action}) {
      EXPECT_EQ(text.find(code), std::string::npos);
      EXPECT_EQ(text.find("for Ada"), std::string::npos);
      EXPECT_EQ(text.find("ada"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace aozora
