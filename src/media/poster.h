// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/thread_pool.h"
#include "pipeline/frame_sink.h"

namespace aozora {

inline constexpr int kPosterQuality = 85;

// Keeps one frame of a clip as a WebP picture: the one with the given index or, in a shorter clip,
// the last. Written by Finish, whole or not at all.
class PosterSink : public FrameSink {
 public:
  // Frames wider or higher than side_px_max are scaled down to fit. `pool` outlives it.
  PosterSink(std::filesystem::path path, uint64_t frame_index, uint32_t side_px_max,
             ThreadPool& pool)
      : path_(std::move(path)), frame_index_(frame_index), side_px_max_(side_px_max), pool_(pool) {}

  Status Write(const Image& frame) override;
  Status Finish() override;

 private:
  const std::filesystem::path path_;
  const uint64_t frame_index_;
  const uint32_t side_px_max_;
  ThreadPool& pool_;
  uint64_t next_index_ = 0;
  Image kept_;  // empty before the first frame
};

}  // namespace aozora
