// SPDX-License-Identifier: Apache-2.0
#include "models/mini/position_denoiser.h"

#include <algorithm>

#include "models/mini/network_denoiser.h"
#include "models/mini/positions.h"
#include "models/mini/slots.h"

namespace aozora::mini {
namespace {

constexpr uint32_t kCells = kSlotCells * kSlotCells;  // of a slot: points of a curve in a channel
constexpr uint32_t kFirstCurveChannel = kCodeCount / kCells;
static_assert(kPointsPerFrame == kCells && kCurveCount == kPositionChannels);

// Calls f(cell of a channel, latent frame, row, column) for all cells of a channel.
template <class F>
void ForEachCell(const LatentSize& size, const F& f) {
  size_t cell = 0;
  for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
    for (uint32_t row = 0; row < size.height; ++row) {
      for (uint32_t column = 0; column < size.width; ++column) f(cell++, frame, row, column);
    }
  }
}

// [kPositionChannels, F, H, W]; the tokens of a latent frame are numbered row by row.
std::vector<float> PositionsOf(const LatentSize& size) {
  const size_t channel_size = size.frame_count * size.frame_value_count();
  std::vector<float> positions(kPositionChannels * channel_size);
  const uint32_t columns = size.width / kSlotCells;
  ForEachCell(size, [&](size_t cell, uint32_t frame, uint32_t row, uint32_t column) {
    const uint32_t slot = row / kSlotCells * columns + column / kSlotCells;
    const auto at = PositionOf(frame, size.frame_count, slot);
    for (size_t channel = 0; channel < kPositionChannels; ++channel) {
      positions[channel * channel_size + cell] = at[channel];
    }
  });
  return positions;
}

class PositionDenoiser : public NetworkDenoiser {
 public:
  using NetworkDenoiser::NetworkDenoiser;

  Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                 std::span<float> clean, const Probe& probe) override {
    const LatentSize& size = input.size;
    if (size.channel_count != SlotClip::kChannels || !input.condition.empty()) {
      return Error::Invalid(
          "a latent of {} channels and {} numbers of condition; this denoiser "
          "takes {} and none",
          size.channel_count, input.condition.size(), SlotClip::kChannels);
    }
    std::vector<float> in(input.latent.begin(), input.latent.end());
    const std::vector<float> positions = PositionsOf(size);
    in.insert(in.end(), positions.begin(), positions.end());
    Input with_positions = input;
    with_positions.latent = in;
    with_positions.size.channel_count += kPositionChannels;
    std::vector<float> out(in.size());
    TRY(network_->Predict(device, prompt, with_positions, out, probe));
    std::copy_n(out.begin(), clean.size(), clean.begin());
    const size_t channel_size = size.frame_count * size.frame_value_count();
    ForEachCell(size, [&](size_t cell, uint32_t frame, uint32_t row, uint32_t column) {
      const uint32_t point = row % kSlotCells * kSlotCells + column % kSlotCells;
      const float ramp = RampOf(frame, size.frame_count, point);
      for (size_t curve = 0; curve < kCurveCount; ++curve) {
        clean[(kFirstCurveChannel + curve) * channel_size + cell] +=
            ramp * out[(SlotClip::kChannels + curve) * channel_size + cell];
      }
    });
    return Ok();
  }
};

}  // namespace

std::unique_ptr<Denoiser> MakeWithPositions(std::unique_ptr<Denoiser> network) {
  return std::make_unique<PositionDenoiser>(std::move(network));
}

}  // namespace aozora::mini
