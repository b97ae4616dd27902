// SPDX-License-Identifier: Apache-2.0
// The encoder of both VAEs: a causal convolution, levels of residual blocks that each but the last
// halve the size, the middle, a head and a convolution of 1x1x1. What differs is in the virtual
// functions.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/wan/decoders.h"
#include "models/wan/vae_frames.h"
#include "models/wan/vae_layers.h"

namespace aozora::wan {

inline constexpr int kVaeEncoderBlocks = 2;  // residual blocks a level

class VaeEncoder : public VideoEncoder {
 public:
  // Once, before all else.
  Status Load(Device& device, TensorSet weights);

  Status Begin(Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 protected:
  struct Level {
    std::vector<ResidualBlock> blocks;
    Downsample downsample;  // unused in the last level
    int64_t out_channels = 0;
    std::string stage;
  };

  virtual const LatentScale& scale() const = 0;
  virtual int64_t space_stride() const = 0;  // pixels a position of the latent
  // Of a level's tensors: blocks, and after them (`part` = kVaeEncoderBlocks) what halves.
  virtual std::string PartName(int level, int part) const = 0;
  virtual std::string StageName(int level) const = 0;  // for probes
  virtual int64_t in_channels() const = 0;
  // Of pictures [1, Y', X', 3] for `first`, which has in_channels.
  virtual Result<Tensor> FromPicture(Device& device, const CausalConv3d& first, Tensor picture) = 0;
  // Whether Skip is asked for.
  virtual bool has_skips() const = 0;
  virtual void ResetSkips() {}
  // What is added to the result of a level, for its input x; empty where there is no result yet.
  virtual Result<Tensor> Skip(Device&, int /*index*/, const Level&, ConstView /*x*/) {
    return Tensor();
  }

 private:
  // Takes one picture as far as it goes: empty where a further one is needed.
  Result<Tensor> Run(Device& device, Tensor picture, const Probe& probe);
  Result<Tensor> RunLevel(Device& device, int index, Tensor x);

  CausalConv3d conv_in_;
  std::vector<Level> levels_;
  Middle middle_;
  Head head_;
  ConvWeights conv1_;
  int64_t height_px_ = 0, width_px_ = 0;
};

template <class Kind>
Result<std::unique_ptr<VideoEncoder>> MakeVaeEncoder(Device& device, TensorSet weights) {
  auto encoder = std::make_unique<Kind>();
  TRY(encoder->Load(device, std::move(weights)));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

}  // namespace aozora::wan
