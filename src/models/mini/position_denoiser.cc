// SPDX-License-Identifier: Apache-2.0
#include "models/mini/position_denoiser.h"

#include "models/mini/config.h"
#include "models/mini/positions.h"

namespace aozora::mini {
namespace {

// [kPositionChannels, F, H, W]; the tokens of a latent frame are numbered row by row.
std::vector<float> PositionsOf(const LatentSize& size) {
  const size_t plane = size.frame_value_count(), channel_size = size.frame_count * plane;
  std::vector<float> positions(kPositionChannels * channel_size);
  const uint32_t columns = size.width / MiniConfig::kPatch;
  for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
    for (uint32_t row = 0; row < size.height; ++row) {
      for (uint32_t column = 0; column < size.width; ++column) {
        const uint32_t slot = row / MiniConfig::kPatch * columns + column / MiniConfig::kPatch;
        const auto at = PositionOf(frame, size.frame_count, slot);
        const size_t cell = frame * plane + size_t{row} * size.width + column;
        for (size_t channel = 0; channel < kPositionChannels; ++channel) {
          positions[channel * channel_size + cell] = at[channel];
        }
      }
    }
  }
  return positions;
}

class PositionDenoiser : public Denoiser {
 public:
  explicit PositionDenoiser(std::unique_ptr<Denoiser> network) : network_(std::move(network)) {}

  Result<std::unique_ptr<Prompt>> PreparePrompt(op::Device& device, const TextEmbedding& text,
                                                const Probe& probe) override {
    return network_->PreparePrompt(device, text, probe);
  }

  Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                 std::span<float> velocity, const Probe& probe) override {
    if (!input.condition.empty()) {
      return Error::Invalid("{} numbers of condition; this denoiser takes none",
                            input.condition.size());
    }
    if (positions_.empty() || size_ != input.size) positions_ = PositionsOf(input.size);
    size_ = input.size;
    Input with_positions = input;
    with_positions.condition = positions_;
    return network_->Predict(device, prompt, with_positions, velocity, probe);
  }

 private:
  const std::unique_ptr<Denoiser> network_;
  LatentSize size_;
  std::vector<float> positions_;  // of latents of that size
};

}  // namespace

std::unique_ptr<Denoiser> MakeWithPositions(std::unique_ptr<Denoiser> network) {
  return std::make_unique<PositionDenoiser>(std::move(network));
}

}  // namespace aozora::mini
