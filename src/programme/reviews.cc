// SPDX-License-Identifier: Apache-2.0
#include "programme/reviews.h"

#include <algorithm>
#include <limits>

#include "jobs/flags.h"
#include "programme/credits.h"
#include "programme/roles.h"
#include "programme/settings.h"
#include "programme/shares.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr const char* kDueSetting = "review_due_ms";

Query<ReviewRecord> OfRound(const ClipRecord& clip) {
  return Query<ReviewRecord>()
      .Equal(&ReviewRecord::clip_id, clip.id)
      .Equal(&ReviewRecord::round, clip.round);
}

// Whether this person could decide on this clip, whoever was asked.
Result<bool> IsEntitled(Transaction& transaction, const ClipRecord& clip,
                        const PersonRecord& person) {
  if (person.disabled_ms || !MayDo(person.role, Action::kReview)) return false;
  if (person.id == clip.person_id) return false;
  if (TRY(transaction.Count(OfRound(clip)
                                .Equal(&ReviewRecord::reviewer_id, person.id)
                                .Equal(&ReviewRecord::decision, ReviewDecision::kApproved))) > 0) {
    return false;
  }
  return TRY(transaction.Count(Query<ReviewRecord>()
                                   .Equal(&ReviewRecord::clip_id, clip.id)
                                   .Equal(&ReviewRecord::reviewer_id, person.id)
                                   .Equal(&ReviewRecord::decision, ReviewDecision::kReturned))) ==
         0;
}

bool IsTurnOf(const ReviewRecord& review, const std::string& person_id, int64_t now_ms) {
  return review.reviewer_id == person_id || review.reviewer_id.empty() || review.due_ms <= now_ms;
}

// The entitled person with the fewest open reviews, admins only where there is no reviewer; not one
// who has a part in this round already. Empty: nobody.
Result<std::string> Choose(Transaction& transaction, const ClipRecord& clip) {
  for (const Role role : {Role::kReviewer, Role::kAdmin}) {
    std::string best;
    int64_t fewest = std::numeric_limits<int64_t>::max();
    const std::vector<PersonRecord> people =
        TRY(transaction.Select(Query<PersonRecord>()
                                   .Equal(&PersonRecord::role, std::string(NameOf(role)))
                                   .Ascending(&PersonRecord::created_ms)));
    for (const PersonRecord& person : people) {
      if (!TRY(IsEntitled(transaction, clip, person))) continue;
      if (TRY(transaction.Count(OfRound(clip).Equal(&ReviewRecord::reviewer_id, person.id))) > 0) {
        continue;
      }
      const int64_t open =
          TRY(transaction.Count(Query<ReviewRecord>()
                                    .Equal(&ReviewRecord::reviewer_id, person.id)
                                    .Equal(&ReviewRecord::decision, ReviewDecision::kPending)));
      if (open >= fewest) continue;
      fewest = open;
      best = person.id;
    }
    if (!best.empty()) return best;
  }
  return std::string();
}

Result<int64_t> NeededCount(Transaction& transaction, const ClipRecord& clip) {
  return TRY(transaction.Find<FlagRecord>(clip.job_id)) ? kFlaggedReviewCount : int64_t{1};
}

