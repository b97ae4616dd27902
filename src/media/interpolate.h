// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "media/frame_rate.h"
#include "pipeline/frame_sink.h"

namespace aozora {

// Sides for which motion can be estimated; smaller or larger frames are an error of the first
// Write.
inline constexpr uint32_t kInterpolateSidePxMin = 32;
inline constexpr uint32_t kInterpolateSidePxMax = 8192;
inline constexpr uint64_t kInterpolateFrameCountMax = 1'000'000;

// Converts a clip from one frame rate to another by following the motion: output frame n shows the
// scene at exactly n / to seconds. A time that falls on an input frame passes it on untouched; one
// between two frames is made from both (motion.h). Across a scene cut the nearer frame stands
// instead, so that two scenes never mix. Past the last input frame that one is held, so that the
// duration stays: N input frames give ConvertedFrameCount(N, from, to).
//
// Holds two frames. The result does not depend on the number of threads. One thread at a time.
class InterpolatingSink : public FrameSink {
 public:
  // `next` and `pool` outlive it. Both rates are valid (checked).
  InterpolatingSink(FrameSink& next, FrameRate from, FrameRate to, ThreadPool& pool);
  ~InterpolatingSink() override;

  Status Write(const Image& frame) override;
  Status Finish() override;

 private:
  class Between;
  // The time of output frame n is n * step_ / unit_ input frames.
  uint64_t NextFloor() const { return output_count_ * step_ / unit_; }
  uint64_t NextRest() const { return output_count_ * step_ % unit_; }
  Status WriteUpTo(uint64_t input_index, const Image& frame);

  FrameSink& next_;
  const FrameRate from_;
  const FrameRate to_;
  uint64_t step_;
  uint64_t unit_;
  uint64_t input_count_ = 0;
  uint64_t output_count_ = 0;
  Image previous_;
  std::unique_ptr<Between> between_;
};

}  // namespace aozora
