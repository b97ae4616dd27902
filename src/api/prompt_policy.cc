// SPDX-License-Identifier: Apache-2.0
#include "api/prompt_policy.h"

#include <algorithm>

#include "base/log.h"
#include "policy/text_check.h"
#include "programme/roles.h"

namespace aozora::api {
namespace {

// People's roles are written in policies by the same names.
static_assert(std::ranges::equal(EnumNames<Role>::kNames, policy::Names<policy::Role>::kAll));

// A role that the policy does not know gets what artists get.
policy::Role RoleOf(const Origin& origin) {
  return policy::FromName<policy::Role>(origin.role).value_or(policy::Role::kArtist);
}

}  // namespace

Outcome<PromptVerdict> CheckPrompt(const Service& service, const Origin& origin,
                                   std::string_view prompt) {
  const std::shared_ptr<const policy::Policy> policy = service.policy.Current();
  const policy::TextDecision decision = policy::Check(*policy, prompt, RoleOf(origin));
  if (decision.verdict != policy::Action::kAllow) {
    Log(LogLevel::kInfo, "request={} policy={} rule={} verdict={} action={}", origin.request_id,
        decision.policy_version, decision.rule_id, policy::NameOf(decision.verdict),
        policy::NameOf(decision.action));
  }
  PromptVerdict verdict{decision.policy_version, {}};
  if (decision.action == policy::Action::kAllow) return verdict;
  if (!decision.category) {  // read by no rule
    return BadParameter("prompt", fmt::format("prompt has {} bytes: at most {} are read",
                                              prompt.size(), policy::kCheckedPromptBytesMax));
  }
  const std::string_view category = policy::NameOf(*decision.category);
  if (decision.action == policy::Action::kBlock) {
    Problem problem = BadParameter(
        "prompt", fmt::format("the prompt goes against the content policy of this server ({}): "
                              "describe the scene in other words",
                              category));
    problem.code = "content_policy_violation";
    return problem;
  }
  FlagReasonRecord reason;
  reason.source = FlagSource::kPrompt;
  reason.category = category;
  if (decision.severity) reason.severity = policy::NameOf(*decision.severity);
  reason.text = decision.matched_text;
  reason.reason = decision.rule_id;
  reason.set_by = kPolicyFlags;
  verdict.flags.push_back(std::move(reason));
  return verdict;
}

Outcome<bool> CheckVisibleMark(const Service& service, const Origin& origin, bool visible_mark) {
  if (visible_mark) return true;
  const std::shared_ptr<const policy::Policy> policy = service.policy.Current();
  if (policy->may_copy_clean[static_cast<size_t>(RoleOf(origin))]) return true;
  return Refuse(403, "visible_mark_required",
                "this server makes no copies without the visible mark for you: leave "
                "visible_mark out");
}

}  // namespace aozora::api
