// SPDX-License-Identifier: Apache-2.0
// Looks at the frames of a clip on their way to the file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/frame_rate.h"
#include "pipeline/frame_sink.h"
#include "policy/flash_meter.h"
#include "policy/frame_classifier.h"
#include "policy/perceptual_hash.h"
#include "policy/pixel_classifier.h"
#include "policy/policy.h"

namespace aozora::policy {

struct OutputReason {
  std::string id;                    // "flash", "blocked_picture:case-17", "label:nsfw" ...
  Action action = Action::kAllow;    // what the policy says about it
  std::optional<Category> category;  // of labels
  uint64_t frame_index = 0;          // where to look first
  std::string detail;                // for the reviewer: figures
};

struct OutputDecision {
  Action action = Action::kAllow;     // what is to be done: allow if the policy is on a dry run
  Action verdict = Action::kAllow;    // the strictest of the reasons
  std::vector<OutputReason> reasons;  // all that was found, also what is allowed
  std::string policy_version;
};

// Collects what the checks need, one frame after the other: every frame, small, for flashes; one a
// second and the first after each cut for the rest. One thread at a time.
class OutputCheck {
 public:
  // `classifier` may be null; else it outlives the check and gives the labels of the policy. The
  // rate is valid.
  OutputCheck(std::shared_ptr<const Policy> policy, FrameRate rate, FrameClassifier* classifier);

  void Add(const Image& frame);
  OutputDecision Decide(Role role) const;  // of the frames so far
  uint64_t sample_count() const { return sample_count_; }

 private:
  struct LabelPeak {
    float score = 0;
    uint64_t frame_index = 0;
  };
  bool IsCut() const;
  void BeginSecond();
  void Sample(const Image& frame);
  void Classify(const Image& frame);
  void FindBlockedPicture(const Image& frame);
  void AddFlashReasons(OutputDecision* decision) const;
  void AddSampleReasons(OutputDecision* decision) const;
  void AddLabelReasons(Role role, OutputDecision* decision) const;
  void AddReason(OutputFinding finding, uint64_t frame_index, std::string detail,
                 OutputDecision* decision) const;

  const std::shared_ptr<const Policy> policy_;
  const FrameRate rate_;
  FrameClassifier* const classifier_;
  PixelClassifier pixels_;
  FlashMeter flashes_;

  PictureGrid grid_, previous_, second_start_;
  uint64_t frame_count_ = 0;
  uint64_t next_sample_ = 0;  // frame
  uint64_t last_cut_ = 0;
  uint64_t second_count_ = 0;         // begun
  float second_difference_ = 0;       // the largest to the picture at its start
  uint64_t frozen_second_count_ = 0;  // of those that are over
  uint64_t black_frame_count_ = 0;
  uint64_t sample_count_ = 0, skin_count_ = 0;
  LabelPeak skin_;
  std::vector<LabelPeak> labels_;                       // of the policy's rules
  std::optional<std::pair<size_t, uint64_t>> blocked_;  // picture and frame
  uint32_t blocked_distance_ = 0;
  std::string classifier_error_;
  uint64_t classifier_error_frame_ = 0;
};

// Passes frames on unchanged and checks them. `next` outlives it. If the decision for `role` is to
// block, Finish is an error (kInvalid, "content_filter") and never reaches `next`, which then
// leaves nothing behind.
class OutputCheckSink final : public FrameSink {
 public:
  OutputCheckSink(FrameSink& next, std::shared_ptr<const Policy> policy, FrameRate rate, Role role,
                  FrameClassifier* classifier = nullptr)
      : next_(next), role_(role), check_(std::move(policy), rate, classifier) {}

  Status Write(const Image& frame) override;
  Status Finish() override;
  OutputDecision Decide() const { return check_.Decide(role_); }

 private:
  FrameSink& next_;
  const Role role_;
  OutputCheck check_;
};

}  // namespace aozora::policy