// The pending review that this person's decision is; their own before an open one before one that
// is late.
Result<std::optional<ReviewRecord>> ReviewFor(Transaction& transaction, const ClipRecord& clip,
                                              const std::string& person_id, int64_t now_ms) {
  std::vector<ReviewRecord> pending = TRY(
      transaction.Select(OfRound(clip).Equal(&ReviewRecord::decision, ReviewDecision::kPending)));
  std::erase_if(pending, [&](const auto& each) { return !IsTurnOf(each, person_id, now_ms); });
  const auto rank = [&](const ReviewRecord& review) {
    return review.reviewer_id == person_id ? 0 : review.reviewer_id.empty() ? 1 : 2;
  };
  const auto best =
      std::min_element(pending.begin(), pending.end(),
                       [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (best == pending.end()) return std::optional<ReviewRecord>();
  return std::optional<ReviewRecord>(*best);
}

Result<ClipView> Settle(Transaction& transaction, const ClipRecord& before, bool approve,
                        const std::string& reason, int64_t now_ms, const Actor& reviewer) {
  ClipRecord after = before;
  if (!approve) {
    after.state = ClipState::kReturned;
    after.reason = reason;
  } else {
    const int64_t approvals = TRY(transaction.Count(
        OfRound(before).Equal(&ReviewRecord::decision, ReviewDecision::kApproved)));
    if (approvals < TRY(NeededCount(transaction, before))) {
      TRY(AppendAct(transaction, now_ms, reviewer, "clip.approved_by_one", before.id));
      return ViewOf(transaction, before);
    }
    after.state = ClipState::kApproved;
    after.reason.clear();
  }
  after.decided_ms = now_ms;
  TRY(EndPending(transaction, before, now_ms));
  TRY(ChangeClip(transaction, before, after, now_ms, reviewer,
                 approve ? "clip.approved" : "clip.returned",
                 fmt::format("round={}", before.round)));
  return ViewOf(transaction, after);
}

Result<std::vector<QueuedReview>> WithClips(Transaction& transaction,
                                            const std::vector<ReviewRecord>& reviews) {
  std::vector<QueuedReview> queued;
  for (const ReviewRecord& review : reviews) {
    const ClipRecord clip = TRY(NeedClip(transaction, review.clip_id));
    auto view = TRY(ViewOf(transaction, clip));
    queued.push_back({review, std::move(view)});
  }
  return queued;
}

Query<ReviewRecord> LateBy(int64_t now_ms) {
  return Query<ReviewRecord>()
      .Equal(&ReviewRecord::decision, ReviewDecision::kPending)
      .AtMost(&ReviewRecord::due_ms, now_ms)
      .Ascending(&ReviewRecord::due_ms);
}

}  // namespace

Result<int64_t> ReviewDueMs(Transaction& transaction) {
  return ReadNumber(transaction, kDueSetting, kReviewDueMs);
}

Status AskReviewers(Transaction& transaction, const Ground& ground, const ClipRecord& clip) {
  const int64_t have = TRY(transaction.Count(OfRound(clip).In(
      &ReviewRecord::decision, {ReviewDecision::kPending, ReviewDecision::kApproved})));
  const int64_t needed = TRY(NeededCount(transaction, clip));
  for (int64_t i = have; i < needed; ++i) {
    ReviewRecord review;
    review.id = NewId("review_", ground.random);
    review.clip_id = clip.id;
    review.round = clip.round;
    review.reviewer_id = TRY(Choose(transaction, clip));
    review.assigned_ms = NowMs(ground.clock);
    review.due_ms = clip.due_ms.value_or(review.assigned_ms);
    TRY(transaction.Insert(review));
  }
  return Ok();
}

Status EndPending(Transaction& transaction, const ClipRecord& clip, int64_t now_ms) {
  const std::vector<ReviewRecord> pending = TRY(
      transaction.Select(OfRound(clip).Equal(&ReviewRecord::decision, ReviewDecision::kPending)));
  for (const ReviewRecord& before : pending) {
    ReviewRecord after = before;
    after.decision = ReviewDecision::kMoot;
    after.decided_ms = now_ms;
    TRY(transaction.Change(before, after));
  }
  return Ok();
}

Status EraseClip(Transaction& transaction, const std::string& clip_id) {
  TRY(transaction.Erase<ScreeningRecord>(clip_id));
  TRY(transaction.EraseWhere(Query<ReviewRecord>().Equal(&ReviewRecord::clip_id, clip_id)));
  TRY(transaction.EraseWhere(Query<ShareRecord>().Equal(&ShareRecord::clip_id, clip_id)));
  TRY(transaction.EraseWhere(Query<FeedbackRecord>().Equal(&FeedbackRecord::clip_id, clip_id)));
  TRY(transaction.Erase<ClipRecord>(clip_id));
  return Ok();
}

Result<std::vector<QueuedReview>> Reviews::QueueOf(const std::string& reviewer_id) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Read([&](Transaction& transaction) -> Result<std::vector<QueuedReview>> {
    std::vector<ReviewRecord> turns;
    const auto person = TRY(transaction.Find<PersonRecord>(reviewer_id));
    if (!person) return Error::NotFound("there is no person {}", reviewer_id);
    const std::vector<ReviewRecord> pending =
        TRY(transaction.Select(Query<ReviewRecord>()
                                   .Equal(&ReviewRecord::decision, ReviewDecision::kPending)
                                   .Ascending(&ReviewRecord::due_ms)));
    std::string last_clip;
    for (const ReviewRecord& review : pending) {
      if (!IsTurnOf(review, reviewer_id, now_ms)) continue;
      const ClipRecord clip = TRY(NeedClip(transaction, review.clip_id));
      if (!TRY(IsEntitled(transaction, clip, *person))) continue;
      const auto mine = TRY(ReviewFor(transaction, clip, reviewer_id, now_ms));
      if (mine && mine->id == review.id) turns.push_back(review);  // one line for each clip
    }
    return WithClips(transaction, turns);
  });
}

