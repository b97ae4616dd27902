// SPDX-License-Identifier: Apache-2.0
#include "trainer/judge.h"

#include "base/check.h"
#include "world/render.h"

namespace aozora::trainer {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

constexpr int64_t kGlance = 48;  // numbers that are left of a frame for what moves
constexpr int64_t kFeatures = 128;
constexpr int64_t kChannels = 96;
constexpr size_t kLocatedBy = 9;  // modules of the eye: so far its cells are fine, 16 by 9
constexpr int64_t kLocatedChannels = 72;
constexpr int64_t kPoints = 24;         // things that are followed from frame to frame
constexpr int64_t kOfPoint = 4;         // x, y, spread, strength
constexpr double kStrengthScale = 0.1;  // of logits, to about the size of the other three

// Where each channel of maps [N, P, H, W] is highest, as an expectation ("soft argmax": Finn et
// al., "Deep Spatial Autoencoders for Visuomotor Learning", 2016), to fractions of a cell, and how
// far it reaches: [N, P * kOfPoint].
Tensor Locate(const Tensor& maps) {
  const Tensor weights = maps.flatten(2).softmax(-1).view(maps.sizes());
  const Tensor x = torch::linspace(-1, 1, maps.size(3), maps.options());
  const Tensor y = torch::linspace(-1, 1, maps.size(2), maps.options());
  const Tensor along_x = weights.sum(2), along_y = weights.sum(3);
  const Tensor mean_x = (along_x * x).sum(-1), mean_y = (along_y * y).sum(-1);
  const Tensor variance = (along_x * x.square()).sum(-1) - mean_x.square() +
                          (along_y * y.square()).sum(-1) - mean_y.square();
  const Tensor spread = variance.clamp_min(1e-6).sqrt();
  return torch::stack({mean_x, mean_y, spread, kStrengthScale * maps.amax({2, 3})}, -1).flatten(1);
}

nn::Conv2d Halve(int64_t in, int64_t out) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, 3).stride(2).padding(1));
}
nn::GroupNorm Norm(int64_t channels) { return nn::GroupNorm(nn::GroupNormOptions(8, channels)); }

}  // namespace

double JudgeInstant(int index) { return (index + 0.5) / kJudgeFrames; }

JudgeImpl::JudgeImpl() {
  eye_ = register_module(
      "eye", nn::Sequential(Halve(3, 24), Norm(24), nn::SiLU(), Halve(24, 48), Norm(48), nn::SiLU(),
                            Halve(48, kLocatedChannels), Norm(kLocatedChannels), nn::SiLU(),
                            Halve(kLocatedChannels, kChannels), Norm(kChannels), nn::SiLU()));
  points_ = register_module("points",
                            nn::Conv2d(nn::Conv2dOptions(kLocatedChannels, kPoints, 3).padding(1)));
  const int64_t cells = 8 * 5;
  glance_ =
      register_module("glance", nn::Sequential(nn::Linear(kChannels * cells, kGlance), nn::SiLU()));
  still_ = register_module("still", nn::Linear(2 * kChannels + kGlance, kFeatures));
  moving_ = register_module("moving",
                            nn::Linear((kGlance + kPoints * kOfPoint) * kJudgeFrames, kFeatures));
  for (const world::Attribute attribute : kJudged) {
    heads_->push_back(nn::Linear(2 * kFeatures, ValueCount(attribute)));
  }
  register_module("heads", heads_);
}

std::vector<Tensor> JudgeImpl::forward(const Tensor& clips) {
  const int64_t batch = clips.size(0);
  Tensor fine, seen = clips.flatten(0, 1) * 2 - 1;  // [B * 8, C, Y, X]
  for (size_t i = 0; i < eye_->size(); ++i) {
    seen = (eye_->begin() + static_cast<ptrdiff_t>(i))->forward(seen);
    if (i + 1 == kLocatedBy) fine = seen;
  }
  const Tensor glances = glance_->forward(seen.flatten(1)).view({batch, kJudgeFrames, kGlance});
  const Tensor pooled = seen.flatten(2).view({batch, kJudgeFrames, kChannels, -1});
  const Tensor mean = pooled.mean({1, 3}), most = std::get<0>(pooled.mean(1).max(-1));
  const Tensor still = torch::silu(still_(torch::cat({mean, most, glances.mean(1)}, -1)));
  const Tensor points = Locate(points_(fine)).view({batch, -1});
  const Tensor moving = torch::silu(moving_(torch::cat({glances.flatten(1), points}, -1)));
  const Tensor all = torch::cat({still, moving}, -1);
  std::vector<Tensor> logits;
  for (const auto& head : *heads_) logits.push_back(head->as<nn::Linear>()->forward(all));
  return logits;
}

Tensor ToJudge(const std::vector<Image>& frames) {
  CHECK_EQ(frames.size(), static_cast<size_t>(kJudgeFrames));
  std::vector<Tensor> all;
  for (const Image& frame : frames) {
    const Tensor bytes =
        torch::from_blob(const_cast<uint8_t*>(frame.rgb.data()),
                         {int64_t{frame.height_px}, int64_t{frame.width_px}, 3}, torch::kUInt8);
    const Tensor picture = bytes.to(torch::kFloat32).div(255).permute({2, 0, 1}).unsqueeze(0);
    all.push_back(torch::adaptive_avg_pool2d(picture, {kJudgeHeightPx, kJudgeWidthPx}));
  }
  return torch::cat(all, 0);
}

std::vector<Image> RealFrames(const world::Scene& scene, uint32_t width_px, uint32_t height_px) {
  std::vector<Image> frames;
  for (int i = 0; i < kJudgeFrames; ++i) {
    frames.push_back(RenderFrame(scene, JudgeInstant(i) * scene.duration_s, width_px, height_px));
  }
  return frames;
}

}  // namespace aozora::trainer
