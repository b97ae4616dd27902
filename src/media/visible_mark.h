// SPDX-License-Identifier: Apache-2.0
// The sign on every picture that it was generated: a small sun over a horizon, in a ring.
#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/frame_sink.h"

namespace aozora {

// Draws the mark into each frame on its way to `next`, which outlives this. It stands in the lower
// right corner, kMarkShare of the shorter side high, light with a dark rim, so that it shows on any
// picture.
class MarkingSink : public FrameSink {
 public:
  explicit MarkingSink(FrameSink& next) : next_(next) {}
  Status Write(const Image& frame) override;
  Status Finish() override { return next_.Finish(); }

  static constexpr double kMarkShare = 0.06;
  static constexpr uint32_t kMarkSidePxMin = 10;

 private:
  void Prepare(uint32_t width_px, uint32_t height_px);

  FrameSink& next_;
  Image marked_;
  uint32_t side_px_ = 0, left_px_ = 0, top_px_ = 0;
  std::vector<float> light_, dark_;  // [side][side], the share of a pixel that each covers
};

}  // namespace aozora
