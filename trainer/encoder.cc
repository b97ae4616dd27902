// SPDX-License-Identifier: Apache-2.0
#include "trainer/encoder.h"

#include <cmath>

namespace aozora::trainer {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

constexpr std::array<int64_t, 5> kChannels = {3, 24, 48, 72, 64};
constexpr int64_t kCells = 7 * 12;  // of the last map
constexpr int64_t kHidden = 256;
constexpr double kEps = 1e-12;

}  // namespace

EncoderImpl::EncoderImpl() {
  for (size_t i = 0; i + 1 < kChannels.size(); ++i) {
    convolutions_->push_back(
        nn::Conv2d(nn::Conv2dOptions(kChannels[i], kChannels[i + 1], 3).stride(2).padding(1)));
    gains_.push_back(
        register_parameter("gain" + std::to_string(i), torch::ones({kChannels[i + 1]})));
  }
  register_module("conv", convolutions_);
  hidden_ = register_module("hidden", nn::Linear(kChannels.back() * kCells, kHidden));
  out_ = register_module("out", nn::Linear(kHidden, int64_t{kSlotCount} * kReadingValues));
}

Tensor EncoderImpl::forward(const Tensor& pictures) {
  Tensor x = pictures;
  for (size_t i = 0; i < gains_.size(); ++i) {
    x = convolutions_[i]->as<nn::Conv2d>()->forward(x);
    const Tensor length = x.square().sum(1, true).sqrt().clamp_min(kEps);
    const double root = std::sqrt(static_cast<double>(x.size(1)));
    x = torch::silu(x / length * root * gains_[i].view({1, -1, 1, 1}));
  }
  const Tensor flat = x.permute({0, 2, 3, 1}).flatten(1);  // row, column, channel
  return out_(torch::silu(hidden_(flat))).view({x.size(0), kSlotCount, kReadingValues});
}

}  // namespace aozora::trainer
