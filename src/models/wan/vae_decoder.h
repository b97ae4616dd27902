// SPDX-License-Identifier: Apache-2.0
// The decoder of both VAEs: a convolution of 1x1x1 and a causal one, the middle, levels of residual
// blocks that each but the last double the size, a head. What differs is in the virtual functions.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/wan/decoders.h"
#include "models/wan/vae_frames.h"
#include "models/wan/vae_layers.h"

namespace aozora::wan {

inline constexpr int kVaeDecoderBlocks = 3;  // residual blocks a level

class VaeDecoder : public VideoDecoder {
 public:
  // Once, before all else.
  Status Load(Device& device, TensorSet weights, const DecoderOptions& options);

  Status Begin(Device& device, const LatentSize& latent, const ClipSize& clip) override;
  Status Decode(Device& device, std::span<const float> latent_frame, const PictureSink& sink,
                const Probe& probe) override;

 protected:
  virtual const LatentScale& scale() const = 0;
  virtual int64_t head_channels() const = 0;
  // Of a level's tensors: blocks, and after them (`part` = kVaeDecoderBlocks) what doubles.
  virtual std::string PartName(int level, int part) const = 0;
  virtual std::string StageName(int level) const = 0;  // for probes
  // Whether Enlarge needs what went into the level; it is kept until then.
  virtual bool has_skips() const = 0;
  // Twice the size of a frame that left the blocks of a level, the one `from_end` places from the
  // end of those that `input` became.
  virtual Result<Tensor> Enlarge(Device& device, Upsample& upsample, ConstView input,
                                 ConstView frame, int64_t from_end) = 0;
  // [1, Y, X, head_channels] -> [1, Y', X', 3]
  virtual Result<Tensor> ToPicture(Device& device, Tensor head) = 0;

 private:
  struct Level {
    std::vector<ResidualBlock> blocks;
    Upsample upsample;  // unused in the last level
    std::string stage;
  };

  // Takes one frame at level `index` all the way to pictures, so that of the large maps there is
  // one at a time.
  Status RunFrom(Device& device, size_t index, Tensor x, const Probe& probe, PictureBatch& batch);

  ConvWeights conv2_;
  CausalConv3d conv1_;
  Middle middle_;
  std::vector<Level> levels_;
  Head head_;
  int64_t time_stride_ = 1;
  int64_t height_ = 0, width_ = 0;
  bool started_ = false;
};

template <class Kind>
Result<std::unique_ptr<VideoDecoder>> MakeVaeDecoder(Device& device, TensorSet weights,
                                                     const DecoderOptions& options) {
  auto decoder = std::make_unique<Kind>();
  TRY(decoder->Load(device, std::move(weights), options));
  return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

}  // namespace aozora::wan
