// SPDX-License-Identifier: Apache-2.0
#include "programme/roles.h"

namespace aozora {
namespace {

constexpr bool kY = true, kN = false;

}  // namespace

// A red team makes what nobody should see: it submits and shares nothing. Whoever reviews may make
// videos too, and others decide on theirs.
// clang-format off
const std::array<Permission, kActionCount> kPermissions = {{
    // in the order of Role: artist, partner, red_team, reviewer, admin
    {Action::kOwnAccount,     "own_account",    kScopeWrite,  {kY, kY, kY, kY, kY}},
    {Action::kOwnClips,       "own_clips",      kScopeWrite,  {kY, kY, kY, kY, kY}},
    {Action::kSubmit,         "submit",         kScopeWrite,  {kY, kY, kN, kY, kY}},
    {Action::kShare,          "share",          kScopeWrite,  {kY, kY, kN, kY, kY}},
    {Action::kReview,         "review",         kScopeReview, {kN, kN, kN, kY, kY}},
    {Action::kSeeMembers,     "see_members",    kScopeRead,   {kY, kY, kY, kY, kY}},
    {Action::kGiveFeedback,   "give_feedback",  kScopeWrite,  {kY, kY, kY, kY, kY}},
    {Action::kFileFinding,    "file_finding",   kScopeWrite,  {kN, kN, kY, kN, kY}},
    {Action::kOwnCredits,     "own_credits",    kScopeRead,   {kY, kY, kY, kY, kY}},
    {Action::kInvite,         "invite",         kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kManagePeople,   "manage_people",  kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kManageTerms,    "manage_terms",   kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kManageReviews,  "manage_reviews", kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kJudgeFindings,  "judge_findings", kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kGiveCredits,    "give_credits",   kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kGiveGrants,     "give_grants",    kScopeAdmin,  {kN, kN, kN, kN, kY}},
    {Action::kPickScreening,  "pick_screening", kScopeAdmin,  {kN, kN, kN, kN, kY}},
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
