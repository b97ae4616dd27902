// SPDX-License-Identifier: Apache-2.0
// What the policy says of a request, before any work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/create_video.h"
#include "api/problem.h"
#include "api/service.h"
#include "store/programme_records.h"

namespace aozora::api {

struct PromptVerdict {
  std::string policy_version;
  std::vector<FlagReasonRecord> flags;  // why reviewers have to look at the video
};

// 400 content_policy_violation names the category and nothing else: what the rule is, stands in
// the log for the operator.
Outcome<PromptVerdict> CheckPrompt(const Service& service, const Origin& origin,
                                   std::string_view prompt);

// A request for a copy without the visible mark: 403 unless the policy allows the role to.
Outcome<bool> CheckVisibleMark(const Service& service, const Origin& origin, bool visible_mark);

}  // namespace aozora::api
