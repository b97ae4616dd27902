// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.1 (Wan2.2, wan/modules/vae2_1.py). Four levels; the widths are the tensors' own.
#include "models/wan/vae_decoder.h"

namespace aozora::wan {
namespace {

constexpr int kVae21EncoderBlocks = 2;  // residual blocks a level
constexpr int64_t kVae21SpaceStride = 8;

class Vae21Decoder : public VaeDecoder {
  const LatentScale& scale() const override { return kLatentScale21; }
  int64_t head_channels() const override { return 3; }
  // One row of modules: the last level's lacks what doubles.
  static int Module(int level, int part) { return level * (kVaeDecoderBlocks + 1) + part; }
  std::string PartName(int level, int part) const override {
    return fmt::format("decoder.upsamples.{}", Module(level, part));
  }
  std::string StageName(int level) const override {
    const bool last = level + 1 == kVaeLevelCount;
    return fmt::format("upsamples{}", Module(level, kVaeDecoderBlocks - last));
  }
  bool has_skips() const override { return false; }
  Result<Tensor> Enlarge(Device& device, Upsample& upsample, ConstView, ConstView frame,
                         int64_t) override {
    return upsample.DoubleSpace(device, frame);
  }
  Result<Tensor> ToPicture(Device&, Tensor head) override { return head; }
};

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
  return MakeVaeDecoder<Vae21Decoder>(device, std::move(weights), options);
}

Result<std::unique_ptr<VideoEncoder>> MakeVae21Encoder(op::Device& device, TensorSet weights) {
  return Vae21Encoder::Load(device, std::move(weights));
}

}  // namespace aozora::wan
