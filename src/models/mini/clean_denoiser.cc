// SPDX-License-Identifier: Apache-2.0
#include "models/mini/clean_denoiser.h"

#include <algorithm>

#include "models/mini/config.h"
#include "models/mini/network_denoiser.h"

namespace aozora::mini {
namespace {

constexpr float kTimestepsMax = 1000;

// The noise level of each cell of a latent frame: timesteps are one for all, or one for each latent
// frame, or one for each token, tokens in the order frame, row, column.
class NoiseLevels {
 public:
  NoiseLevels(std::span<const float> timesteps, const LatentSize& size)
      : timesteps_(timesteps),
        columns_(size.width / MiniConfig::kPatch),
        frame_tokens_(size_t{size.height / MiniConfig::kPatch} * columns_) {
    const size_t tokens = size.frame_count * frame_tokens_;
    CHECK(timesteps.size() == 1 || timesteps.size() == size.frame_count ||
          timesteps.size() == tokens);
    by_frame_ = timesteps.size() == size.frame_count;
  }

  float At(uint32_t frame, uint32_t row, uint32_t column) const {
    size_t index = 0;
    if (timesteps_.size() > 1) {
      index = by_frame_ ? frame
                        : frame * frame_tokens_ + row / MiniConfig::kPatch * columns_ +
                              column / MiniConfig::kPatch;
    }
    return std::max(timesteps_[index] / kTimestepsMax, kSigmaMin);
  }

 private:
  std::span<const float> timesteps_;
  size_t columns_, frame_tokens_;
  bool by_frame_ = false;
};

class CleanDenoiser : public NetworkDenoiser {
 public:
  using NetworkDenoiser::NetworkDenoiser;

  Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                 std::span<float> velocity, const Probe& probe) override {
    TRY(network_->Predict(device, prompt, input, velocity, probe));
    const LatentSize& size = input.size;
    const NoiseLevels levels(input.timesteps, size);
    size_t i = 0;
    for (uint32_t channel = 0; channel < size.channel_count; ++channel) {
      for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
        for (uint32_t row = 0; row < size.height; ++row) {
          for (uint32_t column = 0; column < size.width; ++column, ++i) {
            const float clean = velocity[i];
            velocity[i] = (input.latent[i] - clean) / levels.At(frame, row, column);
          }
        }
      }
    }
    return Ok();
  }
};

}  // namespace

std::unique_ptr<Denoiser> MakeVelocityFromClean(std::unique_ptr<Denoiser> network) {
  return std::make_unique<CleanDenoiser>(std::move(network));
}

}  // namespace aozora::mini
