// SPDX-License-Identifier: Apache-2.0
#include "programme/accounts.h"

#include <thread>

#include "programme/programme_testonly.h"

namespace aozora {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccountsTest : public ProgrammeTest {
 protected:
  std::optional<SessionCaller> Find(const std::string& secret) {
    return programme_.sessions.Find(secret).value();
  }
  LoginRequest From(const std::string& address = "192.0.2.7") {
    LoginRequest request;
    request.address = address;
    return request;
  }
};

TEST_F(AccountsTest, NameAndPasswordMakeASessionThatKnowsThePerson) {
  const Actor ada = Add("ada", Role::kReviewer);
  const LoginOutcome outcome = Login("ada", kPassword);
  ASSERT_TRUE(outcome.session);
  const auto caller = Find(outcome.session->secret);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->principal.person_id, ada.id);
  EXPECT_EQ(caller->principal.role, "reviewer");
  EXPECT_TRUE(caller->principal.Has(kScopeReview));
  EXPECT_FALSE(caller->principal.Has(kScopeAdmin));
}

TEST_F(AccountsTest, WrongPasswordsUnknownNamesAndPeopleWithoutPasswordAllLookTheSame) {
  Add("ada", Role::kArtist);
  const Actor bob = Add("bob", Role::kArtist);
  store_
      ->Write([&](Transaction& t) -> Status {
        const auto before = TRY(t.Find<PersonRecord>(bob.id));
        PersonRecord after = *before;
        after.password_hash.clear();
        return t.Change(*before, after);
      })
      .value();
  for (const auto& [name, password] :
       std::vector<std::pair<std::string, std::string>>{{"ada", "wrong horse battery"},
                                                        {"nobody", kPassword},
                                                        {"bob", ""},
                                                        {"bob", kPassword}}) {
    const LoginOutcome outcome = Login(name, password, "192.0.2." + std::to_string(name.size()));
    EXPECT_FALSE(outcome.session) << name;
    EXPECT_EQ(outcome.retry_after_s, 0u);
  }
}

TEST_F(AccountsTest, GuessingIsHeldUpAlsoWithTheRightPasswordInTheEnd) {
  Add("ada", Role::kArtist);
  for (int i = 0; i < 5; ++i) Login("ada", "wrong horse battery");
  const LoginOutcome outcome = Login("ada", kPassword, "198.51.100.9");
  EXPECT_FALSE(outcome.session);
  EXPECT_EQ(outcome.retry_after_s, 1u);
  Advance(1000);
  EXPECT_TRUE(Login("ada", kPassword, "198.51.100.9").session);
}

TEST_F(AccountsTest, ADisabledPersonNeitherComesInNorStays) {
  const Actor ada = Add("ada", Role::kArtist);
  const std::string secret = Login("ada", kPassword).session->secret;
  store_
      ->Write([&](Transaction& t) -> Status {
        const auto before = TRY(t.Find<PersonRecord>(ada.id));
        PersonRecord after = *before;
        after.disabled_ms = 1;
        return t.Change(*before, after);
      })
      .value();
  EXPECT_FALSE(Find(secret));
  EXPECT_FALSE(Login("ada", kPassword).session);
}

TEST_F(AccountsTest, NoSecretIsKept) {
  Add("ada", Role::kArtist);
  const MadeSession made = *Login("ada", kPassword).session;
  for (const std::string& kept :
       {made.record.id, made.record.secret_sha256, made.record.user_agent}) {
    EXPECT_THAT(made.secret, Not(HasSubstr(kept.empty() ? "-" : kept)));
  }
  EXPECT_FALSE(Find(made.record.secret_sha256));
  EXPECT_FALSE(Find(made.record.id));
  EXPECT_FALSE(Find(""));
}

TEST_F(AccountsTest, ASessionEndsAfterTwelveIdleHours) {
  Add("ada", Role::kArtist);
  const std::string secret = Login("ada", kPassword).session->secret;
  Advance(kSessionIdleMs - 1);
  ASSERT_TRUE(Find(secret));  // and is used by that
  Advance(kSessionIdleMs - 1);
  ASSERT_TRUE(Find(secret));
  Advance(kSessionIdleMs);
  EXPECT_FALSE(Find(secret));
}

TEST_F(AccountsTest, ASessionEndsAfterSevenDaysHoweverMuchItIsUsed) {
  Add("ada", Role::kArtist);
  const std::string secret = Login("ada", kPassword).session->secret;
  for (int64_t hours = 6; hours < 7 * 24; hours += 6) {
    Advance(6 * kHourMs);
    ASSERT_TRUE(Find(secret)) << hours;
  }
  Advance(6 * kHourMs);
  EXPECT_FALSE(Find(secret));
}

