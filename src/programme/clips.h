// SPDX-License-Identifier: Apache-2.0
// The way of a finished video to others:
//
//   draft -> submitted -> approved <-> shared
//     ^---------+   +---> returned -> submitted again, once, as an appeal to somebody else
//
// A clip keeps the files of its video from expiring. Each step is one transaction with its row in
// the audit log and an event for the author. Who may do such a thing at all is asked before
// (programme/roles.h); here it is asked whose clip it is, and what state it is in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/person_names.h"
#include "programme/act.h"
#include "store/job_records.h"
#include "store/people_records.h"
#include "store/programme_records.h"

namespace aozora {

inline constexpr size_t kTitleBytesMax = 800;  // 200 characters of four bytes
inline constexpr size_t kReasonBytesMax = 8'000;
inline constexpr size_t kClipsPerPersonMax = 10'000;
inline constexpr int64_t kReviewsShownMax = 100;  // the newest: rounds can be begun and taken back

// A clip as it is shown.
struct ClipView {
  ClipRecord clip;
  std::optional<JobRecord> job;         // none: its video was deleted
  std::vector<FlagReasonRecord> flags;  // why two people look at it; none: nothing
  std::vector<ReviewRecord> reviews;    // of all rounds, the newest round first
  std::optional<ShareRecord> share;     // that is not revoked
  PersonNames names;                    // of the author and the reviewers
};

// A part of everybody's clips, in the order in which they were made.
struct ClipQuery {
  std::optional<ClipState> state = {};  // none: all
  std::string after_id = {};            // the last of the part before; empty: from the start
  int64_t limit = 20;
  bool ascending = false;
};
struct ClipPage {
  std::vector<ClipView> clips;
  bool has_more = false;
};

// Who looks. Role as in the store, not as anybody says.
struct Viewer {
  std::string person_id;
  std::string role;
};

// Any thread.
class Clips {
 public:
  explicit Clips(Ground ground) : ground_(ground) {}

  // Of the author. kNotFound: not theirs. kInvalid: not in the state for it.
  Result<ClipView> Make(const std::string& job_id, const std::string& title, const Actor& author);
  Result<std::vector<ClipView>> ListOf(const std::string& person_id);  // newest first
  Result<ClipPage> List(const ClipQuery& query);  // for admins; kNotFound: no such `after_id`
  Status Remove(const std::string& clip_id, const Actor& author);  // a draft or returned one
  Result<ClipView> Submit(const std::string& clip_id, const std::string& note, const Actor& author);
  Result<ClipView> Withdraw(const std::string& clip_id, const Actor& author);
  Result<ClipView> Appeal(const std::string& clip_id, const std::string& note, const Actor& author);

  // kNotFound also for what this person may not see.
  Result<ClipView> Get(const std::string& clip_id, const Viewer& viewer);

 private:
  Ground ground_;
};

// Parts of a transaction, for all that work on clips.
Result<ClipRecord> NeedClip(Transaction& transaction, const std::string& clip_id);
Result<ClipView> ViewOf(Transaction& transaction, const ClipRecord& clip);
// The author and admins: always. Reviewers: all that is not a draft. Others: what is shared and
// past its embargo, and what is on the screening list.
Result<bool> MaySee(Transaction& transaction, const ClipRecord& clip, const Viewer& viewer,
                    int64_t now_ms);
// The share that is not revoked.
Result<std::optional<ShareRecord>> ActiveShare(Transaction& transaction,
                                               const std::string& clip_id);
// Writes what differs, the audit row, and an event that the author's streams show.
Status ChangeClip(Transaction& transaction, const ClipRecord& before, const ClipRecord& after,
                  int64_t now_ms, const Actor& actor, std::string_view event,
                  std::string_view detail = "");
Status AppendClipEvent(Transaction& transaction, const ClipRecord& clip, std::string_view event,
                       int64_t now_ms);

}  // namespace aozora
