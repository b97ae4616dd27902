// SPDX-License-Identifier: Apache-2.0
#include "programme/contributions.h"

#include "programme/credits.h"
#include "programme/roles.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr int64_t kRatingMax = 5;

Result<ClipRecord> NeedSeen(Transaction& transaction, const std::string& clip_id,
                            const Viewer& viewer, int64_t now_ms) {
  ClipRecord clip = TRY(NeedClip(transaction, clip_id));
  if (!TRY(MaySee(transaction, clip, viewer, now_ms))) {
    return Error::NotFound("there is no clip {}", clip_id);
  }
  return clip;
}

}  // namespace

bool MayBecome(FindingState from, FindingState to) {
  switch (from) {
    case FindingState::kOpen:
      return to == FindingState::kConfirmed || to == FindingState::kRejected;
    case FindingState::kConfirmed:
      return to == FindingState::kFixed || to == FindingState::kRejected;
    case FindingState::kFixed:
    case FindingState::kRejected:
      return to == FindingState::kOpen;
  }
  return false;
}

Result<FeedbackRecord> Contributions::GiveFeedback(const std::string& clip_id,
                                                   const std::string& text, int64_t rating,
                                                   const Actor& actor) {
  TRY(CheckText("feedback", text, kFeedbackBytesMax));
  if (rating < 0 || rating > kRatingMax) {
    return Error::Invalid("a rating is 1 to {}, or left out", kRatingMax);
  }
  const int64_t now_ms = NowMs(ground_.clock);
  FeedbackRecord record;
  record.id = NewId("feedback_", ground_.random);
  record.clip_id = clip_id;
  record.person_id = actor.id;
  record.text = text;
  record.rating = rating;
  record.created_ms = now_ms;
  return ground_.store.Write([&](Transaction& transaction) -> Result<FeedbackRecord> {
    const ClipRecord clip = TRY(NeedSeen(transaction, clip_id, {actor.id, actor.role}, now_ms));
    const int64_t before = TRY(transaction.Count(Query<FeedbackRecord>()
                                                     .Equal(&FeedbackRecord::clip_id, clip_id)
                                                     .Equal(&FeedbackRecord::person_id, actor.id)));
    if (before >= kFeedbackPerClipMax) {
      return Error::Invalid("you said {} things of this clip already", before);
    }
    TRY(transaction.Insert(record));
    if (clip.person_id != actor.id) {
      // The clip is the subject, so that many words on one clip count as one.
      TRY(CreditAs(transaction, CreditKind::kFeedback, actor.id, clip_id, now_ms));
    }
    TRY(AppendClipEvent(transaction, clip, "clip.feedback", now_ms));
    TRY(AppendAct(transaction, now_ms, actor, "feedback.given", clip_id, record.id));
    return record;
  });
}

Result<std::vector<FeedbackRecord>> Contributions::FeedbackOn(const std::string& clip_id,
                                                              const Viewer& viewer) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Read([&](Transaction& transaction) -> Result<std::vector<FeedbackRecord>> {
    const ClipRecord clip = TRY(NeedSeen(transaction, clip_id, viewer, now_ms));
    Query<FeedbackRecord> query;
    query.Equal(&FeedbackRecord::clip_id, clip_id).Ascending(&FeedbackRecord::created_ms);
    const bool all = clip.person_id == viewer.person_id || viewer.role == NameOf(Role::kAdmin);
    if (!all) query.Equal(&FeedbackRecord::person_id, viewer.person_id);
    return transaction.Select(query);
  });
}

Result<FindingRecord> Contributions::FileFinding(const NewFinding& finding, const Actor& actor) {
  if (finding.clip_id.empty() == finding.prompt.empty()) {
    return Error::Invalid("a finding is against a clip or a prompt: name one of them");
  }
  TRY(CheckText("a title", finding.title, kTitleBytesMax));
  TRY(CheckText("the text of a finding", finding.text, kFindingBytesMax));
  TRY(CheckText("a prompt", finding.prompt, kFindingPromptBytesMax, 0));
  const int64_t now_ms = NowMs(ground_.clock);
  FindingRecord record;
  record.id = NewId("finding_", ground_.random);
  record.person_id = actor.id;
  record.clip_id = finding.clip_id;
  record.prompt = finding.prompt;
  record.title = finding.title;
  record.text = finding.text;
  record.severity = finding.severity;
  record.created_ms = now_ms;
  record.changed_ms = now_ms;
  return ground_.store.Write([&](Transaction& transaction) -> Result<FindingRecord> {
    if (!finding.clip_id.empty()) {
      TRY(NeedSeen(transaction, finding.clip_id, {actor.id, actor.role}, now_ms));
    }
    TRY(transaction.Insert(record));
    TRY(AppendAct(transaction, now_ms, actor, "finding.filed", record.id, NameOf(record.severity)));
    return record;
  });
}

Result<std::vector<FindingRecord>> Contributions::Findings(const std::string& person_id) {
  return ground_.store.Read([&](Transaction& transaction) {
    Query<FindingRecord> query;
    query.Descending(&FindingRecord::created_ms);
    if (!person_id.empty()) query.Equal(&FindingRecord::person_id, person_id);
    return transaction.Select(query);
  });
}

Result<FindingRecord> Contributions::SetFindingState(const std::string& id, FindingState state,
                                                     const std::string& note, const Actor& admin) {
  TRY(CheckText("a note", note, kReasonBytesMax, 0));
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<FindingRecord> {
    const auto before = TRY(transaction.Find<FindingRecord>(id));
    if (!before) return Error::NotFound("there is no finding {}", id);
    if (!MayBecome(before->state, state)) {
      return Error::Invalid("finding {} is {} and cannot become {}", id, NameOf(before->state),
                            NameOf(state));
    }
    FindingRecord after = *before;
    after.state = state;
    after.note = note;
    after.changed_ms = now_ms;
    TRY(transaction.Change(*before, after));
    if (state == FindingState::kConfirmed) {
      TRY(CreditAs(transaction, CreditKind::kFinding, after.person_id, id, now_ms));
    }
    TRY(AppendAct(transaction, now_ms, admin, "finding.judged", id, NameOf(state)));
    return after;
  });
}

}  // namespace aozora
