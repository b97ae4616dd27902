// SPDX-License-Identifier: Apache-2.0
// Who may do what: the one table that routes and commands ask.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "access/key_ring.h"
#include "store/value.h"

namespace aozora {

enum class Role { kArtist, kPartner, kRedTeam, kReviewer, kAdmin };
template <>
struct EnumNames<Role> {
  static constexpr std::array<std::string_view, 5> kNames{"artist", "partner", "red_team",
                                                          "reviewer", "admin"};
};
inline constexpr size_t kRoleCount = EnumNames<Role>::kNames.size();

enum class Action {
  kOwnAccount,     // password, sessions, terms, one's own data
  kOwnClips,       // make a clip of a finished video, look at it, give it up
  kSubmit,         // for review; appeal
  kShare,          // one's own approved clip
  kReview,         // see the queue, decide
  kSeeMembers,     // what members see: the screening list
  kGiveFeedback,   // on a clip that one sees
  kFileFinding,    // and see one's own
  kOwnCredits,     // and grants
  kInvite,         // invitations
  kManagePeople,   // roles, password links
  kManageTerms,    // publish a version
  kManageReviews,  // the overdue, who decides, flags, the time limit
  kJudgeFindings,  // see all, set their state
  kGiveCredits,    // amounts, entries by hand
  kGiveGrants,
  kPickScreening,
};
inline constexpr size_t kActionCount = static_cast<size_t>(Action::kPickScreening) + 1;

struct Permission {
  Action action;
  std::string_view name;               // "review"
  std::string_view scope;              // a key needs it as well
  std::array<bool, kRoleCount> roles;  // in the order of Role
};
extern const std::array<Permission, kActionCount> kPermissions;

// A role that is none of ours may nothing.
bool MayDo(std::string_view role, Action action);
const Permission& PermissionOf(Action action);

// What a session may do: all that its person's role gives scopes for.
std::vector<std::string> ScopesOf(std::string_view role);

}  // namespace aozora
