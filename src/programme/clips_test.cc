// SPDX-License-Identifier: Apache-2.0
#include "programme/clips.h"

#include <algorithm>
#include <functional>

#include "programme/programme_testonly.h"

namespace aozora {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class ClipsTest : public ProgrammeTest {
 protected:
  Clips& clips() { return programme_.clips; }
  Reviews& reviews() { return programme_.reviews; }
  Shares& shares() { return programme_.shares; }
  ClipState StateOf(const std::string& id) {
    return clips().Get(id, {ada_.id, ada_.role})->clip.state;
  }
  std::string Submitted() {
    const std::string id = AddClip(ada_);
    clips().Submit(id, "please", ada_).value();
    return id;
  }
  std::string ReviewerOf(const ClipView& view) { return view.reviews.at(0).reviewer_id; }
  Actor ActorOf(const std::string& id) {
    for (const Actor& actor : {rex_, ria_, root_}) {
      if (actor.id == id) return actor;
    }
    return {};
  }
  size_t QueueSize(const Actor& reviewer) { return reviews().QueueOf(reviewer.id).value().size(); }
  // The one of the two who was not asked first.
  Actor Other(const Actor& reviewer) { return reviewer.id == rex_.id ? ria_ : rex_; }

  const Actor ada_ = Add("ada", Role::kArtist), bob_ = Add("bob", Role::kArtist);
  const Actor rex_ = Add("rex", Role::kReviewer), ria_ = Add("ria", Role::kReviewer);
  const Actor root_ = Add("root", Role::kAdmin);
};

TEST_F(ClipsTest, AClipIsMadeOnceOfOnesOwnFinishedVideoAndKeepsItsFiles) {
  const std::string job = AddJob(ada_);
  const ClipView view = clips().Make(job, "Boat", ada_).value();
  EXPECT_EQ(view.clip.state, ClipState::kDraft);
  EXPECT_FALSE(view.job->expires_ms);
  EXPECT_TRUE(IsInvalid(clips().Make(job, "Boat", ada_)));
  EXPECT_TRUE(IsNotFound(clips().Make(AddJob(bob_), "Boat", ada_)));
  EXPECT_TRUE(IsNotFound(clips().Make("video_none", "Boat", ada_)));
  for (const JobState state : {JobState::kQueued, JobState::kInProgress, JobState::kFailed}) {
    EXPECT_TRUE(IsInvalid(clips().Make(AddJob(ada_, state), "Boat", ada_)));
  }
  EXPECT_TRUE(clips().Remove(view.clip.id, ada_).ok());
  const auto after = store_->Read([&](Transaction& t) { return t.Find<JobRecord>(job); }).value();
  EXPECT_EQ(after->expires_ms, kDayMs);  // as it was
}

TEST_F(ClipsTest, TheWayFromDraftToPublicAndBack) {
  const std::string id = AddClip(ada_);
  const ClipView submitted = clips().Submit(id, "please", ada_).value();
  EXPECT_EQ(submitted.clip.state, ClipState::kSubmitted);
  EXPECT_EQ(submitted.clip.due_ms, kReviewDueMs);
  const Actor reviewer = ActorOf(ReviewerOf(submitted));
  EXPECT_EQ(submitted.names.at(reviewer.id), reviewer.id == rex_.id ? "rex" : "ria");
  EXPECT_EQ(reviews().Decide(id, true, "", reviewer)->clip.state, ClipState::kApproved);
  const ClipView shared = shares().Share(id, {}, ada_).value();
  EXPECT_EQ(shared.clip.state, ClipState::kShared);
  EXPECT_EQ(shares().FindPublic(shared.share->id)->clip.id, id);
  EXPECT_EQ(shares().Revoke(id, ada_)->clip.state, ClipState::kApproved);
  EXPECT_TRUE(IsNotFound(shares().FindPublic(shared.share->id)));
  const ClipView again = shares().Share(id, {}, ada_).value();
  EXPECT_NE(again.share->id, shared.share->id);
  EXPECT_TRUE(IsNotFound(shares().FindPublic(shared.share->id)));
  EXPECT_THAT(Events(ada_), ElementsAre("clip.submitted", "clip.approved", "clip.shared",
                                        "clip.share_revoked", "clip.shared"));
}

TEST_F(ClipsTest, EveryStepIsTakenFromItsOwnStateAndFromNoOther) {
  const auto reach = [&](ClipState state) {
    const std::string id = AddClip(ada_);
    if (state == ClipState::kDraft) return id;
    const ClipView view = clips().Submit(id, "", ada_).value();
    if (state == ClipState::kSubmitted) return id;
    const bool approve = state != ClipState::kReturned;
    reviews().Decide(id, approve, "dull", ActorOf(ReviewerOf(view))).value();
    if (state == ClipState::kShared) shares().Share(id, {}, ada_).value();
    return id;
  };
  struct Step {
    const char* name;
    std::vector<ClipState> from;
    std::function<bool(const std::string&)> take;
  };
  const std::vector<Step> steps = {
      {"submit", {ClipState::kDraft}, [&](auto& id) { return clips().Submit(id, "", ada_).ok(); }},
      {"withdraw",
       {ClipState::kSubmitted},
       [&](auto& id) { return clips().Withdraw(id, ada_).ok(); }},
      {"appeal",
       {ClipState::kReturned},
       [&](auto& id) { return clips().Appeal(id, "no", ada_).ok(); }},
      {"decide",
       {ClipState::kSubmitted},
       [&](auto& id) {
         return reviews().Decide(id, true, "", rex_).ok() ||
                reviews().Decide(id, true, "", ria_).ok();
       }},
      {"share",
       {ClipState::kApproved},
       [&](auto& id) { return shares().Share(id, {}, ada_).ok(); }},
      {"revoke", {ClipState::kShared}, [&](auto& id) { return shares().Revoke(id, ada_).ok(); }},
      {"pick",
       {ClipState::kApproved, ClipState::kShared},
       [&](auto& id) { return shares().Pick(id, root_).ok(); }},
      {"remove", {ClipState::kDraft, ClipState::kReturned}, [&](auto& id) {
         return clips().Remove(id, ada_).ok();
       }}};
  for (const Step& step : steps) {
    for (size_t i = 0; i < EnumNames<ClipState>::kNames.size(); ++i) {
      const ClipState state = static_cast<ClipState>(i);
      const bool allowed = std::find(step.from.begin(), step.from.end(), state) != step.from.end();
      const std::string id = reach(state);
      EXPECT_EQ(step.take(id), allowed) << step.name << " from " << NameOf(state);
      if (!allowed) {
        EXPECT_EQ(StateOf(id), state) << step.name;
      }
    }
  }
}

TEST_F(ClipsTest, EverybodysAreListedOnceOverPagesOfAnySizeAndInBothOrders) {
  std::vector<std::string> made;
  for (int i = 0; i < 9; ++i) {
    made.push_back(AddClip(i % 2 == 0 ? ada_ : bob_));
    if (i % 3 == 2) Advance(1);  // three of a moment
  }
  const auto walk = [&](int64_t limit, bool ascending) {
    std::vector<std::string> seen;
    ClipQuery query{.limit = limit, .ascending = ascending};
    for (bool more = true; more;) {
      const ClipPage page = clips().List(query).value();
      EXPECT_LE(static_cast<int64_t>(page.clips.size()), limit);
      for (const ClipView& view : page.clips) seen.push_back(view.clip.id);
      more = page.has_more && !page.clips.empty();
      if (more) query.after_id = seen.back();
    }
    return seen;
  };
  const std::vector<std::string> up = walk(100, true);
  EXPECT_THAT(up, ::testing::UnorderedElementsAreArray(made));
  EXPECT_THAT(std::vector(up.begin(), up.begin() + 3),
              ::testing::UnorderedElementsAreArray(made.begin(), made.begin() + 3));
  for (const int64_t limit : {1, 2, 3, 4, 9}) {
    EXPECT_EQ(walk(limit, true), up) << limit;
    EXPECT_EQ(walk(limit, false), std::vector(up.rbegin(), up.rend())) << limit;
  }
  EXPECT_TRUE(IsNotFound(clips().List({.after_id = "clip_none"})));
}

TEST_F(ClipsTest, EverybodysAreListedByState) {
  const std::string approved = AddApproved(ada_, rex_), draft = AddClip(bob_);
  const auto ids = [&](std::optional<ClipState> state) {
    std::vector<std::string> found;
    const ClipPage page = clips().List({.state = state}).value();
    for (const ClipView& view : page.clips) found.push_back(view.clip.id);
    return found;
  };
  EXPECT_THAT(ids(ClipState::kApproved), ElementsAre(approved));
  EXPECT_THAT(ids(ClipState::kDraft), ElementsAre(draft));
  EXPECT_TRUE(ids(ClipState::kShared).empty());
  EXPECT_EQ(ids({}).size(), 2u);
}

TEST_F(ClipsTest, OnlyTheAuthorMovesAClip) {
  const std::string id = AddClip(ada_);
  for (const Actor& other : {bob_, rex_, root_}) {
    EXPECT_TRUE(IsNotFound(clips().Submit(id, "", other)));
    EXPECT_TRUE(IsNotFound(clips().Withdraw(id, other)));
    EXPECT_TRUE(IsNotFound(clips().Appeal(id, "x", other)));
    EXPECT_TRUE(IsNotFound(clips().Remove(id, other)));
    EXPECT_TRUE(IsNotFound(shares().Share(id, {}, other)));
  }
  const std::string approved = Submitted();
  reviews()
      .Decide(approved, true, "",
              ActorOf(ReviewerOf(clips().Get(approved, ViewerOf(ada_)).value())))
      .value();
  shares().Share(approved, {}, ada_).value();
  EXPECT_TRUE(IsNotFound(shares().Revoke(approved, bob_)));
  EXPECT_TRUE(shares().Revoke(approved, root_).ok());  // an admin may take it off
}

TEST_F(ClipsTest, WhoSeesAClipDependsOnItsState) {
  const std::string id = AddClip(ada_);
  const auto sees = [&](const Actor& actor) { return clips().Get(id, ViewerOf(actor)).ok(); };
  const auto row = [&] { return std::vector{sees(ada_), sees(bob_), sees(rex_), sees(root_)}; };
  EXPECT_THAT(row(), ElementsAre(true, false, false, true));
  const ClipView view = clips().Submit(id, "", ada_).value();
  EXPECT_THAT(row(), ElementsAre(true, false, true, true));
  reviews().Decide(id, true, "", ActorOf(ReviewerOf(view))).value();
  EXPECT_THAT(row(), ElementsAre(true, false, true, true));
  shares().Share(id, {.embargo_until_ms = kHourMs}, ada_).value();
  EXPECT_THAT(row(), ElementsAre(true, false, true, true));
  Advance(kHourMs);
  EXPECT_THAT(row(), ElementsAre(true, true, true, true));
  shares().Revoke(id, ada_).value();
  EXPECT_FALSE(sees(bob_));
  shares().Pick(id, root_).value();
  EXPECT_TRUE(sees(bob_));
  EXPECT_EQ(shares().Screening().value().size(), 1u);
  EXPECT_TRUE(shares().Unpick(id, root_).ok());
  EXPECT_FALSE(sees(bob_));
  EXPECT_TRUE(IsNotFound(shares().Unpick(id, root_)));
}

TEST_F(ClipsTest, AnEmbargoHoldsUntilItsMoment) {
  const std::string id = AddApproved(ada_, rex_);
  const std::string link = shares().Share(id, {.embargo_until_ms = kDayMs}, ada_)->share->id;
  Advance(kDayMs - 1);
  EXPECT_TRUE(IsNotFound(shares().FindPublic(link)));
  Advance(1);
  EXPECT_TRUE(shares().FindPublic(link).ok());
  EXPECT_TRUE(IsNotFound(shares().FindPublic("share_none")));
}

TEST_F(ClipsTest, AVideoThatWasDeletedIsNotSharedAnyMore) {
  const std::string id = AddApproved(ada_, rex_);
  const ClipView view = shares().Share(id, {}, ada_).value();
  store_
      ->Write([&](Transaction& t) -> Status {
        const auto before = TRY(t.Find<JobRecord>(view.clip.job_id));
        JobRecord after = *before;
        after.deleted_ms = 1;
        return t.Change(*before, after);
      })
      .value();
  EXPECT_TRUE(IsNotFound(shares().FindPublic(view.share->id)));
  EXPECT_FALSE(clips().Get(id, ViewerOf(ada_))->job);
}

TEST_F(ClipsTest, NobodyFindsOrDecidesOnTheirOwn) {
  const Actor own = Add("own", Role::kReviewer);
  const std::string id = AddClip(own);
  const ClipView view = clips().Submit(id, "", own).value();
  EXPECT_NE(ReviewerOf(view), own.id);
  Advance(kReviewDueMs);  // late: everybody who may
  EXPECT_EQ(QueueSize(own), 0u);
  EXPECT_EQ(QueueSize(rex_), 1u);
  EXPECT_TRUE(IsNotFound(reviews().Decide(id, true, "", own)));
  EXPECT_TRUE(IsInvalid(reviews().Assign(view.reviews[0].id, own.id, root_)));
  EXPECT_TRUE(IsInvalid(reviews().Decide(id, true, "", bob_)));  // no reviewer
}

TEST_F(ClipsTest, OneReviewerIsAskedAndTheOthersWaitUntilItIsLate) {
  const ClipView view = clips().Get(Submitted(), ViewerOf(ada_)).value();
  const Actor asked = ActorOf(ReviewerOf(view));
  EXPECT_EQ(QueueSize(asked), 1u);
  EXPECT_EQ(QueueSize(Other(asked)), 0u);
  EXPECT_TRUE(IsInvalid(reviews().Decide(view.clip.id, true, "", Other(asked))));
  Advance(kReviewDueMs);
  EXPECT_EQ(QueueSize(Other(asked)), 1u);
  EXPECT_TRUE(reviews().Decide(view.clip.id, true, "", Other(asked)).ok());
}

TEST_F(ClipsTest, WorkIsSharedOutEvenlyAmongReviewers) {
  for (int i = 0; i < 6; ++i) Submitted();
  EXPECT_EQ(QueueSize(rex_), 3u);
  EXPECT_EQ(QueueSize(ria_), 3u);
  EXPECT_EQ(QueueSize(root_), 0u);
}

TEST_F(ClipsTest, WhereThereIsNoReviewerAnAdminIsAskedAndElseWhoeverComes) {
  for (const Actor& reviewer : {rex_, ria_}) {
    programme_.accounts.SetRole(reviewer.id, "artist", root_).value();
  }
  EXPECT_EQ(ReviewerOf(clips().Get(Submitted(), ViewerOf(ada_)).value()), root_.id);
  const std::string id = AddClip(root_);
  const ClipView lonely = clips().Submit(id, "", root_).value();
  EXPECT_EQ(ReviewerOf(lonely), "");
  const Actor late = Add("late", Role::kReviewer);
  EXPECT_EQ(QueueSize(late), 1u);
  EXPECT_EQ(reviews().Decide(id, true, "", late)->reviews[0].reviewer_id, late.id);
}

TEST_F(ClipsTest, AReturnHasAReasonAndTheAuthorReadsIt) {
  const ClipView view = clips().Get(Submitted(), ViewerOf(ada_)).value();
  const Actor reviewer = ActorOf(ReviewerOf(view));
  EXPECT_TRUE(IsInvalid(reviews().Decide(view.clip.id, false, "", reviewer)));
  reviews().Decide(view.clip.id, false, "the boat is cut off", reviewer).value();
  const ClipView seen = clips().Get(view.clip.id, ViewerOf(ada_)).value();
  EXPECT_EQ(seen.clip.reason, "the boat is cut off");
  EXPECT_EQ(seen.reviews[0].decision, ReviewDecision::kReturned);
}

TEST_F(ClipsTest, AnAppealGoesToSomebodyElseAndOnce) {
  const std::string id = Submitted();
  const Actor first = ActorOf(ReviewerOf(clips().Get(id, ViewerOf(ada_)).value()));
  reviews().Decide(id, false, "dull", first).value();
  EXPECT_TRUE(IsInvalid(clips().Appeal(id, "", ada_)));  // says nothing
  const ClipView appealed = clips().Appeal(id, "it is not", ada_).value();
  EXPECT_EQ(appealed.clip.round, 2);
  EXPECT_EQ(ReviewerOf(appealed), Other(first).id);
  // Who hears it sees who returned it, and why.
  ASSERT_EQ(appealed.reviews.size(), 2u);
  EXPECT_EQ(appealed.reviews[1].round, 1);
  EXPECT_EQ(appealed.reviews[1].reviewer_id, first.id);
  EXPECT_EQ(appealed.reviews[1].reason, "dull");
  EXPECT_EQ(appealed.names.count(first.id), 1u);
  Advance(kReviewDueMs);
  EXPECT_EQ(QueueSize(first), 0u);
  EXPECT_TRUE(IsInvalid(reviews().Decide(id, true, "", first)));
  EXPECT_TRUE(IsInvalid(reviews().Assign(appealed.reviews[0].id, first.id, root_)));
  reviews().Decide(id, false, "it is", Other(first)).value();
  EXPECT_TRUE(IsInvalid(clips().Appeal(id, "again", ada_)));
}

TEST_F(ClipsTest, AnAppealThatIsWithdrawnIsAReturnAgain) {
  const std::string id = Submitted();
  reviews()
      .Decide(id, false, "dull", ActorOf(ReviewerOf(clips().Get(id, ViewerOf(ada_)).value())))
      .value();
  clips().Appeal(id, "it is not", ada_).value();
  EXPECT_EQ(clips().Withdraw(id, ada_)->clip.state, ClipState::kReturned);
  EXPECT_TRUE(IsInvalid(clips().Submit(id, "", ada_)));
}

TEST_F(ClipsTest, WhatIsWithdrawnIsInNobodysQueue) {
  const std::string id = Submitted();
  const ClipView back = clips().Withdraw(id, ada_).value();
  EXPECT_EQ(back.clip.state, ClipState::kDraft);
  EXPECT_EQ(back.reviews[0].decision, ReviewDecision::kMoot);
  EXPECT_EQ(QueueSize(rex_) + QueueSize(ria_), 0u);
  EXPECT_EQ(clips().Submit(id, "", ada_)->clip.round, 2);
}

TEST_F(ClipsTest, TheReviewsOfManyRoundsAreBounded) {
  const std::string id = AddClip(ada_);
  for (int64_t i = 0; i < kReviewsShownMax + 5; ++i) {
    clips().Submit(id, "", ada_).value();
    clips().Withdraw(id, ada_).value();
  }
  const ClipView view = clips().Get(id, ViewerOf(ada_)).value();
  EXPECT_EQ(static_cast<int64_t>(view.reviews.size()), kReviewsShownMax);
  EXPECT_EQ(view.reviews[0].round, view.clip.round);
}

TEST_F(ClipsTest, WhatIsLateEscalatesOnce) {
  const std::string id = Submitted();
  EXPECT_EQ(reviews().Escalate().value(), 0);
  EXPECT_TRUE(reviews().Overdue().value().empty());
  Advance(kReviewDueMs);
  EXPECT_EQ(reviews().Escalate().value(), 1);
  EXPECT_EQ(reviews().Escalate().value(), 0);
  ASSERT_EQ(reviews().Overdue().value().size(), 1u);
  EXPECT_EQ(reviews().Overdue().value()[0].view.clip.id, id);
  EXPECT_THAT(Events(ada_), Contains("clip.overdue"));
  reviews().Decide(id, true, "", rex_).value();
  EXPECT_TRUE(reviews().Overdue().value().empty());
}

TEST_F(ClipsTest, TheTimeLimitIsASetting) {
  EXPECT_EQ(reviews().DueMs().value(), kReviewDueMs);
  EXPECT_TRUE(reviews().SetDueMs(kHourMs, root_).ok());
  EXPECT_EQ(clips().Get(Submitted(), ViewerOf(ada_))->clip.due_ms, kHourMs);
  EXPECT_TRUE(IsInvalid(reviews().SetDueMs(0, root_)));
  EXPECT_TRUE(IsInvalid(reviews().SetDueMs(kReviewDueMsMax + 1, root_)));
}

TEST_F(ClipsTest, AnAdminGivesAReviewToAnother) {
  const ClipView view = clips().Get(Submitted(), ViewerOf(ada_)).value();
  const Actor other = Other(ActorOf(ReviewerOf(view)));
  EXPECT_EQ(ReviewerOf(reviews().Assign(view.reviews[0].id, other.id, root_).value()), other.id);
  EXPECT_EQ(QueueSize(other), 1u);
  EXPECT_TRUE(IsInvalid(reviews().Assign(view.reviews[0].id, bob_.id, root_)));
  EXPECT_TRUE(IsNotFound(reviews().Assign("review_none", other.id, root_)));
  EXPECT_TRUE(IsNotFound(reviews().Assign(view.reviews[0].id, "person_none", root_)));
  reviews().Decide(view.clip.id, true, "", other).value();
  EXPECT_TRUE(IsInvalid(reviews().Assign(view.reviews[0].id, ria_.id, root_)));
}

TEST_F(ClipsTest, AFlaggedClipIsApprovedByTwoDifferentPeople) {
  const std::string job = AddJob(ada_);
  ASSERT_TRUE(reviews().Flag(job, "skin tones", root_).ok());
  const std::string id = clips().Make(job, "", ada_)->clip.id;
  const ClipView view = clips().Submit(id, "", ada_).value();
  EXPECT_EQ(view.flags.at(0).reason, "skin tones");
  ASSERT_EQ(view.reviews.size(), 2u);
  EXPECT_NE(view.reviews[0].reviewer_id, view.reviews[1].reviewer_id);
  EXPECT_EQ(reviews().Decide(id, true, "", rex_)->clip.state, ClipState::kSubmitted);
  Advance(kReviewDueMs);
  EXPECT_TRUE(IsInvalid(reviews().Decide(id, true, "", rex_)));  // not twice
  EXPECT_EQ(reviews().Decide(id, true, "", ria_)->clip.state, ClipState::kApproved);
}

TEST_F(ClipsTest, OneOfTwoIsEnoughToReturnAFlaggedClip) {
  const std::string id = Submitted();
  const std::string job = clips().Get(id, ViewerOf(ada_))->clip.job_id;
  ASSERT_TRUE(reviews().Flag(job, "skin tones", root_).ok());  // while it waits
  ASSERT_TRUE(reviews().Flag(job, "again", root_).ok());
  EXPECT_EQ(clips().Get(id, ViewerOf(ada_))->reviews.size(), 2u);
  EXPECT_EQ(clips().Get(id, ViewerOf(ada_))->flags.size(), 2u);
  reviews().Decide(id, true, "", rex_).value();
  EXPECT_EQ(reviews().Decide(id, false, "no", ria_)->clip.state, ClipState::kReturned);
  EXPECT_TRUE(IsNotFound(reviews().Flag("video_none", "x", root_)));
}

TEST_F(ClipsTest, AFlagTakesASharedClipBackUntilTwoHaveLooked) {
  const std::string id = AddApproved(ada_, rex_);
  const ClipView shared = shares().Share(id, {}, ada_).value();
  shares().Pick(id, root_).value();
  ASSERT_TRUE(reviews().Flag(shared.clip.job_id, "reported", root_).ok());
  EXPECT_EQ(StateOf(id), ClipState::kSubmitted);
  EXPECT_TRUE(IsNotFound(shares().FindPublic(shared.share->id)));
  EXPECT_TRUE(shares().Screening().value().empty());
  reviews().Decide(id, true, "", rex_).value();
  EXPECT_EQ(reviews().Decide(id, true, "", ria_)->clip.state, ClipState::kApproved);
}

TEST_F(ClipsTest, EveryStepIsInTheAuditLogWithoutWhatPeopleWrote) {
  const std::string id = AddClip(ada_);
  const ClipView view = clips().Submit(id, "secret note", ada_).value();
  const Actor first = ActorOf(ReviewerOf(view));
  reviews().Decide(id, false, "secret reason", first).value();
  clips().Appeal(id, "secret appeal", ada_).value();
  reviews().Decide(id, true, "", Other(first)).value();
  shares().Share(id, {}, ada_).value();
  shares().Revoke(id, ada_).value();
  std::vector<std::string> actions;
  for (const AuditRecord& row : AuditRows()) {
    actions.push_back(row.action);
    EXPECT_EQ(row.detail.find("secret"), std::string::npos);
    EXPECT_EQ(row.detail.find("Boat"), std::string::npos);
    EXPECT_EQ(row.detail.find("from=192.0.2.1"), 0u);
  }
  EXPECT_THAT(actions, ElementsAre("clip.made", "clip.submitted", "clip.returned", "clip.appealed",
                                   "clip.approved", "clip.shared", "clip.share_revoked"));
}

}  // namespace
}  // namespace aozora
