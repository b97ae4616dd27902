// SPDX-License-Identifier: Apache-2.0
#include "policy/output_check.h"

#include <algorithm>

#include "base/units.h"

namespace aozora::policy {
namespace {

// Between two frames of one shot; the mean over the picture, of 255.
constexpr float kCutDifferenceMin = 30;
// Cuts that follow faster are flashes, which have a check of their own.
constexpr uint64_t kCutFramesMin = 8;

double Seconds(uint64_t frame_index, FrameRate rate) {
  return static_cast<double>(frame_index) / rate.per_second();
}

float ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<float>(part) / static_cast<float>(whole);
}

}  // namespace

OutputCheck::OutputCheck(std::shared_ptr<const Policy> policy, FrameRate rate,
                         FrameClassifier* classifier)
    : policy_(std::move(policy)),
      rate_(rate),
      classifier_(classifier),
      flashes_(rate, {policy_->output.flashes_per_second_max, policy_->output.flash_area_min}),
      labels_(policy_->output.labels.size()) {}

void OutputCheck::Add(const Image& frame) {
  grid_.Read(frame);
  flashes_.Add(grid_);
  black_frame_count_ += grid_.MeanLuminance() <= policy_->output.black_luminance_max;
  if (second_count_ > 0) {
    second_difference_ = std::max(second_difference_, Difference(grid_, second_start_));
  }
  const bool begins_second = frame_count_ == next_sample_;
  const bool is_cut = IsCut();
  if (begins_second) BeginSecond();
  if (is_cut) last_cut_ = frame_count_;
  if (begins_second || is_cut) Sample(frame);
  previous_ = grid_;
  ++frame_count_;
}

void OutputCheck::BeginSecond() {
  const bool is_frozen = second_difference_ <= policy_->output.frozen_difference_max;
  if (second_count_ > 0) frozen_second_count_ += is_frozen;
  second_start_ = grid_;
  second_difference_ = 0;
  ++second_count_;
  // The first frame at or after each whole second.
  next_sample_ = DivideUp(second_count_ * rate_.numerator, rate_.denominator);
}

bool OutputCheck::IsCut() const {
  return frame_count_ > 0 && frame_count_ - last_cut_ >= kCutFramesMin &&
         Difference(grid_, previous_) >= kCutDifferenceMin;
}

void OutputCheck::Sample(const Image& frame) {
  ++sample_count_;
  Classify(frame);
  if (!blocked_) FindBlockedPicture(frame);
}

void OutputCheck::Classify(const Image& frame) {
  const std::vector<LabelScore> pixels = pixels_.Classify(frame).value();
  const float skin = pixels.front().score;
  skin_count_ += skin >= policy_->output.skin_share_min;
  if (skin > skin_.score) skin_ = {skin, frame_count_};
  if (classifier_ == nullptr) return;
  const Result<std::vector<LabelScore>> scores = classifier_->Classify(frame);
  if (!scores.ok()) {
    if (classifier_error_.empty()) classifier_error_frame_ = frame_count_;
    classifier_error_ = scores.error().message();
    return;
  }
  for (const LabelScore& score : scores.value()) {
    for (size_t i = 0; i < labels_.size(); ++i) {
      if (policy_->output.labels[i].label != score.label) continue;
      if (score.score > labels_[i].score) labels_[i] = {score.score, frame_count_};
    }
  }
}

void OutputCheck::FindBlockedPicture(const Image& frame) {
  const std::vector<BlockedPicture>& pictures = policy_->output.blocked_pictures;
  if (pictures.empty()) return;
  const std::optional<PictureHash> hash = HashPicture(frame);
  if (!hash) return;
  for (size_t i = 0; i < pictures.size(); ++i) {
    const uint32_t distance = HashDistance(*hash, pictures[i].hash);
    if (distance > policy_->output.picture_distance_max) continue;
    blocked_ = {i, frame_count_};
    blocked_distance_ = distance;
    return;
  }
}

OutputDecision OutputCheck::Decide(Role role) const {
  OutputDecision decision;
  decision.policy_version = policy_->version;
  AddFlashReasons(&decision);
  AddSampleReasons(&decision);
  AddLabelReasons(role, &decision);
  for (const OutputReason& reason : decision.reasons) {
    decision.verdict = std::max(decision.verdict, reason.action);
  }
  decision.action = policy_->is_dry_run ? Action::kAllow : decision.verdict;
  return decision;
}

