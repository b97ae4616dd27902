// SPDX-License-Identifier: Apache-2.0
#include "models/wan/vae_encoder.h"

namespace aozora::wan {

Status VaeEncoder::Load(Device& device, TensorSet weights) {
  conv_in_ = TRY(CausalConv3d::Load(device, weights, "encoder.conv1", in_channels(), 3));
  int64_t channels = conv_in_.out_channels();
  for (int index = 0; index < kVaeLevelCount; ++index) {
    Level& level = levels_.emplace_back();
    level.stage = StageName(index);
    for (int block = 0; block < kVaeEncoderBlocks; ++block) {
      level.blocks.push_back(TRY(ResidualBlock::Load(device, weights, PartName(index, block),
                                                     channels, HistoryType::kF32)));
      channels = level.blocks.back().out_channels();
    }
    level.out_channels = channels;
    if (index + 1 == kVaeLevelCount) break;
    level.downsample =
        TRY(Downsample::Load(device, weights, PartName(index, kVaeEncoderBlocks), channels));
  }
  middle_ = TRY(Middle::Load(device, weights, "encoder.middle", channels, HistoryType::kF32));
  head_ = TRY(Head::Load(device, weights, "encoder.head", channels));
  conv1_ = TRY(LoadConv(device, weights, "conv1", head_.out_channels(), {1, 1, 1}));
  return weights.CheckAllTaken([](std::string_view name) {
    return name.starts_with("decoder.") || name.starts_with("conv2.");
  });
}

Status VaeEncoder::Begin(Device&, uint32_t height_px, uint32_t width_px) {
  const int64_t stride = space_stride();
  if (height_px % stride != 0 || width_px % stride != 0) {
    return Error::Invalid("pictures of {}x{} cannot be encoded: the size must be a multiple of {}",
                          width_px, height_px, stride);
  }
  height_px_ = height_px;
  width_px_ = width_px;
  conv_in_.Reset();
  for (Level& level : levels_) {
    for (ResidualBlock& block : level.blocks) block.Reset();
    level.downsample.Reset();
  }
  ResetSkips();
  middle_.Reset();
  head_.Reset();
  return Ok();
}

Result<Tensor> VaeEncoder::RunLevel(Device& device, int index, Tensor x) {
  Level& level = levels_[static_cast<size_t>(index)];
  Tensor skip;
  if (has_skips()) skip = TRY(Skip(device, index, level, x));
  for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
  if (index + 1 < kVaeLevelCount) x = TRY(level.downsample.Forward(device, x));
  if (!has_skips()) return x;
  CHECK_EQ(static_cast<bool>(x), static_cast<bool>(skip));
  if (x) TRY(device.Run(op::Elementwise{.x0 = x, .x1 = skip, .y = x}));
  return x;
}

Result<Tensor> VaeEncoder::Run(Device& device, Tensor picture, const Probe& probe) {
  Tensor x = TRY(FromPicture(device, conv_in_, std::move(picture)));
  x = TRY(conv_in_.Run(device, std::move(x)));
  if (probe) probe("conv1", x);
  for (int index = 0; index < kVaeLevelCount; ++index) {
    x = TRY(RunLevel(device, index, std::move(x)));
    if (!x) return x;
    if (probe) probe(levels_[static_cast<size_t>(index)].stage, x);
  }
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  x = TRY(head_.Forward(device, std::move(x)));
  if (probe) probe("head", x);
  x = TRY(PointwiseConv(device, conv1_, x));
  if (probe) probe("quant", x);
  return x;
}

Result<std::vector<float>> VaeEncoder::Encode(Device& device, std::span<const float> pictures,
                                              const Probe& probe) {
  const Shape shape{1, height_px_, width_px_, 3};
  const auto picture_floats = static_cast<size_t>(shape.count());
  CHECK_EQ(pictures.size() % picture_floats, size_t{0});
  for (size_t begin = 0; begin < pictures.size(); begin += picture_floats) {
    Tensor picture = device.Upload(pictures.subspan(begin, picture_floats), shape);
    const Tensor latent = TRY(Run(device, std::move(picture), probe));
    if (!latent) continue;
    CHECK_EQ(begin + picture_floats, pictures.size());  // a latent frame ends each call
    return StoreLatentFrame(device, scale(), latent);
  }
  CHECK(false);
}

}  // namespace aozora::wan
