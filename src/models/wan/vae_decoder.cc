// SPDX-License-Identifier: Apache-2.0
#include "models/wan/vae_decoder.h"

namespace aozora::wan {

Status VaeDecoder::Load(Device& device, TensorSet weights, const DecoderOptions& options) {
  const HistoryType history = options.compact_history ? HistoryType::k8Bit : HistoryType::kF32;
  const int64_t z = static_cast<int64_t>(scale().mean.size());
  conv2_ = TRY(LoadConv(device, weights, "conv2", z, {1, 1, 1}));
  conv1_ = TRY(CausalConv3d::Load(device, weights, "decoder.conv1", z, 3));
  int64_t channels = conv1_.out_channels();
  middle_ = TRY(Middle::Load(device, weights, "decoder.middle", channels, history));
  for (int index = 0; index < kVaeLevelCount; ++index) {
    Level& level = levels_.emplace_back();
    level.stage = StageName(index);
    for (int block = 0; block < kVaeDecoderBlocks; ++block) {
      level.blocks.push_back(
          TRY(ResidualBlock::Load(device, weights, PartName(index, block), channels, history)));
      channels = level.blocks.back().out_channels();
    }
    if (index + 1 == kVaeLevelCount) break;
    level.upsample =
        TRY(Upsample::Load(device, weights, PartName(index, kVaeDecoderBlocks), channels));
    channels = level.upsample.out_channels();
    if (level.upsample.in_time()) time_stride_ *= 2;
  }
  head_ = TRY(Head::Load(device, weights, "decoder.head", channels));
  if (head_.out_channels() != head_channels()) {
    return Error::Invalid("{}: decoder.head.2 gives {} channels, not {}", weights.origin(),
                          head_.out_channels(), head_channels());
  }
  return weights.CheckAllTaken([](std::string_view name) {
    return name.starts_with("encoder.") || name.starts_with("conv1.");
  });
}

Status VaeDecoder::Begin(Device&, const LatentSize& latent, const ClipSize&) {
  height_ = latent.height;
  width_ = latent.width;
  started_ = false;
  conv1_.Reset();
  middle_.Reset();
  for (Level& level : levels_) {
    for (ResidualBlock& block : level.blocks) block.Reset();
    level.upsample.Reset();
  }
  head_.Reset();
  return Ok();
}

Status VaeDecoder::Decode(Device& device, std::span<const float> latent_frame,
                          const PictureSink& sink, const Probe& probe) {
  Tensor z = LoadLatentFrame(device, scale(), latent_frame, height_, width_);
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

Status VaeDecoder::RunFrom(Device& device, size_t index, Tensor x, const Probe& probe,
                           PictureBatch& batch) {
  Level& level = levels_[index];
  const bool last = index + 1 == levels_.size();
  Tensor input;
  if (has_skips() && !last) input = CopyFrame(device, x);
  for (ResidualBlock& block : level.blocks) x = TRY(block.Forward(device, std::move(x)));
  if (last) {
    if (probe) probe(level.stage, x);
    x = TRY(head_.Forward(device, std::move(x)));
    if (probe) probe("head", x);
    batch.Add(device, TRY(ToPicture(device, std::move(x))));
    return Ok();
  }
  for (int64_t frame = 0, count = level.upsample.frame_count(); frame < count; ++frame) {
    Tensor y = TRY(level.upsample.NextFrame(device, x, frame, count));
    y = TRY(Enlarge(device, level.upsample, input, y, count - frame));
    if (frame + 1 == count) input.Reset();
    if (probe) probe(level.stage, y);
    TRY(RunFrom(device, index + 1, std::move(y), probe, batch));
  }
  return Ok();
}

}  // namespace aozora::wan
