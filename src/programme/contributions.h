// SPDX-License-Identifier: Apache-2.0
// What people say of clips, and what the red team finds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "programme/clips.h"

namespace aozora {

inline constexpr size_t kFeedbackBytesMax = 8'000;
inline constexpr size_t kFindingBytesMax = 64'000;
inline constexpr size_t kFindingPromptBytesMax = 128'000;
inline constexpr int64_t kFeedbackPerClipMax = 20;  // of one person

struct NewFinding {
  std::string clip_id = {};  // exactly one of the two
  std::string prompt = {};
  std::string title = {};
  std::string text = {};
  Severity severity = Severity::kLow;
};

// Any thread.
class Contributions {
 public:
  explicit Contributions(Ground ground) : ground_(ground) {}

  // On a clip that one sees (kNotFound otherwise). The first on another's clip is credited.
  Result<FeedbackRecord> GiveFeedback(const std::string& clip_id, const std::string& text,
                                      int64_t rating, const Actor& actor);
  // All of it for the author and admins, one's own for others; oldest first.
  Result<std::vector<FeedbackRecord>> FeedbackOn(const std::string& clip_id, const Viewer& viewer);

  Result<FindingRecord> FileFinding(const NewFinding& finding, const Actor& actor);
  // Of one person, or, with an empty id, of everybody; newest first.
  Result<std::vector<FindingRecord>> Findings(const std::string& person_id);
  // open -> confirmed | rejected, confirmed -> fixed | rejected, and rejected or fixed ones may be
  // opened again: kInvalid otherwise. Who found what is confirmed is credited, once.
  Result<FindingRecord> SetFindingState(const std::string& id, FindingState state,
                                        const std::string& note, const Actor& admin);

 private:
  Ground ground_;
};

bool MayBecome(FindingState from, FindingState to);

}  // namespace aozora