TEST_F(AccountsTest, LoggingInAgainEndsWhatTheBrowserHadAndNothingElse) {
  Add("ada", Role::kArtist);
  const std::string elsewhere = Login("ada", kPassword).session->secret;
  const std::string before = Login("ada", kPassword).session->secret;
  LoginRequest request = From();
  request.name = "ada";
  request.password = kPassword;
  request.old_secret = before;
  const std::string after = programme_.accounts.Login(request).value().session->secret;
  EXPECT_NE(after, before);
  EXPECT_FALSE(Find(before));
  EXPECT_TRUE(Find(after));
  EXPECT_TRUE(Find(elsewhere));
}

TEST_F(AccountsTest, SessionsAreListedAndEndedByTheirPersonAlone) {
  const Actor ada = Add("ada", Role::kArtist), bob = Add("bob", Role::kArtist);
  const MadeSession first = *Login("ada", kPassword).session;
  Login("ada", kPassword);
  EXPECT_EQ(programme_.sessions.List(ada.id).value().size(), 2u);
  EXPECT_TRUE(IsNotFound(programme_.sessions.End(bob.id, first.record.id, bob)));
  EXPECT_TRUE(Find(first.secret));
  EXPECT_TRUE(programme_.sessions.End(ada.id, first.record.id, ada).ok());
  EXPECT_FALSE(Find(first.secret));
  EXPECT_EQ(programme_.sessions.List(ada.id).value().size(), 1u);
  EXPECT_TRUE(IsNotFound(programme_.sessions.End(ada.id, first.record.id, ada)));
}

TEST_F(AccountsTest, OnePersonHasSoManySessionsAndTheOldestGoes) {
  const Actor ada = Add("ada", Role::kArtist);
  const std::string oldest = Login("ada", kPassword).session->secret;
  for (int64_t i = 0; i < kSessionsMax; ++i) {
    Advance(1000);
    Login("ada", kPassword);
  }
  EXPECT_EQ(programme_.sessions.List(ada.id).value().size(), static_cast<size_t>(kSessionsMax));
  EXPECT_FALSE(Find(oldest));
}

TEST_F(AccountsTest, TheTokenAgainstForgeryBelongsToOneSession) {
  Add("ada", Role::kArtist);
  const std::string one = Login("ada", kPassword).session->secret;
  const std::string two = Login("ada", kPassword).session->secret;
  EXPECT_TRUE(IsCsrfToken(one, CsrfTokenOf(one)));
  EXPECT_FALSE(IsCsrfToken(one, CsrfTokenOf(two)));
  EXPECT_FALSE(IsCsrfToken(one, ""));
  EXPECT_FALSE(IsCsrfToken(one, one));
}

TEST_F(AccountsTest, ARoleThatChangesEndsAllSessions) {
  const Actor admin = Add("root", Role::kAdmin), ada = Add("ada", Role::kArtist);
  const std::string secret = Login("ada", kPassword).session->secret;
  EXPECT_EQ(programme_.accounts.SetRole(ada.id, "reviewer", admin).value().role, "reviewer");
  EXPECT_FALSE(Find(secret));
  EXPECT_EQ(Find(Login("ada", kPassword).session->secret)->principal.role, "reviewer");
  EXPECT_TRUE(IsInvalid(programme_.accounts.SetRole(ada.id, "king", admin)));
  EXPECT_TRUE(IsNotFound(programme_.accounts.SetRole("person_none", "artist", admin)));
}

TEST_F(AccountsTest, TheLastAdminStaysOne) {
  const Actor root = Add("root", Role::kAdmin);
  EXPECT_TRUE(IsInvalid(programme_.accounts.SetRole(root.id, "artist", root)));
  const Actor other = Add("other", Role::kAdmin);
  EXPECT_TRUE(programme_.accounts.SetRole(root.id, "artist", other).ok());
  EXPECT_TRUE(IsInvalid(programme_.accounts.SetRole(other.id, "artist", other)));
}

