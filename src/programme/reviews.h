// SPDX-License-Identifier: Apache-2.0
// Who decides on a submitted clip, by when, and what. Nobody decides on their own; who returned a
// clip does not hear the appeal; what was flagged needs two. Each review is asked of one person, of
// whom the author learns; once it is overdue, or while nobody could be asked, everybody may who is
// entitled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "programme/clips.h"

namespace aozora {

inline constexpr int64_t kReviewDueMs = 48 * kHourMs;
inline constexpr int64_t kReviewDueMsMax = 60 * kDayMs;
inline constexpr int64_t kFlaggedReviewCount = 2;

struct QueuedReview {
  ReviewRecord review;
  ClipView view;
};

// Any thread.
class Reviews {
 public:
  explicit Reviews(Ground ground) : ground_(ground) {}

  // What this reviewer may decide now, the most urgent first.
  Result<std::vector<QueuedReview>> QueueOf(const std::string& reviewer_id);
  // kNotFound: no clip, one's own, or a draft. kInvalid: not waiting, somebody else's turn, one has
  // decided on it already, or a return without a reason.
  Result<ClipView> Decide(const std::string& clip_id, bool approve, const std::string& reason,
                          const Actor& reviewer);

  // What is late, the latest first.
  Result<std::vector<QueuedReview>> Overdue();
  // Notes what has become overdue since the last call, with an event for the author; how many. Call
  // it about once a minute.
  Result<int64_t> Escalate();
  // kNotFound: no such review or person. kInvalid: it is decided, or that person may not.
  Result<ClipView> Assign(const std::string& review_id, const std::string& reviewer_id,
                          const Actor& admin);
  // A flag makes two people look, also where one has approved already: then the clip is taken back
  // and its share ends. kNotFound: no such video. A further flag adds its reason and nothing else.
  Status Flag(const std::string& job_id, const std::string& reason, const Actor& actor);

  Result<int64_t> DueMs();
  Status SetDueMs(int64_t due_ms, const Actor& admin);  // of what is submitted from now on

 private:
  Ground ground_;
};

// Parts of a transaction of others.
Result<int64_t> ReviewDueMs(Transaction& transaction);
// As many reviews as this round still needs, each asked of whoever has least to do.
Status AskReviewers(Transaction& transaction, const Ground& ground, const ClipRecord& clip);
Status EndPending(Transaction& transaction, const ClipRecord& clip, int64_t now_ms);
// With its reviews, shares, feedback and place in the screening list.
Status EraseClip(Transaction& transaction, const std::string& clip_id);

}  // namespace aozora
