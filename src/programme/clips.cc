// SPDX-License-Identifier: Apache-2.0
#include "programme/clips.h"

#include <algorithm>

#include "jobs/flags.h"
#include "programme/reviews.h"
#include "programme/roles.h"
#include "store/ids.h"

namespace aozora {
namespace {

Result<ClipRecord> NeedOwn(Transaction& transaction, const std::string& clip_id,
                           const Actor& author) {
  ClipRecord clip = TRY(NeedClip(transaction, clip_id));
  if (clip.person_id != author.id) return Error::NotFound("there is no clip {}", clip_id);
  return clip;
}

Status NeedState(const ClipRecord& clip, ClipState state, std::string_view what) {
  if (clip.state == state) return Ok();
  return Error::Invalid("clip {} is {}: only a {} one can be {}", clip.id, NameOf(clip.state),
                        NameOf(state), what);
}

// While there is a clip, its video's files stay.
Status KeepFiles(Transaction& transaction, const JobRecord& job) {
  JobRecord after = job;
  after.expires_ms.reset();
  return transaction.Change(job, after);
}

Status LetFilesExpire(Transaction& transaction, const ClipRecord& clip) {
  const auto job = TRY(transaction.Find<JobRecord>(clip.job_id));
  if (!job) return Ok();
  JobRecord after = *job;
  after.expires_ms = clip.job_expires_ms;
  return transaction.Change(*job, after);
}

// A new round of reviews, from draft or, as an appeal, from returned.
Result<ClipView> Begin(Transaction& transaction, const Ground& ground, const ClipRecord& before,
                       const std::string& note, bool appeal, const Actor& author) {
  const int64_t now_ms = NowMs(ground.clock);
  ClipRecord after = before;
  after.state = ClipState::kSubmitted;
  after.round += 1;
  after.note = note;
  after.appealed = before.appealed || appeal;
  after.submitted_ms = now_ms;
  after.due_ms = now_ms + TRY(ReviewDueMs(transaction));
  after.decided_ms.reset();
  TRY(ChangeClip(transaction, before, after, now_ms, author,
                 appeal ? "clip.appealed" : "clip.submitted"));
  TRY(AskReviewers(transaction, ground, after));
  return ViewOf(transaction, after);
}

Query<ClipRecord> OfState(const std::optional<ClipState>& state) {
  Query<ClipRecord> query;
  if (state) query.Equal(&ClipRecord::state, *state);
  return query;
}

// One more than wanted tells whether there are more.
Result<std::vector<ClipRecord>> SelectPart(Transaction& transaction, const ClipQuery& wanted) {
  const Compare behind = wanted.ascending ? Compare::kGreater : Compare::kLess;
  const auto order = [&](Query<ClipRecord>& query, auto member) {
    if (wanted.ascending) {
      query.Ascending(member);
    } else {
      query.Descending(member);
    }
  };
  std::vector<ClipRecord> found;
  Query<ClipRecord> rest = OfState(wanted.state);
  if (!wanted.after_id.empty()) {
    const ClipRecord after = TRY(NeedClip(transaction, wanted.after_id));
    // Those of one moment stand in the order of their ids.
    Query<ClipRecord> same = OfState(wanted.state);
    same.Equal(&ClipRecord::created_ms, after.created_ms)
        .Where(&ClipRecord::id, behind, after.id)
        .Limit(wanted.limit + 1);
    order(same, &ClipRecord::id);
    found = TRY(transaction.Select(same));
    rest.Where(&ClipRecord::created_ms, behind, after.created_ms);
  }
  order(rest, &ClipRecord::created_ms);
  order(rest, &ClipRecord::id);
  rest.Limit(wanted.limit + 1 - static_cast<int64_t>(found.size()));
  for (ClipRecord& clip : TRY(transaction.Select(rest))) found.push_back(std::move(clip));
  return found;
}

}  // namespace

Result<ClipRecord> NeedClip(Transaction& transaction, const std::string& clip_id) {
  std::optional<ClipRecord> clip = TRY(transaction.Find<ClipRecord>(clip_id));
  if (!clip) return Error::NotFound("there is no clip {}", clip_id);
  return std::move(*clip);
}

Result<std::optional<ShareRecord>> ActiveShare(Transaction& transaction,
                                               const std::string& clip_id) {
  return transaction.SelectFirst(Query<ShareRecord>()
                                     .Equal(&ShareRecord::clip_id, clip_id)
                                     .Equal(&ShareRecord::revoked_ms, std::nullopt));
}

Result<ClipView> ViewOf(Transaction& transaction, const ClipRecord& clip) {
  ClipView view;
  view.clip = clip;
  view.job = TRY(transaction.Find<JobRecord>(clip.job_id));
  if (view.job && view.job->deleted_ms) view.job.reset();
  view.flags = TRY(FlagReasons(transaction, clip.job_id));
  view.reviews = TRY(transaction.Select(Query<ReviewRecord>()
                                            .Equal(&ReviewRecord::clip_id, clip.id)
                                            .Descending(&ReviewRecord::round)
                                            .Ascending(&ReviewRecord::assigned_ms)
                                            .Limit(kReviewsShownMax)));
  view.share = TRY(ActiveShare(transaction, clip.id));
  std::vector<std::string> ids = {clip.person_id};
  for (const ReviewRecord& review : view.reviews) ids.push_back(review.reviewer_id);
  view.names = TRY(NamesOf(transaction, ids));
  return view;
}

Result<bool> MaySee(Transaction& transaction, const ClipRecord& clip, const Viewer& viewer,
                    int64_t now_ms) {
  if (clip.person_id == viewer.person_id || viewer.role == NameOf(Role::kAdmin)) return true;
  if (clip.state != ClipState::kDraft && MayDo(viewer.role, Action::kReview)) return true;
  if (!MayDo(viewer.role, Action::kSeeMembers)) return false;
  if (TRY(transaction.Find<ScreeningRecord>(clip.id))) return true;
  const std::optional<ShareRecord> share = TRY(ActiveShare(transaction, clip.id));
  return share && share->embargo_until_ms <= now_ms;
}

Status AppendClipEvent(Transaction& transaction, const ClipRecord& clip, std::string_view event,
                       int64_t now_ms) {
  EventRecord record;
  record.at_ms = now_ms;
  record.type = event;
  record.job_id = clip.job_id;
  record.person_id = clip.person_id;
  TRY(transaction.Append(record));
  return Ok();
}

Status ChangeClip(Transaction& transaction, const ClipRecord& before, const ClipRecord& after,
                  int64_t now_ms, const Actor& actor, std::string_view event,
                  std::string_view detail) {
  TRY(transaction.Change(before, after));
  TRY(AppendClipEvent(transaction, after, event, now_ms));
  return AppendAct(transaction, now_ms, actor, event, after.id, detail);
}

Result<ClipView> Clips::Make(const std::string& job_id, const std::string& title,
                             const Actor& author) {
  TRY(CheckText("a title", title, kTitleBytesMax, 0));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const auto job = TRY(transaction.Find<JobRecord>(job_id));
    if (!job || job->person_id != author.id || job->deleted_ms) {
      return Error::NotFound("there is no video {}", job_id);
    }
    if (job->state != JobState::kCompleted || job->files != FilesState::kKept) {
      return Error::Invalid("video {} is not finished, or its files are gone", job_id);
    }
    if (TRY(transaction.Count(Query<ClipRecord>().Equal(&ClipRecord::job_id, job_id))) > 0) {
      return Error::Invalid("video {} is a clip already", job_id);
    }
    const Query<ClipRecord> own = Query<ClipRecord>().Equal(&ClipRecord::person_id, author.id);
    if (TRY(transaction.Count(own)) >= static_cast<int64_t>(kClipsPerPersonMax)) {
      return Error::Invalid("{} clips are as many as one has: remove some", kClipsPerPersonMax);
    }
    ClipRecord clip;
    clip.id = NewId("clip_", ground_.random);
    clip.job_id = job_id;
    clip.person_id = author.id;
    clip.title = title;
    clip.created_ms = now_ms;
    clip.job_expires_ms = job->expires_ms;
    TRY(transaction.Insert(clip));
    TRY(KeepFiles(transaction, *job));
    TRY(AppendAct(transaction, now_ms, author, "clip.made", clip.id, job_id));
    return ViewOf(transaction, clip);
  });
}

