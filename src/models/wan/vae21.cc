// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.1 (Wan2.2, wan/modules/vae2_1.py). Four levels; the widths are the tensors' own.
#include "models/wan/decoders.h"
#include "models/wan/vae_frames.h"
#include "models/wan/vae_layers.h"

namespace aozora::wan {
namespace {

constexpr int kLevelCount = 4;
constexpr int kDecoderBlocks = 3;  // residual blocks a level
constexpr int kEncoderBlocks = 2;
constexpr int64_t kSpaceStride = 8;

struct DecoderLevel {
  std::vector<ResidualBlock> blocks;
  Upsample upsample;   // unused in the last level
  int last_index = 0;  // of its last module in the checkpoint, for probes
};

class Decoder : public VideoDecoder {
 public:
  static Result<std::unique_ptr<VideoDecoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, uint32_t latent_height, uint32_t latent_width) override;
  Result<Tensor> Decode(Device& device, std::span<const float> latent_frame,
                        const Probe& probe) override;

 private:
  // From level `index` on; x has that level's size.
  Result<Tensor> RunFrom(Device& device, size_t index, Tensor x, const Probe& probe);

  ConvWeights conv2_;
  CausalConv3d conv1_;
  Middle middle_;
  std::vector<DecoderLevel> levels_;
  Head head_;
  int64_t height_ = 0, width_ = 0;
};

Result<std::unique_ptr<VideoDecoder>> Decoder::Load(Device& device, TensorSet weights) {
  auto decoder = std::make_unique<Decoder>();
  const int64_t z = static_cast<int64_t>(kLatentScale21.mean.size());
  decoder->conv2_ = TRY(LoadConv(device, weights, "conv2", z, {1, 1, 1}));
  decoder->conv1_ = TRY(CausalConv3d::Load(device, weights, "decoder.conv1", z, 3));
  int64_t channels = decoder->conv1_.out_channels();
  decoder->middle_ = TRY(Middle::Load(device, weights, "decoder.middle", channels));
  int index = 0;
  for (int level = 0; level < kLevelCount; ++level) {
    DecoderLevel& made = decoder->levels_.emplace_back();
    for (int block = 0; block < kDecoderBlocks; ++block, ++index) {
      made.blocks.push_back(TRY(ResidualBlock::Load(
          device, weights, fmt::format("decoder.upsamples.{}", index), channels)));
      channels = made.blocks.back().out_channels();
    }
    made.last_index = index - 1;
    if (level + 1 == kLevelCount) break;
    made.upsample =
        TRY(Upsample::Load(device, weights, fmt::format("decoder.upsamples.{}", index), channels));
    channels = made.upsample.out_channels();
    made.last_index = index++;
  }
  decoder->head_ = TRY(Head::Load(device, weights, "decoder.head", channels));
  if (decoder->head_.out_channels() != 3) {
    return Error::Invalid("{}: decoder.head.2 gives {} channels, not 3", weights.origin(),
                          decoder->head_.out_channels());
  }
  return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

Status Decoder::Begin(Device&, uint32_t latent_height, uint32_t latent_width) {
  height_ = latent_height;
  width_ = latent_width;
  conv1_.Reset();
  middle_.Reset();
  for (DecoderLevel& level : levels_) {
    for (ResidualBlock& block : level.blocks) block.Reset();
    level.upsample.Reset();
  }
  head_.Reset();
  return Ok();
}

Result<Tensor> Decoder::Decode(Device& device, std::span<const float> latent_frame,
                               const Probe& probe) {
  Tensor z = LoadLatentFrame(device, kLatentScale21, latent_frame, height_, width_);
  z = TRY(PointwiseConv(device, conv2_, z));
  if (probe) probe("conv2", z);
  CausalConv3d::Window window = conv1_.Open(device, 1, height_, width_);
  device.Copy(z, window.fresh);
  Tensor x = TRY(conv1_.Run(device, std::move(window)));
  if (probe) probe("conv1", x);
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  return RunFrom(device, 0, std::move(x), probe);
}

Result<Tensor> Decoder::RunFrom(Device& device, size_t index, Tensor x, const Probe& probe) {
  if (index == levels_.size()) {
    Tensor y = TRY(head_.Forward(device, std::move(x)));
    if (probe) probe("head", y);
    return y;
  }
  DecoderLevel& level = levels_[index];
  const int64_t t = x.dim(0);
  if (t > 1 && !level.upsample.in_time()) {
    // From here on no layer mixes frames but through its history, so one frame at a time goes all
    // the way down: the large maps exist once, not once for each frame.
    Tensor y;
    for (int64_t frame = 0; frame < t; ++frame) {
      const Tensor one = TRY(RunFrom(device, index, CopyFrame(device, x, frame), probe));
      if (!y) y = device.New(one.shape().WithAxis(0, t));
      device.Copy(one, y.view().Items(frame, 1));
    }
    return y;
  }
  for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
  if (index + 1 < levels_.size()) {
    x = TRY(level.upsample.DoubleTime(device, std::move(x)));
    x = TRY(level.upsample.DoubleSpace(device, x));
  }
  if (probe) probe(fmt::format("upsamples{}", level.last_index), x);
  return RunFrom(device, index + 1, std::move(x), probe);
}

struct EncoderLevel {
  std::vector<ResidualBlock> blocks;
  Downsample downsample;  // unused in the last level
  int last_index = 0;
};

class Encoder : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 private:
  CausalConv3d conv_in_;
  std::vector<EncoderLevel> levels_;
  Middle middle_;
  Head head_;
  ConvWeights conv1_;
  int64_t height_px_ = 0, width_px_ = 0;
};

Result<std::unique_ptr<VideoEncoder>> Encoder::Load(Device& device, TensorSet weights) {
  auto encoder = std::make_unique<Encoder>();
  encoder->conv_in_ = TRY(CausalConv3d::Load(device, weights, "encoder.conv1", 3, 3));
  int64_t channels = encoder->conv_in_.out_channels();
  int index = 0;
  for (int level = 0; level < kLevelCount; ++level) {
    EncoderLevel& made = encoder->levels_.emplace_back();
    for (int block = 0; block < kEncoderBlocks; ++block, ++index) {
      made.blocks.push_back(TRY(ResidualBlock::Load(
          device, weights, fmt::format("encoder.downsamples.{}", index), channels)));
      channels = made.blocks.back().out_channels();
    }
    made.last_index = index - 1;
    if (level + 1 == kLevelCount) break;
    made.downsample = TRY(
        Downsample::Load(device, weights, fmt::format("encoder.downsamples.{}", index), channels));
    made.last_index = index++;
  }
  encoder->middle_ = TRY(Middle::Load(device, weights, "encoder.middle", channels));
  encoder->head_ = TRY(Head::Load(device, weights, "encoder.head", channels));
  encoder->conv1_ =
      TRY(LoadConv(device, weights, "conv1", encoder->head_.out_channels(), {1, 1, 1}));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Status Encoder::Begin(Device&, uint32_t height_px, uint32_t width_px) {
  if (height_px % kSpaceStride != 0 || width_px % kSpaceStride != 0) {
    return Error::Invalid("pictures of {}x{} cannot be encoded: the size must be a multiple of {}",
                          width_px, height_px, kSpaceStride);
  }
  height_px_ = height_px;
  width_px_ = width_px;
  conv_in_.Reset();
  for (EncoderLevel& level : levels_) {
    for (ResidualBlock& block : level.blocks) block.Reset();
    level.downsample.Reset();
  }
  middle_.Reset();
  head_.Reset();
  return Ok();
}

Result<std::vector<float>> Encoder::Encode(Device& device, std::span<const float> pictures,
                                           const Probe& probe) {
  const int64_t t = static_cast<int64_t>(pictures.size()) / (height_px_ * width_px_ * 3);
  const Tensor input = device.Upload(pictures, Shape{t, height_px_, width_px_, 3});
  CausalConv3d::Window window = conv_in_.Open(device, t, height_px_, width_px_);
  device.Copy(input, window.fresh);
  Tensor x = TRY(conv_in_.Run(device, std::move(window)));
  if (probe) probe("conv1", x);
  for (EncoderLevel& level : levels_) {
    for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
    if (&level != &levels_.back()) x = TRY(level.downsample.Forward(device, std::move(x)));
    if (probe) probe(fmt::format("downsamples{}", level.last_index), x);
  }
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  x = TRY(head_.Forward(device, std::move(x)));
  if (probe) probe("head", x);
  x = TRY(PointwiseConv(device, conv1_, x));
  if (probe) probe("quant", x);
  return StoreLatentFrame(device, kLatentScale21, x);
}

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeVae21Decoder(op::Device& device, TensorSet weights) {
  return Decoder::Load(device, std::move(weights));
}

Result<std::unique_ptr<VideoEncoder>> MakeVae21Encoder(op::Device& device, TensorSet weights) {
  return Encoder::Load(device, std::move(weights));
}

}  // namespace aozora::wan
