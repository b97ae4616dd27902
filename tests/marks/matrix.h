// SPDX-License-Identifier: Apache-2.0
// Clips marked, attacked and read: what the table in docs/watermark.md is made of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "attacks.h"
#include "base/thread_pool.h"
#include "clips.h"

namespace aozora::marks {

struct MarkedClip {
  std::string name;
  double psnr_y_db = 0;        // of the whole clip
  double psnr_y_db_worst = 0;  // of its worst frame
  double ssim = 0;
  std::vector<Image> delivered;  // through our own VideoWriter and ClipReader
  uint32_t id = 0;
};

struct Outcome {
  enum Kind { kFound, kLost, kWrong, kNotRun } kind = kLost;
  double z = 0, fit = 0;
  double seconds = 0;  // of Add and Detect
};

class Matrix {
 public:
  explicit Matrix(ThreadPool& pool) : pool_(pool) {}
  Result<MarkedClip> Mark(uint32_t index, const ClipShape& shape) const;
  Outcome Run(const MarkedClip& clip, const Attack& attack) const;

 private:
  ThreadPool& pool_;
};

// What the mark costs beside the encoder, at 1920x1080 with the same frames: milliseconds a frame.
struct Cost {
  double invisible_ms = 0, visible_ms = 0, encode_ms = 0;
};
Result<Cost> MeasureCost(uint32_t clip_index, uint32_t frame_count, ThreadPool& pool);

}  // namespace aozora::marks
