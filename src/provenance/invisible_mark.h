// SPDX-License-Identifier: Apache-2.0
// The mark that nobody sees and mark_detector.h finds: a number in the luma of every frame.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/thread_pool.h"
#include "pipeline/frame_sink.h"
#include "provenance/mark_pattern.h"
#include "provenance/mark_strength.h"

namespace aozora {

struct InvisibleMarkSettings {
  MarkKey key = {};
  uint32_t id = 0;  // a random key to the job's row, never anything about a person
  MarkStrengthLimits limits = {};
};

// Adds the mark to each frame on its way to `next`. Red, green and blue of a pixel change by the
// same number of levels, so that luma does and colour does not (except where one is cut off at 0 or
// 255). Frames smaller than kMarkSidePxMin pass unchanged: there is no room in them. The same
// frames give the same result for any number of threads. `pool` and `next` outlive it.
class InvisibleMarkSink : public FrameSink {
 public:
  InvisibleMarkSink(const InvisibleMarkSettings& settings, ThreadPool& pool, FrameSink& next);
  Status Write(const Image& frame) override;
  Status Finish() override { return next_.Finish(); }

  static constexpr uint32_t kMarkSidePxMin = 120;  // a pixel to a chip

 private:
  void Prepare(uint32_t width_px, uint32_t height_px);
  void Measure(const Image& frame);
  void Blend(const Image& frame, const std::vector<float>& levels);

  const InvisibleMarkSettings settings_;
  ThreadPool& pool_;
  FrameSink& next_;
  const MarkPattern pattern_;
  std::optional<MarkStrength> strength_;
  double chip_px_ = 0;
  Image marked_;
  ChipField field_;
  std::vector<int32_t> index_;  // of the chip on the left of each pixel's middle
  std::vector<float> share_;    // of the chip on the right
  std::vector<float> scaled_;   // levels in 1/64
  struct Scratch;
  std::vector<std::shared_ptr<Scratch>> scratch_;  // one for each worker
};

}  // namespace aozora
