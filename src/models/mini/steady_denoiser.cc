// SPDX-License-Identifier: Apache-2.0
#include "models/mini/steady_denoiser.h"

#include "models/mini/network_denoiser.h"
#include "models/mini/slots.h"

namespace aozora::mini {
namespace {

constexpr uint32_t kCodeChannels = kCodeCount / (kSlotCells * kSlotCells);
static_assert(kCodeCount % (kSlotCells * kSlotCells) == 0);

class SteadyDenoiser : public NetworkDenoiser {
 public:
  using NetworkDenoiser::NetworkDenoiser;

  Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                 std::span<float> clean, const Probe& probe) override {
    TRY(network_->Predict(device, prompt, input, clean, probe));
    const uint32_t frame_count = input.size.frame_count;
    uint32_t first = 0;  // that is made; one timestep for all: none is given
    if (input.timesteps.size() == frame_count) {
      while (first < frame_count && input.timesteps[first] == 0) ++first;
    }
    if (first < frame_count) Settle(input.size, first, clean);
    return Ok();
  }

 private:
  // Each code of the frames from `first` on becomes their mean.
  static void Settle(const LatentSize& size, uint32_t first, std::span<float> clean) {
    const size_t cells = size.frame_value_count();
    const auto made_count = static_cast<float>(size.frame_count - first);
    for (size_t channel = 0; channel < kCodeChannels; ++channel) {
      float* frames = clean.data() + channel * size.frame_count * cells;
      for (size_t cell = 0; cell < cells; ++cell) {
        float sum = 0;
        for (uint32_t frame = first; frame < size.frame_count; ++frame) {
          sum += frames[frame * cells + cell];
        }
        for (uint32_t frame = first; frame < size.frame_count; ++frame) {
          frames[frame * cells + cell] = sum / made_count;
        }
      }
    }
  }
};

}  // namespace

std::unique_ptr<Denoiser> MakeSteady(std::unique_ptr<Denoiser> network) {
  return std::make_unique<SteadyDenoiser>(std::move(network));
}

}  // namespace aozora::mini
