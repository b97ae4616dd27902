// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.2 TI2V-5B (Wan2.2, wan/modules/vae2_2.py): that of 2.1 on pictures folded 2x2
// into channels, with skips around each level that have no parameters.
#include <array>

#include "models/wan/vae_decoder.h"

namespace aozora::wan {
namespace {

constexpr int kVae22EncoderBlocks = 2;
constexpr int64_t kFold = 2;  // pixels a position, both ways, before the first convolution
constexpr int64_t kVae22SpaceStride = 16;
constexpr int64_t kPixelChannels = 3 * kFold * kFold;

// [T, Y, X, C] -> [T * time, 2Y, 2X, out]: each value is repeated over time x 2 x 2 positions, of
// which groups of C / out channels share the output channel (DupUp3D): output channel o at offset
// (a, b, c) is input channel o * group + (a, b, c read as one number) / repeats.
Result<Tensor> DuplicateUp(Device& device, ConstView x, int64_t out, int64_t time) {
  const int64_t t = x.dim(0), height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  CHECK_EQ(channels % out, 0);
  const int64_t group = channels / out;
  // The group picks the leading offsets; the others are repetitions.
  std::array<int64_t, 3> offsets = {time, 2, 2};
  std::array<int64_t, 3> from_group = {1, 1, 1};
  int64_t left = group;
  for (size_t i = 0; i < offsets.size() && left > 1; ++i) {
    CHECK_EQ(left % offsets[i], 0);
    from_group[i] = offsets[i];
    left /= offsets[i];
  }
  CHECK_EQ(left, 1);
  Tensor y = device.New(Shape{t * time, height * 2, width * 2, out});
  // x: [T, Y, X, o, a, b, c] -> y: [T, a, Y, b, X, c, o]
  const int order[] = {0, 4, 1, 5, 2, 6, 3};
  TRY(device.Run(op::Permute{
      .x = x.As(Shape{t, height, width, out, from_group[0], from_group[1], from_group[2]}),
      .order = order,
      .y = y.view().As(Shape{t, time, height, 2, width, 2, out})}));
  return y;
}

// The way back (AvgDown3D): offsets go into channels, of which groups are averaged. An odd number
// of frames gets a frame of zeros in front, and is divided by the full group all the same.
Result<Tensor> AverageDown(Device& device, ConstView x, int64_t out, int64_t time, int64_t space) {
  const int64_t height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  const int64_t missing = (time - x.dim(0) % time) % time;
  const int64_t t = (x.dim(0) + missing) / time;
  Tensor padded;
  if (missing > 0) {
    padded = device.New(Shape{t * time, height, width, channels});
    device.Zero(padded.view().Items(0, missing));
    device.Copy(x, padded.view().Items(missing, x.dim(0)));
    x = padded;
  }
  Tensor folded =
      device.New(Shape{t, height / space, width / space, channels * time * space * space});
  // [T, a, Y, b, X, c, C] -> [T, Y, X, C, a, b, c]
  const int order[] = {0, 2, 4, 6, 1, 3, 5};
  TRY(device.Run(
      op::Permute{.x = x.As(Shape{t, time, height / space, space, width / space, space, channels}),
                  .order = order,
                  .y = folded.view().As(
                      Shape{t, height / space, width / space, channels, time, space, space})}));
  const int64_t group = folded.dim(3) / out;
  if (group == 1) return folded;
  Tensor y = device.New(Shape{t, height / space, width / space, out});
  TRY(device.Run(op::MeanLast{
      .x = folded.view().As(Shape{t, height / space, width / space, out, group}), .y = y}));
  return y;
}

class Vae22Decoder : public VaeDecoder {
  const LatentScale& scale() const override { return kLatentScale22; }
  int64_t head_channels() const override { return kPixelChannels; }
  std::string PartName(int level, int part) const override {
    return fmt::format("decoder.upsamples.{}.upsamples.{}", level, part);
  }
  std::string StageName(int level) const override { return fmt::format("upsamples{}", level); }
  bool has_skips() const override { return true; }
  Result<Tensor> Enlarge(Device& device, Upsample& upsample, ConstView input, ConstView frame,
                         int64_t from_end) override;
  Result<Tensor> ToPicture(Device& device, Tensor head) override;
};

// The first frame of a clip is not doubled in time; of its two copies in the skip the later counts.
Result<Tensor> Vae22Decoder::Enlarge(Device& device, Upsample& upsample, ConstView input,
                                     ConstView frame, int64_t from_end) {
  const int64_t time = upsample.in_time() ? 2 : 1;
  const Tensor skip = TRY(DuplicateUp(device, input, upsample.out_channels(), time));
  return upsample.DoubleSpace(device, frame, skip.view().Items(skip.dim(0) - from_end, 1));
}

Result<Tensor> Vae22Decoder::ToPicture(Device& device, Tensor head) {
  const int64_t height = head.dim(1), width = head.dim(2);
  Tensor picture = device.New(Shape{1, height * kFold, width * kFold, 3});
  // Channels are (colour, column offset, row offset): [T, Y, X, c, r, q] -> [T, Y, q, X, r, c].
  const int order[] = {0, 1, 5, 2, 4, 3};
  TRY(device.Run(op::Permute{.x = head.view().As(Shape{1, height, width, 3, kFold, kFold}),
                             .order = order,
                             .y = picture.view().As(Shape{1, height, kFold, width, kFold, 3})}));
  return picture;
}

struct EncoderGroup {
  std::vector<ResidualBlock> blocks;
  Downsample downsample;  // unused in the last group
  int64_t out_channels = 0;
  bool started = false;
  Tensor waiting;  // the input of the first frame of a pair, for the skip
};

class Vae22Encoder : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 private:
  // Takes one picture as far as it goes: empty where a further one is needed.
  Result<Tensor> Run(Device& device, ConstView picture, const Probe& probe);
  Result<Tensor> RunGroup(Device& device, EncoderGroup& group, Tensor x);
  // What skips the group; empty for the first frame of a pair.
  Result<Tensor> Skip(Device& device, EncoderGroup& group, ConstView x);

