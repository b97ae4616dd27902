// SPDX-License-Identifier: Apache-2.0
// The words of a policy. Each enum has the names that people write and read, in its order.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace aozora::policy {

// The categories of OpenAI's moderation models, by their names (developers.openai.com, guide
// "Moderation", table "Content classifications").
enum class Category {
  kHate,
  kHateThreatening,
  kHarassment,
  kHarassmentThreatening,
  kIllicit,
  kIllicitViolent,
  kSelfHarm,
  kSelfHarmIntent,
  kSelfHarmInstructions,
  kSexual,
  kSexualMinors,
  kViolence,
  kViolenceGraphic,
};
inline constexpr size_t kCategoryCount = 13;

enum class Severity { kLow, kMedium, kHigh };
inline constexpr size_t kSeverityCount = 3;

// From the mildest to the strictest, so that the larger of two holds.
enum class Action { kAllow, kReview, kBlock };

enum class Role { kArtist, kPartner, kRedTeam, kReviewer, kAdmin };
inline constexpr size_t kRoleCount = 5;

// What an output check can find.
enum class OutputFinding {
  kGeneralFlash,
  kRedFlash,
  kStrobe,
  kBlack,
  kFrozen,
  kSkin,
  kBlockedPicture,
};
inline constexpr size_t kOutputFindingCount = 7;

template <class E>
struct Names;
template <>
struct Names<Category> {
  static constexpr std::array<std::string_view, kCategoryCount> kAll{
      "hate",
      "hate/threatening",
      "harassment",
      "harassment/threatening",
      "illicit",
      "illicit/violent",
      "self-harm",
      "self-harm/intent",
      "self-harm/instructions",
      "sexual",
      "sexual/minors",
      "violence",
      "violence/graphic",
  };
};
template <>
struct Names<Severity> {
  static constexpr std::array<std::string_view, kSeverityCount> kAll{"low", "medium", "high"};
};
template <>
struct Names<Action> {
  static constexpr std::array<std::string_view, 3> kAll{"allow", "review", "block"};
};
template <>
struct Names<Role> {
  static constexpr std::array<std::string_view, kRoleCount> kAll{"artist", "partner", "red_team",
                                                                 "reviewer", "admin"};
};
template <>
struct Names<OutputFinding> {
  static constexpr std::array<std::string_view, kOutputFindingCount> kAll{
      "flash", "red_flash", "strobe", "black", "frozen", "skin", "blocked_picture"};
};

template <class E>
constexpr std::string_view NameOf(E value) {
  return Names<E>::kAll[static_cast<size_t>(value)];
}

template <class E>
std::optional<E> FromName(std::string_view name) {
  for (size_t i = 0; i < Names<E>::kAll.size(); ++i) {
    if (Names<E>::kAll[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace aozora::policy
