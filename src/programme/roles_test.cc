// SPDX-License-Identifier: Apache-2.0
#include "programme/roles.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace aozora {
namespace {

// Written down a second time, by role and in words, so that a slip in the table is seen.
const std::map<Role, std::set<std::string_view>>& Allowed() {
  static const std::set<std::string_view> member = {"own_account", "own_clips", "see_members",
                                                    "give_feedback", "own_credits"};
  const auto with = [](std::set<std::string_view> base, std::set<std::string_view> more) {
    base.insert(more.begin(), more.end());
    return base;
  };
  static const std::map<Role, std::set<std::string_view>> allowed = {
      {Role::kArtist, with(member, {"submit", "share"})},
      {Role::kPartner, with(member, {"submit", "share"})},
      {Role::kRedTeam, with(member, {"file_finding"})},
      {Role::kReviewer, with(member, {"submit", "share", "review"})},
      {Role::kAdmin,
       with(member, {"submit", "share", "review", "file_finding", "invite", "manage_people",
                     "manage_terms", "manage_reviews", "judge_findings", "give_credits",
                     "give_grants", "pick_screening"})}};
  return allowed;
}

TEST(Roles, EveryRoleMayDoWhatIsItsOwnAndNothingElse) {
  size_t denied = 0;
  for (const auto& [role, names] : Allowed()) {
    for (const Permission& permission : kPermissions) {
      EXPECT_EQ(MayDo(NameOf(role), permission.action), names.contains(permission.name))
          << NameOf(role) << " " << permission.name;
      denied += !MayDo(NameOf(role), permission.action);
    }
  }
  EXPECT_EQ(denied, 10u + 10u + 11u + 9u + 0u);  // of 17 actions each
}

TEST(Roles, TheTableStandsInTheOrderOfTheActionsAndNamesNoneTwice) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kActionCount; ++i) {
    EXPECT_EQ(PermissionOf(static_cast<Action>(i)).action, kPermissions[i].action);
    names.insert(kPermissions[i].name);
  }
  EXPECT_EQ(names.size(), kActionCount);
}

TEST(Roles, WhoHasNoRoleOfOursMayNothing) {
  for (const Permission& permission : kPermissions) {
    EXPECT_FALSE(MayDo("king", permission.action));
    EXPECT_FALSE(MayDo("", permission.action));
  }
}

TEST(Roles, ASessionHasTheScopesThatItsRoleNeeds) {
  for (const std::string_view role : EnumNames<Role>::kNames) {
    const std::vector<std::string> list = ScopesOf(role);
    const std::set<std::string> scopes(list.begin(), list.end());
    for (const Permission& permission : kPermissions) {
      if (!MayDo(role, permission.action)) continue;
      EXPECT_TRUE(scopes.contains(std::string(permission.scope))) << role << permission.name;
    }
    EXPECT_EQ(scopes.contains("admin"), role == "admin");
  }
}

}  // namespace
}  // namespace aozora