void OutputCheck::AddReason(OutputFinding finding, uint64_t frame_index, std::string detail,
                            OutputDecision* decision) const {
  decision->reasons.push_back({std::string(NameOf(finding)),
                               policy_->output.actions[static_cast<size_t>(finding)], std::nullopt,
                               frame_index, std::move(detail)});
}

void OutputCheck::AddFlashReasons(OutputDecision* decision) const {
  const auto add = [&](OutputFinding finding, const FlashReport& report) {
    if (report.frames_over == 0) return;
    AddReason(
        finding, report.first_frame_over,
        fmt::format("up to {:.1f} flashes a second over {:.0f} % of the picture or more, from "
                    "second {:.2f}; at most {:.0f} % flashed too often at once",
                    report.per_second_peak, 100 * policy_->output.flash_area_min,
                    Seconds(report.first_frame_over, rate_), 100 * report.area_peak),
        decision);
  };
  add(OutputFinding::kGeneralFlash, flashes_.general());
  add(OutputFinding::kRedFlash, flashes_.red());
  const FlashReport& general = flashes_.general();
  if (general.per_second_peak >= static_cast<float>(policy_->output.strobe_per_second_min)) {
    AddReason(OutputFinding::kStrobe, general.first_frame_over,
              fmt::format("{:.1f} flashes a second", general.per_second_peak), decision);
  }
}

void OutputCheck::AddSampleReasons(OutputDecision* decision) const {
  const OutputRules& rules = policy_->output;
  const float black = ShareOf(black_frame_count_, frame_count_);
  if (frame_count_ > 0 && black >= rules.black_share_min) {
    AddReason(OutputFinding::kBlack, 0, fmt::format("{:.0f} % of it", 100 * black), decision);
  }
  const float frozen = second_count_ > 1 ? ShareOf(frozen_second_count_, second_count_ - 1) : 0;
  if (second_count_ > 1 && frozen >= rules.frozen_share_min) {
    AddReason(OutputFinding::kFrozen, 0, fmt::format("{:.0f} % of it", 100 * frozen), decision);
  }
  const float skin = ShareOf(skin_count_, sample_count_);
  if (skin_count_ > 0 && skin >= rules.skin_sample_share_min) {
    AddReason(OutputFinding::kSkin, skin_.frame_index,
              fmt::format("colours of skin: {:.0f} % of a picture", 100 * skin_.score), decision);
  }
  if (blocked_) {
    AddReason(OutputFinding::kBlockedPicture, blocked_->second,
              fmt::format("{} of 64 bits differ", blocked_distance_), decision);
    decision->reasons.back().id += ":" + rules.blocked_pictures[blocked_->first].id;
  }
}

void OutputCheck::AddLabelReasons(Role role, OutputDecision* decision) const {
  for (size_t i = 0; i < labels_.size(); ++i) {
    const LabelRule& rule = policy_->output.labels[i];
    if (labels_[i].score <= 0 || labels_[i].score < rule.score_min) continue;
    decision->reasons.push_back(
        {"label:" + rule.label, policy_->ActionFor(role, rule.category, rule.severity),
         rule.category, labels_[i].frame_index, fmt::format("score {:.2f}", labels_[i].score)});
  }
  if (!classifier_error_.empty()) {
    decision->reasons.push_back({"classifier_error", Action::kReview, std::nullopt,
                                 classifier_error_frame_,
                                 fmt::format("{}: {}", classifier_->name(), classifier_error_)});
  }
}

Status OutputCheckSink::Write(const Image& frame) {
  check_.Add(frame);
  return next_.Write(frame);
}

Status OutputCheckSink::Finish() {
  const OutputDecision decision = Decide();
  if (decision.action != Action::kBlock) return next_.Finish();
  for (const OutputReason& reason : decision.reasons) {
    if (reason.action == Action::kBlock) return Error::Invalid("content_filter: {}", reason.id);
  }
  return Error::Invalid("content_filter");
}

}  // namespace aozora::policy