TEST_F(AccountsTest, LimitsOfAPersonAreSetTogetherAndWrittenDown) {
  const Actor root = Add("root", Role::kAdmin), ada = Add("ada", Role::kArtist);
  Accounts& accounts = programme_.accounts;
  const PersonLimits limits{.queued_max = 3, .video_seconds_per_day_max = 40, .priority = -2};
  const PersonRecord changed = accounts.SetLimits(ada.id, limits, root).value();
  EXPECT_EQ(changed.queued_max, 3);
  EXPECT_EQ(changed.video_seconds_per_day_max, 40);
  EXPECT_EQ(changed.priority, -2);
  EXPECT_FALSE(changed.running_max);
  EXPECT_FALSE(accounts.SetLimits(ada.id, {}, root)->queued_max);  // as for everybody again
  EXPECT_TRUE(IsNotFound(accounts.SetLimits("person_none", {}, root)));
  const std::vector<AuditRecord> rows = AuditRows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].action, "person.limits_set");
  EXPECT_EQ(rows[0].subject, ada.id);
  EXPECT_THAT(rows[0].detail, HasSubstr("running=- queued=3 seconds=40 priority=-2"));
}

TEST_F(AccountsTest, ANewPasswordNeedsTheOldOneAndEndsEverySession) {
  const Actor ada = Add("ada", Role::kArtist);
  const std::string before = Login("ada", kPassword).session->secret;
  Accounts& accounts = programme_.accounts;
  EXPECT_TRUE(IsInvalid(accounts.ChangePassword(ada.id, "wrong", "another password", From())));
  EXPECT_TRUE(IsInvalid(accounts.ChangePassword(ada.id, kPassword, "short", From())));
  EXPECT_TRUE(Find(before));
  const LoginOutcome changed =
      accounts.ChangePassword(ada.id, kPassword, "another password", From()).value();
  EXPECT_FALSE(Find(before));
  EXPECT_TRUE(Find(changed.session->secret));
  EXPECT_FALSE(Login("ada", kPassword).session);
  EXPECT_TRUE(Login("ada", "another password").session);
}

TEST_F(AccountsTest, GuessingTheOldPasswordIsHeldUpLikeLogins) {
  const Actor ada = Add("ada", Role::kArtist);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(
        programme_.accounts.ChangePassword(ada.id, "wrong", "another password", From()).ok());
  }
  EXPECT_EQ(programme_.accounts.ChangePassword(ada.id, kPassword, "another password", From())
                .value()
                .retry_after_s,
            1u);
}

TEST_F(AccountsTest, ALinkSetsAPasswordOnce) {
  const Actor admin = Add("root", Role::kAdmin), ada = Add("ada", Role::kArtist);
  const std::string session = Login("ada", kPassword).session->secret;
  Accounts& accounts = programme_.accounts;
  const MadePasswordLink link = accounts.MakePasswordLink(ada.id, admin).value();
  EXPECT_TRUE(IsInvalid(accounts.SetPassword(link.code, "short", ada)));  // not used up by that
  EXPECT_EQ(accounts.SetPassword(link.code, "another password", {"", "", "192.0.2.9"}).value().id,
            ada.id);
  EXPECT_FALSE(Find(session));
  EXPECT_TRUE(IsNotFound(accounts.SetPassword(link.code, "a third password", ada)));
  EXPECT_TRUE(Login("ada", "another password").session);
  EXPECT_TRUE(IsNotFound(accounts.MakePasswordLink("person_none", admin)));
}

TEST_F(AccountsTest, ALinkExpiresAndANewerOneEndsIt) {
  const Actor admin = Add("root", Role::kAdmin), ada = Add("ada", Role::kArtist);
  Accounts& accounts = programme_.accounts;
  const std::string late = accounts.MakePasswordLink(ada.id, admin).value().code;
  Advance(kPasswordLinkKeptMs);
  EXPECT_TRUE(IsNotFound(accounts.SetPassword(late, "another password", ada)));
  const std::string older = accounts.MakePasswordLink(ada.id, admin).value().code;
  const std::string newer = accounts.MakePasswordLink(ada.id, admin).value().code;
  EXPECT_TRUE(IsNotFound(accounts.SetPassword(older, "another password", ada)));
  EXPECT_TRUE(accounts.SetPassword(newer, "another password", ada).ok());
  for (const std::string& wrong : {std::string(), std::string("azp_"), std::string(68, 'a')}) {
    EXPECT_TRUE(IsNotFound(accounts.SetPassword(wrong, "another password", ada)));
  }
}

TEST_F(AccountsTest, WhoCameFromWhereIsInTheAuditLogAndNoSecretIs) {
  const Actor ada = Add("ada", Role::kArtist);
  const MadeSession made = *Login("ada", kPassword, "203.0.113.5").session;
  const std::vector<AuditRecord> rows = AuditRows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].actor, ada.id);
  EXPECT_EQ(rows[0].action, "session.made");
  EXPECT_THAT(rows[0].detail, HasSubstr("from=203.0.113.5"));
  EXPECT_THAT(rows[0].detail, Not(HasSubstr(made.secret)));
}

}  // namespace
}  // namespace aozora
