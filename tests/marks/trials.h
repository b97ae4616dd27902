// SPDX-License-Identifier: Apache-2.0
// How often chance looks like a mark.
#pragma once

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "provenance/mark_detector.h"

namespace aozora::marks {

// A trial is one tile of a random key against one unmarked clip, folded at a random scale and
// angle: the best of all places, read and decoded if it is as high as the rule asks for (and one in
// kReadAnyway whatever its height, to see what the other conditions are worth). A whole detection
// looks at some thousands of folds with eight such tiles each.
inline constexpr uint64_t kReadAnyway = 16;
struct TrialCounts {
  uint64_t trials = 0;
  uint64_t high = 0;  // z at least the rule's
  uint64_t read = 0;
  uint64_t checked = 0;  // of those, check bits right
  uint64_t fitting = 0;  // of those, fit at least the rule's
  uint64_t found = 0;    // all of the rule
  double z_most = 0, fit_most = 0;
};
TrialCounts RunTrials(uint64_t trials, uint64_t seed, const MarkRule& rule, ThreadPool& pool);

// Whole detections, with random keys on unmarked clips: how many found something.
uint64_t FalseFinds(uint64_t detections, uint64_t seed, ThreadPool& pool);

}  // namespace aozora::marks
