// SPDX-License-Identifier: Apache-2.0
// Reads the slots of one instant out of a picture: a small convolutional network, which the engine
// runs when a clip starts from a picture (src/models/mini/encoder.h has its definition in ops).
#pragma once

#include "trainer/latent.h"
#include "trainer/torch.h"

namespace aozora::trainer {

inline constexpr uint32_t kEncoderWidthPx = 192, kEncoderHeightPx = 108;
// Of each slot: a logit or a number for every code, and the curves at that instant.
inline constexpr int kReadingValues = kCurvesAt + kCurveCount;

class EncoderImpl : public torch::nn::Module {
 public:
  EncoderImpl();
  // pictures [B, 3, 108, 192], -1..1; [B, 4, 48]
  torch::Tensor forward(const torch::Tensor& pictures);

 private:
  torch::nn::ModuleList convolutions_;
  std::vector<torch::Tensor> gains_;
  torch::nn::Linear hidden_{nullptr}, out_{nullptr};
};
TORCH_MODULE(Encoder);

}  // namespace aozora::trainer
