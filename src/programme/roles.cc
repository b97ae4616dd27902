// SPDX-License-Identifier: Apache-2.0
#include "programme/roles.h"

namespace aozora {

// A red team makes what nobody should see: it submits and shares nothing. Whoever reviews may make
// videos too, and others decide on theirs.
// clang-format off
const std::array<Permission, kActionCount> kPermissions = {{
    // action                 name               scope         artist partner red_team reviewer admin
    {Action::kOwnAccount,    "own_account",    kScopeWrite,  {true,  true,   true,    true,    true}},
    {Action::kOwnClips,      "own_clips",      kScopeWrite,  {true,  true,   true,    true,    true}},
    {Action::kSubmit,        "submit",         kScopeWrite,  {true,  true,   false,   true,    true}},
    {Action::kShare,         "share",          kScopeWrite,  {true,  true,   false,   true,    true}},
    {Action::kReview,        "review",         kScopeReview, {false, false,  false,   true,    true}},
    {Action::kSeeMembers,    "see_members",    kScopeRead,   {true,  true,   true,    true,    true}},
    {Action::kGiveFeedback,  "give_feedback",  kScopeWrite,  {true,  true,   true,    true,    true}},
    {Action::kFileFinding,   "file_finding",   kScopeWrite,  {false, false,  true,    false,   true}},
    {Action::kOwnCredits,    "own_credits",    kScopeRead,   {true,  true,   true,    true,    true}},
    {Action::kInvite,        "invite",         kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kManagePeople,  "manage_people",  kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kManageTerms,   "manage_terms",   kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kManageReviews, "manage_reviews", kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kJudgeFindings, "judge_findings", kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kGiveCredits,   "give_credits",   kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kGiveGrants,    "give_grants",    kScopeAdmin,  {false, false,  false,   false,   true}},
    {Action::kPickScreening, "pick_screening", kScopeAdmin,  {false, false,  false,   false,   true}},
}};
// clang-format on

const Permission& PermissionOf(Action action) {
  const Permission& permission = kPermissions[static_cast<size_t>(action)];
  CHECK(permission.action == action);
  return permission;
}

bool MayDo(std::string_view role, Action action) {
  const std::optional<Role> known = EnumOf<Role>(role);
  return known && PermissionOf(action).roles[static_cast<size_t>(*known)];
}

std::vector<std::string> ScopesOf(std::string_view role) {
  std::vector<std::string> scopes = {std::string(kScopeRead), std::string(kScopeWrite)};
  if (MayDo(role, Action::kReview)) scopes.emplace_back(kScopeReview);
  if (role == NameOf(Role::kAdmin)) scopes.emplace_back(kScopeAdmin);
  return scopes;
}

}  // namespace aozora
