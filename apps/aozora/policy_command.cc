// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "command.h"
#include "policy/policy_holder.h"
#include "policy/text_check.h"

namespace aozora::app {
namespace {

struct PolicyCommand {
  std::string file, prompt, role = "artist";
};

Status Try(const PolicyCommand& o, const policy::Policy& policy) {
  const std::optional<policy::Role> role = policy::FromName<policy::Role>(o.role);
  if (!role) {
    return Error::Invalid("--role {}: there are artist, partner, red_team, reviewer and admin",
                          o.role);
  }
  const policy::TextDecision decision = policy::Check(policy, o.prompt, *role);
  fmt::print("{}\n", policy::NameOf(decision.action));
  if (decision.category) {
    fmt::print("rule {} ({}, {}) by \"{}\", read as {}\n", decision.rule_id,
               policy::NameOf(*decision.category), policy::NameOf(*decision.severity),
               decision.matched_text, decision.view);
  }
  if (policy.is_dry_run) {
    fmt::print("a dry run: would be {}\n", policy::NameOf(decision.verdict));
  }
  return Ok();
}

Status Execute(const PolicyCommand& o, const Environment&) {
  if (o.file.empty() && o.prompt.empty()) {
    fmt::print("{}", policy::DefaultPolicyToml());
    return Ok();
  }
  const std::unique_ptr<policy::PolicyHolder> holder =
      TRY(policy::PolicyHolder::Open(o.file, SystemClock()));
  const std::shared_ptr<const policy::Policy> policy = holder->Current();
  if (!o.prompt.empty()) return Try(o, *policy);
  fmt::print("good: version {}, {} rules\n", policy->version, policy->rules.size());
  return Ok();
}

}  // namespace

Command AddPolicy(CLI::App& app) {
  const auto o = std::make_shared<PolicyCommand>();
  app.add_option("file", o->file, "To check (without one, the built-in policy is printed)");
  app.add_option("--prompt", o->prompt, "Say what would become of it, and by which rule");
  app.add_option("--role", o->role, "Of whoever asks")->capture_default_str();
  return [o](const Environment& environment) { return Execute(*o, environment); };
}

}  // namespace aozora::app