Result<std::vector<ClipView>> Clips::ListOf(const std::string& person_id) {
  return ground_.store.Read([&](Transaction& transaction) -> Result<std::vector<ClipView>> {
    std::vector<ClipView> views;
    const std::vector<ClipRecord> clips =
        TRY(transaction.Select(Query<ClipRecord>()
                                   .Equal(&ClipRecord::person_id, person_id)
                                   .Descending(&ClipRecord::created_ms)));
    for (const ClipRecord& clip : clips) views.push_back(TRY(ViewOf(transaction, clip)));
    return views;
  });
}

Result<ClipPage> Clips::List(const ClipQuery& query) {
  return ground_.store.Read([&](Transaction& transaction) -> Result<ClipPage> {
    std::vector<ClipRecord> found = TRY(SelectPart(transaction, query));
    ClipPage page;
    page.has_more = static_cast<int64_t>(found.size()) > query.limit;
    if (page.has_more) found.pop_back();
    for (const ClipRecord& clip : found) page.clips.push_back(TRY(ViewOf(transaction, clip)));
    return page;
  });
}

Status Clips::Remove(const std::string& clip_id, const Actor& author) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Status {
    const ClipRecord clip = TRY(NeedOwn(transaction, clip_id, author));
    if (clip.state != ClipState::kReturned) TRY(NeedState(clip, ClipState::kDraft, "removed"));
    TRY(EraseClip(transaction, clip_id));
    TRY(LetFilesExpire(transaction, clip));
    return AppendAct(transaction, now_ms, author, "clip.removed", clip_id);
  });
}

