// SPDX-License-Identifier: Apache-2.0
// The judge reads attributes of the world out of a clip's pixels: a small convolutional network,
// trained on real renders alone. It never sees latents, prompts or the model that it judges.
#pragma once

#include <array>
#include <vector>

#include "tensor/image.h"
#include "trainer/torch.h"
#include "world/scene.h"

namespace aozora::trainer {

inline constexpr int kJudgeFrames = 8;  // evenly over the clip, in the middle of their eighths
inline constexpr uint32_t kJudgeWidthPx = 128, kJudgeHeightPx = 72;
inline constexpr std::array kJudged = {world::Attribute::kSetting, world::Attribute::kTime,
                                       world::Attribute::kWeather, world::Attribute::kSubject,
                                       world::Attribute::kColour,  world::Attribute::kMotion,
                                       world::Attribute::kCamera,  world::Attribute::kCount};

// The instants that the judge looks at, 0..1 of the clip.
double JudgeInstant(int index);

class JudgeImpl : public torch::nn::Module {
 public:
  JudgeImpl();
  // clips [B, kJudgeFrames, 3, 72, 128], 0..1; logits of each of kJudged: [B, values]
  std::vector<torch::Tensor> forward(const torch::Tensor& clips);

 private:
  torch::nn::Sequential eye_, glance_;
  torch::nn::Conv2d points_{nullptr};
  torch::nn::Linear still_{nullptr}, moving_{nullptr};
  torch::nn::ModuleList heads_;
};
TORCH_MODULE(Judge);

// Pictures of any size of 16:9, as the judge sees them: [kJudgeFrames, 3, 72, 128].
torch::Tensor ToJudge(const std::vector<Image>& frames);
// What the renderer shows of a scene.
std::vector<Image> RealFrames(const world::Scene& scene, uint32_t width_px, uint32_t height_px);

}  // namespace aozora::trainer
