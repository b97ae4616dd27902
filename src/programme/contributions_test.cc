// SPDX-License-Identifier: Apache-2.0
#include "programme/contributions.h"

#include "jobs/admission.h"
#include "jobs/flags.h"
#include "programme/programme_testonly.h"

namespace aozora {
namespace {

using ::testing::HasSubstr;

class ContributionsTest : public ProgrammeTest {
 protected:
  std::string Shared() {
    const std::string id = AddApproved(ada_, rex_);
    programme_.shares.Share(id, {}, ada_).value();
    return id;
  }
  int64_t Total(const Actor& person) { return programme_.credits.AccountOf(person.id)->total; }
  Contributions& desk() { return programme_.contributions; }

  const Actor ada_ = Add("ada", Role::kArtist), bob_ = Add("bob", Role::kArtist);
  const Actor red_ = Add("red", Role::kRedTeam), rex_ = Add("rex", Role::kReviewer);
  const Actor root_ = Add("root", Role::kAdmin);
};

TEST_F(ContributionsTest, FeedbackIsGivenOnWhatOneSeesAndReadByTheAuthor) {
  const std::string hidden = AddClip(ada_), shared = Shared();
  EXPECT_TRUE(IsNotFound(desk().GiveFeedback(hidden, "nice", 5, bob_)));
  ASSERT_TRUE(desk().GiveFeedback(shared, "nice", 5, bob_).ok());
  ASSERT_TRUE(desk().GiveFeedback(shared, "hm", 0, red_).ok());
  EXPECT_EQ(desk().FeedbackOn(shared, ViewerOf(ada_))->size(), 2u);
  EXPECT_EQ(desk().FeedbackOn(shared, ViewerOf(root_))->size(), 2u);
  EXPECT_EQ(desk().FeedbackOn(shared, ViewerOf(bob_))->size(), 1u);
  EXPECT_TRUE(IsNotFound(desk().FeedbackOn(hidden, ViewerOf(bob_))));
  EXPECT_TRUE(IsInvalid(desk().GiveFeedback(shared, "", 5, bob_)));
  EXPECT_TRUE(IsInvalid(desk().GiveFeedback(shared, "x", 6, bob_)));
}

TEST_F(ContributionsTest, ManyWordsOnOneClipAreCreditedAsOneAndOnesOwnNotAtAll) {
  const std::string shared = Shared();
  for (int i = 0; i < kFeedbackPerClipMax; ++i) {
    ASSERT_TRUE(desk().GiveFeedback(shared, "nice", 5, bob_).ok());
  }
  EXPECT_TRUE(IsInvalid(desk().GiveFeedback(shared, "nice", 5, bob_)));
  EXPECT_EQ(Total(bob_), 1);
  desk().GiveFeedback(shared, "I like it", 5, ada_).value();
  EXPECT_EQ(Total(ada_), 0);
}

TEST_F(ContributionsTest, AFindingIsAgainstAClipOrAPrompt) {
  NewFinding finding{.prompt = "a boat", .title = "boats", .text = "it shows boats"};
  EXPECT_EQ(desk().FileFinding(finding, red_)->state, FindingState::kOpen);
  finding.clip_id = Shared();
  EXPECT_TRUE(IsInvalid(desk().FileFinding(finding, red_)));  // both
  finding.prompt.clear();
  EXPECT_TRUE(desk().FileFinding(finding, red_).ok());
  finding.clip_id.clear();
  EXPECT_TRUE(IsInvalid(desk().FileFinding(finding, red_)));  // neither
  finding.clip_id = AddClip(ada_);
  EXPECT_TRUE(IsNotFound(desk().FileFinding(finding, red_)));  // not theirs to see
  EXPECT_EQ(desk().Findings(red_.id)->size(), 2u);
  EXPECT_EQ(desk().Findings(bob_.id)->size(), 0u);
  EXPECT_EQ(desk().Findings("")->size(), 2u);
}

TEST_F(ContributionsTest, AFindingMovesAlongItsStatesAndNowhereElse) {
  using enum FindingState;
  const std::vector<std::pair<FindingState, FindingState>> allowed = {
      {kOpen, kConfirmed},     {kOpen, kRejected}, {kConfirmed, kFixed},
      {kConfirmed, kRejected}, {kFixed, kOpen},    {kRejected, kOpen}};
  for (const FindingState from : {kOpen, kConfirmed, kFixed, kRejected}) {
    for (const FindingState to : {kOpen, kConfirmed, kFixed, kRejected}) {
      const bool may =
          std::find(allowed.begin(), allowed.end(), std::pair(from, to)) != allowed.end();
      const std::string id =
          desk().FileFinding({.prompt = "p", .title = "t", .text = "x"}, red_)->id;
      if (from == kConfirmed || from == kFixed)
        desk().SetFindingState(id, kConfirmed, "", root_).value();
      if (from == kFixed) desk().SetFindingState(id, kFixed, "", root_).value();
      if (from == kRejected) desk().SetFindingState(id, kRejected, "", root_).value();
      EXPECT_EQ(desk().SetFindingState(id, to, "", root_).ok(), may) << NameOf(from) << NameOf(to);
    }
  }
  EXPECT_TRUE(IsNotFound(desk().SetFindingState("finding_none", kFixed, "", root_)));
}

TEST_F(ContributionsTest, AConfirmedFindingIsCreditedOnce) {
  const std::string id = desk().FileFinding({.prompt = "p", .title = "t", .text = "x"}, red_)->id;
  EXPECT_EQ(Total(red_), 0);
  using enum FindingState;
  for (const FindingState state : {kConfirmed, kRejected, kOpen, kConfirmed}) {
    desk().SetFindingState(id, state, "", root_).value();
  }
  EXPECT_EQ(Total(red_), 10);
}

TEST_F(ContributionsTest, AReviewIsCreditedAndAmountsAreSetByAdmins) {
  AddApproved(ada_, rex_);
  EXPECT_EQ(Total(rex_), 2);
  EXPECT_TRUE(programme_.credits.SetAmount(CreditKind::kReview, 7, root_).ok());
  AddApproved(ada_, rex_);
  EXPECT_EQ(Total(rex_), 9);
  EXPECT_TRUE(programme_.credits.SetAmount(CreditKind::kReview, 0, root_).ok());
  AddApproved(ada_, rex_);
  EXPECT_EQ(Total(rex_), 9);
  EXPECT_EQ(programme_.credits.Amounts().value()[static_cast<size_t>(CreditKind::kReview)], 0);
  EXPECT_TRUE(IsInvalid(programme_.credits.SetAmount(CreditKind::kReview, -1, root_)));
}

TEST_F(ContributionsTest, ACorrectionIsARowOfTheOppositeAmount) {
  Credits& credits = programme_.credits;
  credits.Add(ada_.id, CreditKind::kExperiment, 30, "colour study", root_).value();
  credits.Add(ada_.id, CreditKind::kExperiment, -10, "counted twice", root_).value();
  const CreditAccount account = credits.AccountOf(ada_.id).value();
  EXPECT_EQ(account.entries.size(), 2u);
  EXPECT_EQ(account.total, 20);
  EXPECT_EQ(account.totals[static_cast<size_t>(CreditKind::kExperiment)], 20);
  EXPECT_TRUE(IsInvalid(credits.Add(ada_.id, CreditKind::kReview, 0, "", root_)));
  EXPECT_TRUE(
      IsInvalid(credits.Add(ada_.id, CreditKind::kReview, kCreditAmountMax + 1, "", root_)));
  EXPECT_TRUE(IsNotFound(credits.Add("person_none", CreditKind::kReview, 1, "", root_)));
}

TEST_F(ContributionsTest, AnExportIsSignedAndAChangedByteIsSeen) {
  programme_.credits.Add(ada_.id, CreditKind::kExperiment, 30, "colour study", root_).value();
  const SignKey key = SignKey::FromSeed(std::string(SignKey::kSeedBytes, 'a')).value();
  const SignKey another = SignKey::FromSeed(std::string(SignKey::kSeedBytes, 'b')).value();
  SignedCredits made = programme_.credits.Export(ada_.id, key).value();
  EXPECT_TRUE(IsSignedBy(made));
  EXPECT_THAT(made.document, HasSubstr(R"("total":30)"));
  EXPECT_EQ(programme_.credits.Export(ada_.id, key)->document, made.document);
  for (size_t i = 0; i < made.document.size(); ++i) {
    SignedCredits forged = made;
    forged.document[i] ^= 1;
    EXPECT_FALSE(IsSignedBy(forged)) << i;
  }
  SignedCredits other = made;
  other.public_key = programme_.credits.Export(ada_.id, another)->public_key;
  EXPECT_FALSE(IsSignedBy(other));
  EXPECT_FALSE(IsSignedBy({made.document, "", made.public_key}));
}

TEST_F(ContributionsTest, GrantsCountWhileTheyLast) {
  const auto granted = [&](int64_t at_ms) {
    return store_->Read([&](Transaction& t) { return GrantedSeconds(t, ada_.id, at_ms); }).value();
  };
  Grants& grants = programme_.grants;
  const NewGrant week{.person_id = ada_.id, .video_seconds = 100, .starts_ms = 10, .ends_ms = 20};
  const std::string id = grants.Give(week, root_)->id;
  NewGrant longer = week;
  longer.video_seconds = 5;
  longer.ends_ms = 30;
  grants.Give(longer, root_).value();
  EXPECT_EQ(granted(9), 0);
  EXPECT_EQ(granted(10), 105);
  EXPECT_EQ(granted(19), 105);
  EXPECT_EQ(granted(20), 5);
  EXPECT_EQ(granted(30), 0);
  grants.Revoke(id, root_).value();
  EXPECT_EQ(granted(10), 5);
  EXPECT_EQ(grants.List(ada_.id)->size(), 2u);
  EXPECT_EQ(grants.List(bob_.id)->size(), 0u);
  NewGrant wrong = week;
  wrong.ends_ms = 10;
  EXPECT_TRUE(IsInvalid(grants.Give(wrong, root_)));
  wrong = week;
  wrong.video_seconds = 0;
  EXPECT_TRUE(IsInvalid(grants.Give(wrong, root_)));
  wrong = week;
  wrong.person_id = "person_none";
  EXPECT_TRUE(IsNotFound(grants.Give(wrong, root_)));
  EXPECT_TRUE(IsNotFound(grants.Revoke("grant_none", root_)));
}

TEST_F(ContributionsTest, AnExportHasEverythingOfAPersonAndNoSecret) {
  Login("ada", kPassword);
  const std::string clip = Shared();
  desk().GiveFeedback(clip, "I like it", 5, ada_).value();
  programme_.credits.Add(ada_.id, CreditKind::kExperiment, 30, "colour study", root_).value();
  const OwnData own = programme_.own_data.Export(ada_.id, ada_).value();
  for (const char* kind :
       {"jobs", "clips", "shares", "feedback", "credits", "sessions", "events", "audit"}) {
    EXPECT_FALSE(own.document.at(kind).empty()) << kind;
  }
  EXPECT_EQ(own.files.job_ids.size(), 1u);
  const std::string text = own.document.dump();
  for (const char* secret : {"argon2", "sha256\":\"", "password_hash", "secret"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
  EXPECT_THAT(text, HasSubstr("a red boat of"));
  EXPECT_TRUE(IsNotFound(programme_.own_data.Export("person_none", root_)));
}

TEST_F(ContributionsTest, WhoIsDeletedLeavesNothingButIdsInTheAuditLog) {
  Login("ada", kPassword);
  const std::string clip = Shared(), waiting = AddClip(bob_);
  desk().GiveFeedback(clip, "I like it", 5, ada_).value();
  desk().GiveFeedback(clip, "me too", 5, bob_).value();
  programme_.credits.Add(ada_.id, CreditKind::kExperiment, 30, "", root_).value();
  programme_.grants.Give({ada_.id, 5, 0, 10, ""}, root_).value();
  programme_.accounts.MakePasswordLink(ada_.id, root_).value();
  EXPECT_TRUE(programme_.reviews.Flag(AddJob(ada_, JobState::kInProgress), "odd", root_).ok());
  const OwnFiles files = programme_.own_data.Delete(ada_.id, ada_).value();
  EXPECT_EQ(files.job_ids.size(), 2u);
  EXPECT_EQ(Count<ClipRecord>(), 1);
  EXPECT_EQ(Count<FeedbackRecord>() + Count<GrantRecord>() + Count<SessionRecord>() +
                Count<ShareRecord>() + Count<PasswordLinkRecord>() + Count<FlagRecord>() +
                Count<FlagReasonRecord>(),
            0);
  EXPECT_EQ(Count<PersonRecord>(), 4);
  EXPECT_FALSE(Login("ada", kPassword).session);
  for (const AuditRecord& row : AuditRows()) EXPECT_EQ(row.detail.find("ada"), std::string::npos);
  EXPECT_EQ(AuditRows().back().action, "person.deleted");
  EXPECT_TRUE(IsNotFound(programme_.own_data.Delete(ada_.id, root_)));
  EXPECT_TRUE(programme_.clips.Get(waiting, ViewerOf(bob_)).ok());
}

TEST_F(ContributionsTest, WhatADeletedReviewerDecidedStaysAndWhatWaitsIsForEverybody) {
  const std::string decided = AddApproved(ada_, rex_), waiting = AddClip(ada_);
  programme_.clips.Submit(waiting, "", ada_).value();
  const std::string flagged = AddJob(ada_);
  EXPECT_TRUE(programme_.reviews.Flag(flagged, "odd", rex_).ok());
  programme_.own_data.Delete(rex_.id, rex_).value();
  EXPECT_EQ(programme_.clips.Get(decided, ViewerOf(ada_))->clip.state, ClipState::kApproved);
  EXPECT_EQ(programme_.clips.Get(waiting, ViewerOf(ada_))->reviews[0].reviewer_id, "");
  EXPECT_EQ(programme_.reviews.QueueOf(root_.id)->size(), 1u);
  const std::vector<FlagReasonRecord> reasons =
      store_->Read([&](Transaction& t) { return FlagReasons(t, flagged); }).value();
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0].reason, "odd");
  EXPECT_EQ(reasons[0].set_by, "");
}

TEST_F(ContributionsTest, TheLastAdminIsNotDeleted) {
  EXPECT_TRUE(IsInvalid(programme_.own_data.Delete(root_.id, root_)));
  Add("second", Role::kAdmin);
  EXPECT_TRUE(programme_.own_data.Delete(root_.id, root_).ok());
}

}  // namespace
}  // namespace aozora