Result<ClipView> Clips::Submit(const std::string& clip_id, const std::string& note,
                               const Actor& author) {
  TRY(CheckText("a note", note, kReasonBytesMax, 0));
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord clip = TRY(NeedOwn(transaction, clip_id, author));
    TRY(NeedState(clip, ClipState::kDraft, "submitted"));
    return Begin(transaction, ground_, clip, note, /*appeal=*/false, author);
  });
}

Result<ClipView> Clips::Appeal(const std::string& clip_id, const std::string& note,
                               const Actor& author) {
  TRY(CheckText("what you say to the return", note, kReasonBytesMax));
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord clip = TRY(NeedOwn(transaction, clip_id, author));
    TRY(NeedState(clip, ClipState::kReturned, "appealed"));
    if (clip.appealed) {
      return Error::Invalid("clip {} was appealed already: the second return stands", clip_id);
    }
    return Begin(transaction, ground_, clip, note, /*appeal=*/true, author);
  });
}

Result<ClipView> Clips::Withdraw(const std::string& clip_id, const Actor& author) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord before = TRY(NeedOwn(transaction, clip_id, author));
    TRY(NeedState(before, ClipState::kSubmitted, "withdrawn"));
    // Back to where it came from: withdrawing an appeal does not undo the return.
    ClipRecord after = before;
    after.state = before.appealed ? ClipState::kReturned : ClipState::kDraft;
    after.submitted_ms.reset();
    after.due_ms.reset();
    TRY(EndPending(transaction, before, now_ms));
    TRY(ChangeClip(transaction, before, after, now_ms, author, "clip.withdrawn"));
    return ViewOf(transaction, after);
  });
}

Result<ClipView> Clips::Get(const std::string& clip_id, const Viewer& viewer) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Read([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord clip = TRY(NeedClip(transaction, clip_id));
    if (!TRY(MaySee(transaction, clip, viewer, now_ms))) {
      return Error::NotFound("there is no clip {}", clip_id);
    }
    return ViewOf(transaction, clip);
  });
}

}  // namespace aozora
