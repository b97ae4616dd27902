// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.1 (Wan2.2, wan/modules/vae2_1.py). Four levels; the widths are the tensors' own.
#include "models/wan/decoders.h"
#include "models/wan/vae_frames.h"
#include "models/wan/vae_layers.h"

namespace aozora::wan {
namespace {

constexpr int kVae21DecoderBlocks = 3;  // residual blocks a level
constexpr int kVae21EncoderBlocks = 2;
constexpr int64_t kVae21SpaceStride = 8;

struct DecoderLevel {
  std::vector<ResidualBlock> blocks;
  Upsample upsample;   // unused in the last level
  int last_index = 0;  // of its last module in the checkpoint, for probes
};

class Vae21Decoder : public VideoDecoder {
 public:
  static Result<std::unique_ptr<VideoDecoder>> Load(Device& device, TensorSet weights,
                                                    HistoryType history);
  Status Begin(Device& device, const LatentSize& latent, const ClipSize& clip) override;
  Status Decode(Device& device, std::span<const float> latent_frame, const PictureSink& sink,
                const Probe& probe) override;

 private:
  // Takes one frame at level `index` all the way to pictures, so that of the large maps there is
  // one at a time.
  Status RunFrom(Device& device, size_t index, Tensor x, const Probe& probe, PictureBatch& batch);