Result<ClipView> Reviews::Decide(const std::string& clip_id, bool approve,
                                 const std::string& reason, const Actor& reviewer) {
  TRY(CheckText(approve ? "a reason" : "the reason of a return", reason, kReasonBytesMax,
                approve ? 0 : 1));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord clip = TRY(NeedClip(transaction, clip_id));
    const auto person = TRY(transaction.Find<PersonRecord>(reviewer.id));
    if (!person || clip.person_id == reviewer.id || clip.state == ClipState::kDraft) {
      return Error::NotFound("there is no clip {}", clip_id);
    }
    if (clip.state != ClipState::kSubmitted) {
      return Error::Invalid("clip {} waits for no decision: it is {}", clip_id, NameOf(clip.state));
    }
    if (!TRY(IsEntitled(transaction, clip, *person))) {
      return Error::Invalid("somebody else decides on clip {}: you have already, or may not",
                            clip_id);
    }
    const auto before = TRY(ReviewFor(transaction, clip, reviewer.id, now_ms));
    if (!before) return Error::Invalid("another reviewer was asked about clip {}", clip_id);
    ReviewRecord after = *before;
    after.reviewer_id = reviewer.id;
    after.decision = approve ? ReviewDecision::kApproved : ReviewDecision::kReturned;
    after.reason = reason;
    after.decided_ms = now_ms;
    TRY(transaction.Change(*before, after));
    TRY(CreditAs(transaction, CreditKind::kReview, reviewer.id, after.id, now_ms));
    return Settle(transaction, clip, approve, reason, now_ms, reviewer);
  });
}

Result<std::vector<QueuedReview>> Reviews::Overdue() {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Read([&](Transaction& transaction) -> Result<std::vector<QueuedReview>> {
    const std::vector<ReviewRecord> late = TRY(transaction.Select(LateBy(now_ms)));
    return WithClips(transaction, late);
  });
}

Result<int64_t> Reviews::Escalate() {
  const int64_t now_ms = NowMs(ground_.clock);
  Query<ReviewRecord> fresh = LateBy(now_ms);
  fresh.Equal(&ReviewRecord::escalated_ms, std::nullopt);
  const int64_t count =
      TRY(ground_.store.Read([&](Transaction& transaction) { return transaction.Count(fresh); }));
  if (count == 0) return count;
  return ground_.store.Write([&](Transaction& transaction) -> Result<int64_t> {
    const std::vector<ReviewRecord> late = TRY(transaction.Select(fresh));
    for (const ReviewRecord& before : late) {
      ReviewRecord after = before;
      after.escalated_ms = now_ms;
      TRY(transaction.Change(before, after));
      const ClipRecord clip = TRY(NeedClip(transaction, before.clip_id));
      TRY(AppendClipEvent(transaction, clip, "clip.overdue", now_ms));
      TRY(AppendAct(transaction, now_ms, {"server", "", ""}, "review.overdue", before.id, clip.id));
    }
    return static_cast<int64_t>(late.size());
  });
}

