// SPDX-License-Identifier: Apache-2.0
// What an installation allows: which prompts, which pictures, to whom. One TOML file
// (default_policy.toml explains each of its parts), read by policy_file.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/names.h"
#include "policy/phrase_book.h"

namespace aozora::policy {

template <class T>
using PerCategory = std::array<T, kCategoryCount>;
template <class T>
using PerRole = std::array<T, kRoleCount>;
using PerSeverity = std::array<Action, kSeverityCount>;

// A rule is met where one of the phrases of `any` stands, or where all lists of `near` have one
// within so many words of each other that do not overlap; unless a phrase of `unless` stands as
// near as that.
struct TextRule {
  std::string id;
  Category category = Category::kViolence;
  Severity severity = Severity::kMedium;
  std::vector<PhraseBook::ListId> any;
  std::vector<std::vector<PhraseBook::ListId>> near;  // one inner list for each part
  std::vector<PhraseBook::ListId> unless;
  uint32_t within_words = 8;
};

struct BlockedPicture {
  std::string id;
  uint64_t hash = 0;  // perceptual_hash.h
};

// A label of a classifier, and what a score from `score_min` up means.
struct LabelRule {
  std::string label;
  Category category = Category::kSexual;
  Severity severity = Severity::kHigh;
  float score_min = 0.5f;
};

// The defaults are those of the file; each constant's source stands with the meter that uses it.
struct OutputRules {
  std::array<Action, kOutputFindingCount> actions = {};
  uint32_t flashes_per_second_max = 3;
  uint32_t strobe_per_second_min = 10;  // over the same area
  float flash_area_min = 0.25f;         // share of the picture
  float black_luminance_max = 0.02f;    // relative luminance
  float black_share_min = 0.98f;        // of the frames
  float frozen_difference_max = 0.5f;   // mean difference of 8-bit values within a second
  float frozen_share_min = 0.98f;       // of the seconds
  float skin_share_min = 0.65f;         // of the picture, in a sample
  float skin_sample_share_min = 0.25f;  // of the samples
  uint32_t picture_distance_max = 8;    // of 64 bits
  std::vector<LabelRule> labels;
  std::vector<BlockedPicture> blocked_pictures;
};

// Immutable once read: any thread may use it.
struct Policy {
  std::string
      version;  // revision and the beginning of the file's SHA-256: "2026-11-26+0123456789ab"
  bool is_dry_run = false;
  PerRole<PerCategory<PerSeverity>> actions = {};
  PerRole<bool> may_copy_clean = {};  // leave the visible mark off
  PhraseBook phrases;
  std::vector<PhraseBook::ListId> allow;  // a hit inside of such a phrase does not count
  std::vector<TextRule> rules;
  OutputRules output;

  Action ActionFor(Role role, Category category, Severity severity) const {
    return actions[static_cast<size_t>(role)][static_cast<size_t>(category)]
                  [static_cast<size_t>(severity)];
  }
};

}  // namespace aozora::policy