  ConvWeights conv2_;
  CausalConv3d conv1_;
  Middle middle_;
  std::vector<DecoderLevel> levels_;
  Head head_;
  int64_t time_stride_ = 1;
  int64_t height_ = 0, width_ = 0;
  bool started_ = false;
};

Result<std::unique_ptr<VideoDecoder>> Vae21Decoder::Load(Device& device, TensorSet weights,
                                                         HistoryType history) {
  auto decoder = std::make_unique<Vae21Decoder>();
  const int64_t z = static_cast<int64_t>(kLatentScale21.mean.size());
  decoder->conv2_ = TRY(LoadConv(device, weights, "conv2", z, {1, 1, 1}));
  decoder->conv1_ = TRY(CausalConv3d::Load(device, weights, "decoder.conv1", z, 3));
  int64_t channels = decoder->conv1_.out_channels();
  decoder->middle_ = TRY(Middle::Load(device, weights, "decoder.middle", channels, history));
  int index = 0;
  for (int level = 0; level < kVaeLevelCount; ++level) {
    DecoderLevel& made = decoder->levels_.emplace_back();
    for (int block = 0; block < kVae21DecoderBlocks; ++block, ++index) {
      made.blocks.push_back(TRY(ResidualBlock::Load(
          device, weights, fmt::format("decoder.upsamples.{}", index), channels, history)));
      channels = made.blocks.back().out_channels();
    }
    made.last_index = index - 1;
    if (level + 1 == kVaeLevelCount) break;
    made.upsample =
        TRY(Upsample::Load(device, weights, fmt::format("decoder.upsamples.{}", index), channels));
    channels = made.upsample.out_channels();
    if (made.upsample.in_time()) decoder->time_stride_ *= 2;
    made.last_index = index++;
  }
  decoder->head_ = TRY(Head::Load(device, weights, "decoder.head", channels));
  if (decoder->head_.out_channels() != 3) {
    return Error::Invalid("{}: decoder.head.2 gives {} channels, not 3", weights.origin(),
                          decoder->head_.out_channels());
  }
  TRY(weights.CheckAllTaken([](std::string_view name) {
    return name.starts_with("encoder.") || name.starts_with("conv1.");
  }));
  return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

Status Vae21Decoder::Begin(Device&, const LatentSize& latent, const ClipSize&) {
  height_ = latent.height;
  width_ = latent.width;
  started_ = false;
  conv1_.Reset();
  middle_.Reset();
  for (DecoderLevel& level : levels_) {
    for (ResidualBlock& block : level.blocks) block.Reset();
    level.upsample.Reset();
  }
  head_.Reset();
  return Ok();
}

Status Vae21Decoder::Decode(Device& device, std::span<const float> latent_frame,
                            const PictureSink& sink, const Probe& probe) {
  Tensor z = LoadLatentFrame(device, kLatentScale21, latent_frame, height_, width_);
  z = TRY(PointwiseConv(device, conv2_, z));
  if (probe) probe("conv2", z);
  Tensor x = TRY(conv1_.Run(device, std::move(z)));
  if (probe) probe("conv1", x);
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  PictureBatch batch(started_ ? time_stride_ : 1);
  started_ = true;
  TRY(RunFrom(device, 0, std::move(x), probe, batch));
  return sink(batch.Take());
}

Status Vae21Decoder::RunFrom(Device& device, size_t index, Tensor x, const Probe& probe,
                             PictureBatch& batch) {
  if (index == levels_.size()) {
    const Tensor y = TRY(head_.Forward(device, std::move(x)));
    if (probe) probe("head", y);
    batch.Add(device, y);
    return Ok();
  }
  DecoderLevel& level = levels_[index];
  const std::string stage = fmt::format("upsamples{}", level.last_index);
  for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
  if (index + 1 == levels_.size()) {
    if (probe) probe(stage, x);
    return RunFrom(device, index + 1, std::move(x), probe, batch);
  }
  for (int64_t frame = 0, count = level.upsample.frame_count(); frame < count; ++frame) {
    Tensor y = TRY(level.upsample.NextFrame(device, x, frame, count));
    y = TRY(level.upsample.DoubleSpace(device, y));
    if (probe) probe(stage, y);
    TRY(RunFrom(device, index + 1, std::move(y), probe, batch));
  }
  return Ok();
}

struct EncoderLevel {
  std::vector<ResidualBlock> blocks;
  Downsample downsample;  // unused in the last level
  int last_index = 0;
};

class Vae21Encoder : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 private:
  // Takes one picture as far as it goes: empty where a further one is needed.
  Result<Tensor> Run(Device& device, Tensor picture, const Probe& probe);

  CausalConv3d conv_in_;
  std::vector<EncoderLevel> levels_;
  Middle middle_;
  Head head_;
  ConvWeights conv1_;
  int64_t height_px_ = 0, width_px_ = 0;
};

Result<std::unique_ptr<VideoEncoder>> Vae21Encoder::Load(Device& device, TensorSet weights) {
  auto encoder = std::make_unique<Vae21Encoder>();
  encoder->conv_in_ = TRY(CausalConv3d::Load(device, weights, "encoder.conv1", 3, 3));
  int64_t channels = encoder->conv_in_.out_channels();
  int index = 0;
  for (int level = 0; level < kVaeLevelCount; ++level) {
    EncoderLevel& made = encoder->levels_.emplace_back();
    for (int block = 0; block < kVae21EncoderBlocks; ++block, ++index) {
      made.blocks.push_back(
          TRY(ResidualBlock::Load(device, weights, fmt::format("encoder.downsamples.{}", index),
                                  channels, HistoryType::kF32)));
      channels = made.blocks.back().out_channels();
    }
    made.last_index = index - 1;
    if (level + 1 == kVaeLevelCount) break;
    made.downsample = TRY(
        Downsample::Load(device, weights, fmt::format("encoder.downsamples.{}", index), channels));
    made.last_index = index++;
  }
  encoder->middle_ =
      TRY(Middle::Load(device, weights, "encoder.middle", channels, HistoryType::kF32));
  encoder->head_ = TRY(Head::Load(device, weights, "encoder.head", channels));
  encoder->conv1_ =
      TRY(LoadConv(device, weights, "conv1", encoder->head_.out_channels(), {1, 1, 1}));
  TRY(weights.CheckAllTaken([](std::string_view name) {
    return name.starts_with("decoder.") || name.starts_with("conv2.");
  }));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Status Vae21Encoder::Begin(Device&, uint32_t height_px, uint32_t width_px) {
  if (height_px % kVae21SpaceStride != 0 || width_px % kVae21SpaceStride != 0) {
    return Error::Invalid("pictures of {}x{} cannot be encoded: the size must be a multiple of {}",
                          width_px, height_px, kVae21SpaceStride);
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

Result<Tensor> Vae21Encoder::Run(Device& device, Tensor picture, const Probe& probe) {
  Tensor x = TRY(conv_in_.Run(device, std::move(picture)));
  if (probe) probe("conv1", x);
  for (EncoderLevel& level : levels_) {
    for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
    if (&level != &levels_.back()) x = TRY(level.downsample.Forward(device, x));
    if (!x) return x;
    if (probe) probe(fmt::format("downsamples{}", level.last_index), x);
  }
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  x = TRY(head_.Forward(device, std::move(x)));
  if (probe) probe("head", x);
  x = TRY(PointwiseConv(device, conv1_, x));
  if (probe) probe("quant", x);
  return x;
}

Result<std::vector<float>> Vae21Encoder::Encode(Device& device, std::span<const float> pictures,
                                                const Probe& probe) {
  const Shape shape{1, height_px_, width_px_, 3};
  const auto picture_floats = static_cast<size_t>(shape.count());
  CHECK_EQ(pictures.size() % picture_floats, size_t{0});
  for (size_t begin = 0; begin < pictures.size(); begin += picture_floats) {
    Tensor picture = device.Upload(pictures.subspan(begin, picture_floats), shape);
    const Tensor latent = TRY(Run(device, std::move(picture), probe));
    if (!latent) continue;
    CHECK_EQ(begin + picture_floats, pictures.size());  // a latent frame ends each call
    return StoreLatentFrame(device, kLatentScale21, latent);
  }
  CHECK(false);
}

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeVae21Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options) {
  return Vae21Decoder::Load(device, std::move(weights),
                            options.compact_history ? HistoryType::k8Bit : HistoryType::kF32);
}

Result<std::unique_ptr<VideoEncoder>> MakeVae21Encoder(op::Device& device, TensorSet weights) {
  return Vae21Encoder::Load(device, std::move(weights));
}

}  // namespace aozora::wan
