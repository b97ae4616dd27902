// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/policy.h"
#include "text/clean.h"

namespace aozora::policy {

// Longer prompts are blocked unread, by this rule; the contract of the API refuses them before.
inline constexpr size_t kCheckedPromptBytesMax = kPromptBytesMax;
inline constexpr std::string_view kPromptLengthRule = "limit.prompt_bytes";

struct TextDecision {
  Action action = Action::kAllow;   // what is to be done: allow if the policy is on a dry run
  Action verdict = Action::kAllow;  // what the rules say
  // Of the rule that decided; with kAllow, of the first one that was met, if any.
  std::optional<Category> category;  // the only part that a client may be told
  std::optional<Severity> severity;
  std::string rule_id;
  // For the reviewer: where it stands in the prompt (bytes), what stands there, and how it was read
  // ("plain", "reversed" ...).
  Span matched;
  std::string matched_text;
  std::string view;
  std::string policy_version;
};

// Holds a prompt against the rules: in every view (view.h), each rule. The strictest action
// decides, then the severity, then the plainest view and the order in the file. Any thread. Time is
// linear in the prompt: half a millisecond for 500 bytes, some 0.2 s for the longest
// (TextCheckTime prints it).
TextDecision Check(const Policy& policy, std::string_view prompt, Role role);

}  // namespace aozora::policy
