// SPDX-License-Identifier: Apache-2.0
// Finds the invisible mark in a picture or clip, without the original: whether it is ours and which
// number it bears.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/thread_pool.h"
#include "provenance/mark_analysis.h"
#include "provenance/mark_pattern.h"
#include "tensor/image.h"

namespace aozora {

class MarkTemplates;

struct DetectedMark {
  uint32_t id = 0;
  double z = 0;      // how far the sync chips stand out, in standard deviations
  double fit = 0;    // how well the bits fit their codeword, 0..1 (mark_code.h)
  double scale = 1;  // of the tile, against a whole picture of this size as it was marked
  double rotation_degrees = 0;  // that the picture was turned by, counter-clockwise
  bool flipped = false;         // left and right
  uint64_t frame_count = 0;     // that were looked at
};

// All three and the check bits must hold. The rate of false finds is measured by mark_bench
// (docs/watermark.md), not derived.
struct MarkRule {
  double z_min = 6.5;
  double fit_min = 0.66;
  double z_sure = 7.2;  // sync chips that chance never shows: the bits may fit less well
  double fit_min_when_sure = 0.58;
};
bool Holds(const MarkRule& rule, const DetectedMark& mark);

// What it searches.
inline constexpr double kMarkScaleMin = 0.5;  // a clip padded to a canvas twice as large
inline constexpr double kMarkScaleMax = 2.1;  // cropped to less than half of a side
inline constexpr double kMarkTurnDegreesMax = 10.5;
// Turned pictures only between these: the canvas may have grown or been cut.
inline constexpr double kMarkTurnedScaleMin = 0.72, kMarkTurnedScaleMax = 1.9;
// More frames than these tell little more; sample longer clips evenly.
inline constexpr uint64_t kMarkFramesEnough = 120;

// Feed frames, then ask; more frames may follow. One thread at a time.
class MarkDetector {
 public:
  MarkDetector(const MarkKey& key, ThreadPool& pool);  // the pool outlives it
  ~MarkDetector();

  // Frames of one size, in any order. Fails on another size and on pictures too small to say
  // anything.
  Status Add(const Image& frame);

  // The mark, or nothing. Tries the picture upright first and turned only if that fails: some
  // tenths of a second for a marked clip, some seconds for one without a mark.
  std::optional<DetectedMark> Detect(const MarkRule& rule = {});

 private:
  ThreadPool& pool_;
  std::unique_ptr<const MarkTemplates> templates_;
  MarkAnalysis analysis_;
};

}  // namespace aozora
