// SPDX-License-Identifier: Apache-2.0
#include "programme/shares.h"

#include "programme/roles.h"
#include "store/ids.h"

namespace aozora {

Status EndShare(Transaction& transaction, const std::string& clip_id, int64_t now_ms) {
  const std::optional<ShareRecord> before = TRY(ActiveShare(transaction, clip_id));
  if (!before) return Ok();
  ShareRecord after = *before;
  after.revoked_ms = now_ms;
  return transaction.Change(*before, after);
}

Result<ClipView> Shares::Share(const std::string& clip_id, const ShareOptions& options,
                               const Actor& author) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord before = TRY(NeedClip(transaction, clip_id));
    if (before.person_id != author.id) return Error::NotFound("there is no clip {}", clip_id);
    if (before.state != ClipState::kApproved) {
      return Error::Invalid("clip {} is {}: only an approved one can be shared", clip_id,
                            NameOf(before.state));
    }
    ShareRecord share;
    share.id = NewId("share_", ground_.random);
    share.clip_id = clip_id;
    share.person_id = author.id;
    share.created_ms = now_ms;
    share.embargo_until_ms = options.embargo_until_ms;
    share.shows_prompt = options.shows_prompt;
    share.shows_author = options.shows_author;
    TRY(transaction.Insert(share));
    ClipRecord after = before;
    after.state = ClipState::kShared;
    TRY(ChangeClip(transaction, before, after, now_ms, author, "clip.shared",
                   fmt::format("embargo_until={}", share.embargo_until_ms / 1000)));
    return ViewOf(transaction, after);
  });
}

Result<ClipView> Shares::Revoke(const std::string& clip_id, const Actor& actor) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord before = TRY(NeedClip(transaction, clip_id));
    if (before.person_id != actor.id && actor.role != NameOf(Role::kAdmin)) {
      return Error::NotFound("there is no clip {}", clip_id);
    }
    if (before.state != ClipState::kShared) {
      return Error::Invalid("clip {} is {}, not shared", clip_id, NameOf(before.state));
    }
    TRY(EndShare(transaction, clip_id, now_ms));
    ClipRecord after = before;
    after.state = ClipState::kApproved;
    TRY(ChangeClip(transaction, before, after, now_ms, actor, "clip.share_revoked"));
    return ViewOf(transaction, after);
  });
}

Result<ClipView> Shares::FindPublic(const std::string& share_id) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Read([&](Transaction& transaction) -> Result<ClipView> {
    const Error none = Error::NotFound("nothing is shared under this link, or not any more");
    const auto share = TRY(transaction.Find<ShareRecord>(share_id));
    if (!share || share->revoked_ms || share->embargo_until_ms > now_ms) return none;
    const ClipRecord clip = TRY(NeedClip(transaction, share->clip_id));
    if (clip.state != ClipState::kShared) return none;
    ClipView view = TRY(ViewOf(transaction, clip));
    if (!view.job || view.job->files != FilesState::kKept) return none;
    return view;
  });
}

Result<std::vector<ClipView>> Shares::Screening() {
  return ground_.store.Read([](Transaction& transaction) -> Result<std::vector<ClipView>> {
    std::vector<ClipView> views;
    const std::vector<ScreeningRecord> picked =
        TRY(transaction.Select(Query<ScreeningRecord>().Ascending(&ScreeningRecord::position)));
    for (const ScreeningRecord& each : picked) {
      const ClipRecord clip = TRY(NeedClip(transaction, each.clip_id));
      views.push_back(TRY(ViewOf(transaction, clip)));
    }
    return views;
  });
}

Result<ClipView> Shares::Pick(const std::string& clip_id, const Actor& admin) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Result<ClipView> {
    const ClipRecord clip = TRY(NeedClip(transaction, clip_id));
    if (clip.state != ClipState::kApproved && clip.state != ClipState::kShared) {
      return Error::Invalid("clip {} is {}: only an approved one can be screened", clip_id,
                            NameOf(clip.state));
    }
    if (TRY(transaction.Find<ScreeningRecord>(clip_id))) return ViewOf(transaction, clip);
    const auto last = TRY(
        transaction.SelectFirst(Query<ScreeningRecord>().Descending(&ScreeningRecord::position)));
    TRY(transaction.Insert(
        ScreeningRecord{clip_id, last ? last->position + 1 : 1, admin.id, now_ms}));
    TRY(AppendAct(transaction, now_ms, admin, "screening.picked", clip_id));
    return ViewOf(transaction, clip);
  });
}

Status Shares::Unpick(const std::string& clip_id, const Actor& admin) {
  const int64_t now_ms = NowMs(ground_.clock);
  return ground_.store.Write([&](Transaction& transaction) -> Status {
    if (!TRY(transaction.Erase<ScreeningRecord>(clip_id))) {
      return Error::NotFound("clip {} is not on the screening list", clip_id);
    }
    return AppendAct(transaction, now_ms, admin, "screening.removed", clip_id);
  });
}

}  // namespace aozora