  CausalConv3d conv_in_;
  std::vector<EncoderGroup> groups_;
  Middle middle_;
  Head head_;
  ConvWeights conv1_;
  int64_t height_px_ = 0, width_px_ = 0;
};

Result<std::unique_ptr<VideoEncoder>> Vae22Encoder::Load(Device& device, TensorSet weights) {
  auto encoder = std::make_unique<Vae22Encoder>();
  encoder->conv_in_ = TRY(CausalConv3d::Load(device, weights, "encoder.conv1", kPixelChannels, 3));
  int64_t channels = encoder->conv_in_.out_channels();
  for (int index = 0; index < kVaeLevelCount; ++index) {
    const std::string name = fmt::format("encoder.downsamples.{}.downsamples", index);
    EncoderGroup& group = encoder->groups_.emplace_back();
    for (int block = 0; block < kVae22EncoderBlocks; ++block) {
      group.blocks.push_back(TRY(ResidualBlock::Load(
          device, weights, fmt::format("{}.{}", name, block), channels, HistoryType::kF32)));
      channels = group.blocks.back().out_channels();
    }
    group.out_channels = channels;
    if (index + 1 == kVaeLevelCount) break;
    group.downsample = TRY(Downsample::Load(
        device, weights, fmt::format("{}.{}", name, kVae22EncoderBlocks), channels));
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

Status Vae22Encoder::Begin(Device&, uint32_t height_px, uint32_t width_px) {
  if (height_px % kVae22SpaceStride != 0 || width_px % kVae22SpaceStride != 0) {
    return Error::Invalid("pictures of {}x{} cannot be encoded: the size must be a multiple of {}",
                          width_px, height_px, kVae22SpaceStride);
  }
  height_px_ = height_px;
  width_px_ = width_px;
  conv_in_.Reset();
  for (EncoderGroup& group : groups_) {
    for (ResidualBlock& block : group.blocks) block.Reset();
    group.downsample.Reset();
    group.started = false;
    group.waiting.Reset();
  }
  middle_.Reset();
  head_.Reset();
  return Ok();
}

Result<Tensor> Vae22Encoder::Skip(Device& device, EncoderGroup& group, ConstView x) {
  const bool last = &group == &groups_.back();
  const int64_t space = last ? 1 : 2;
  if (last || !group.downsample.in_time()) {
    return AverageDown(device, x, group.out_channels, 1, space);
  }
  const bool first = !std::exchange(group.started, true);
  if (first) return AverageDown(device, x, group.out_channels, 2, space);
  if (!group.waiting) {
    group.waiting = CopyFrame(device, x);
    return Tensor();
  }
  const Tensor pair = device.New(x.shape().WithAxis(0, 2));
  device.Copy(group.waiting, pair.view().Items(0, 1));
  device.Copy(x, pair.view().Items(1, 1));
  group.waiting.Reset();
  return AverageDown(device, pair, group.out_channels, 2, space);
}

Result<Tensor> Vae22Encoder::RunGroup(Device& device, EncoderGroup& group, Tensor x) {
  const Tensor skip = TRY(Skip(device, group, x));
  for (ResidualBlock& block : group.blocks) x = TRY(block.Forward(device, std::move(x)));
  if (&group != &groups_.back()) x = TRY(group.downsample.Forward(device, x));
  CHECK_EQ(static_cast<bool>(x), static_cast<bool>(skip));
  if (x) TRY(device.Run(op::Elementwise{.x0 = x, .x1 = skip, .y = x}));
  return x;
}

Result<Tensor> Vae22Encoder::Run(Device& device, ConstView picture, const Probe& probe) {
  const int64_t height = height_px_ / kFold, width = width_px_ / kFold;
  Tensor x = conv_in_.NewInput(device, height, width);
  // [T, Y, q, X, r, c] -> [T, Y, X, c, r, q]: channels are (colour, column offset, row offset).
  const int order[] = {0, 1, 3, 5, 4, 2};
  TRY(device.Run(op::Permute{.x = picture.As(Shape{1, height, kFold, width, kFold, 3}),
                             .order = order,
                             .y = x.view().As(Shape{1, height, width, 3, kFold, kFold})}));
  x = TRY(conv_in_.Run(device, std::move(x)));
  if (probe) probe("conv1", x);
  for (size_t index = 0; index < groups_.size(); ++index) {
    x = TRY(RunGroup(device, groups_[index], std::move(x)));
    if (!x) return x;
    if (probe) probe(fmt::format("downsamples{}", index), x);
  }
  x = TRY(middle_.Forward(device, std::move(x)));
  if (probe) probe("middle", x);
  x = TRY(head_.Forward(device, std::move(x)));
  if (probe) probe("head", x);
  x = TRY(PointwiseConv(device, conv1_, x));
  if (probe) probe("quant", x);
  return x;
}

Result<std::vector<float>> Vae22Encoder::Encode(Device& device, std::span<const float> pictures,
                                                const Probe& probe) {
  const Shape shape{1, height_px_, width_px_, 3};
  const auto picture_floats = static_cast<size_t>(shape.count());
  CHECK_EQ(pictures.size() % picture_floats, size_t{0});
  for (size_t begin = 0; begin < pictures.size(); begin += picture_floats) {
    const Tensor picture = device.Upload(pictures.subspan(begin, picture_floats), shape);
    const Tensor latent = TRY(Run(device, picture, probe));
    if (!latent) continue;
    CHECK_EQ(begin + picture_floats, pictures.size());  // a latent frame ends each call
    return StoreLatentFrame(device, kLatentScale22, latent);
  }
  CHECK(false);
}

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeVae22Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options) {
  return MakeVaeDecoder<Vae22Decoder>(device, std::move(weights), options);
}

Result<std::unique_ptr<VideoEncoder>> MakeVae22Encoder(op::Device& device, TensorSet weights) {
  return Vae22Encoder::Load(device, std::move(weights));
}

}  // namespace aozora::wan