Result<ClipView> Reviews::Assign(const std::string& review_id, const std::string& reviewer_id,
                                 const Actor& admin) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const auto before = TRY(transaction.Find<ReviewRecord>(review_id));
    if (!before) return Error::NotFound("there is no review {}", review_id);
    const auto person = TRY(transaction.Find<PersonRecord>(reviewer_id));
    if (!person) return Error::NotFound("there is no person {}", reviewer_id);
    const ClipRecord clip = TRY(NeedClip(transaction, before->clip_id));
    if (before->decision != ReviewDecision::kPending) {
      return Error::Invalid("review {} is {}", review_id, NameOf(before->decision));
    }
    const bool has_part = TRY(transaction.Count(OfRound(clip)
                                                    .Equal(&ReviewRecord::reviewer_id, reviewer_id)
                                                    .NotEqual(&ReviewRecord::id, review_id))) > 0;
    if (has_part || !TRY(IsEntitled(transaction, clip, *person))) {
      return Error::Invalid(
          "{} may not decide here: the author, who returned it before, and who "
          "has a part in it already may not",
          person->name);
    }
    ReviewRecord after = *before;
    after.reviewer_id = reviewer_id;
    after.assigned_ms = now_ms;
    TRY(transaction.Change(*before, after));
    TRY(AppendAct(transaction, now_ms, admin, "review.assigned", review_id, reviewer_id));
    return ViewOf(transaction, clip);
  });
}

Status Reviews::Flag(const std::string& job_id, const std::string& reason, const Actor& actor) {
  TRY(CheckText("the reason of a flag", reason, kReasonBytesMax));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Status {
    if (!TRY(transaction.Find<JobRecord>(job_id))) {
      return Error::NotFound("there is no video {}", job_id);
    }
    FlagReasonRecord said;
    said.reason = reason;
    said.set_by = actor.id;
    const bool is_new = TRY(AddFlag(transaction, job_id, now_ms, said));
    TRY(AppendAct(transaction, now_ms, actor, "video.flagged", job_id));
    if (!is_new) return Ok();
    const auto clip =
        TRY(transaction.SelectFirst(Query<ClipRecord>().Equal(&ClipRecord::job_id, job_id)));
    if (!clip) return Ok();
    if (clip->state == ClipState::kSubmitted) return AskReviewers(transaction, ground_, *clip);
    if (clip->state != ClipState::kApproved && clip->state != ClipState::kShared) return Ok();
    TRY(EndShare(transaction, clip->id, now_ms));
    TRY(transaction.Erase<ScreeningRecord>(clip->id));
    ClipRecord after = *clip;
    after.state = ClipState::kSubmitted;
    after.round += 1;
    after.submitted_ms = now_ms;
    after.due_ms = now_ms + TRY(ReviewDueMs(transaction));
    after.decided_ms.reset();
    TRY(ChangeClip(transaction, *clip, after, now_ms, actor, "clip.taken_back"));
    return AskReviewers(transaction, ground_, after);
  });
}

Result<int64_t> Reviews::DueMs() {
  return ground_.store.Read([](Transaction& transaction) { return ReviewDueMs(transaction); });
}

Status Reviews::SetDueMs(int64_t due_ms, const Actor& admin) {
  if (due_ms <= 0 || due_ms > kReviewDueMsMax) {
    return Error::Invalid("a review is due after 1 hour to {} days", kReviewDueMsMax / 86'400'000);
  }
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) {
    return WriteNumber(transaction, kDueSetting, due_ms, now_ms, admin);
  });
}

}  // namespace aozora
