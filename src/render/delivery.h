// SPDX-License-Identifier: Apache-2.0
// What happens to frames behind the pipeline: larger, smoother, into files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "media/frame_rate.h"
#include "media/video_writer.h"
#include "model/geometry.h"
#include "pipeline/frame_sink.h"
#include "policy/output_check.h"
#include "provenance/mark_pattern.h"

namespace aozora {

// The marks of one clip.
struct ClipMarks {
  MarkKey key = {};
  uint32_t id = 0;      // of the invisible mark
  bool visible = true;  // else a clean copy: a policy must allow it
  std::string creator;  // beside the visible mark; may be empty
};

struct DeliverySettings {
  std::filesystem::path video_path;
  VideoSettings video;                      // its frame rate is that of the file
  FrameRate source_frame_rate;              // of the frames that come in
  uint32_t width_px = 0, height_px = 0;     // of the file
  std::filesystem::path poster_path;        // empty: none
  std::filesystem::path sprite_sheet_path;  // empty: none
  ClipMarks marks;
  std::shared_ptr<const policy::Policy> policy;  // for the pictures, before the marks; not null
  policy::Role role = policy::Role::kArtist;
  policy::FrameClassifier* classifier = nullptr;  // for the policy's labels; outlives the delivery
};

// The chain of sinks; write frames of `clip` into first().
class Delivery {
 public:
  static Result<std::unique_ptr<Delivery>> Create(const DeliverySettings& settings,
                                                  const ClipSize& clip, ThreadPool& pool);
  FrameSink& first() { return *first_; }
  // What the policy says of the pictures that went through. Where it is to block, Finish of first()
  // is an error and no file appears.
  policy::OutputDecision Decide() const { return check_->Decide(); }
  uint64_t frame_count() const { return frame_count_; }  // in the file

 private:
  template <class Sink, class... Args>
  void Put(Args&&... args) {
    auto sink = std::make_unique<Sink>(std::forward<Args>(args)...);
    first_ = sink.get();
    sinks_.push_back(std::move(sink));
  }

  std::vector<std::unique_ptr<FrameSink>> sinks_;  // from the end of the chain to its start
  FrameSink* first_ = nullptr;
  const policy::OutputCheckSink* check_ = nullptr;  // one of the sinks
  uint64_t frame_count_ = 0;
};

}  // namespace aozora
