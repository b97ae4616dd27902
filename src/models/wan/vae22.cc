// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.2 TI2V-5B (Wan2.2, wan/modules/vae2_2.py): that of 2.1 on pictures folded 2x2
// into channels, with skips around each level that have no parameters.
#include <array>

#include "models/wan/vae_decoder.h"
#include "models/wan/vae_encoder.h"

namespace aozora::wan {
namespace {

constexpr int64_t kFold = 2;  // pixels a position, both ways, before the first convolution
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

class Vae22Encoder : public VaeEncoder {
  const LatentScale& scale() const override { return kLatentScale22; }
  int64_t space_stride() const override { return 16; }
  std::string PartName(int level, int part) const override {
    return fmt::format("encoder.downsamples.{}.downsamples.{}", level, part);
  }
  std::string StageName(int level) const override { return fmt::format("downsamples{}", level); }
  int64_t in_channels() const override { return kPixelChannels; }
  bool has_skips() const override { return true; }
  Result<Tensor> FromPicture(Device& device, const CausalConv3d& first, Tensor picture) override;
  void ResetSkips() override { pairs_ = {}; }
  Result<Tensor> Skip(Device& device, int index, const Level& level, ConstView x) override;

  // Of one level whose frames go in pairs, after a first one alone.
  struct Pair {
    bool started = false;
    Tensor waiting;  // the input of the first frame
  };
  std::array<Pair, kVaeLevelCount> pairs_;
};

Result<Tensor> Vae22Encoder::FromPicture(Device& device, const CausalConv3d& first,
                                         Tensor picture) {
  const int64_t height = picture.dim(1) / kFold, width = picture.dim(2) / kFold;
  Tensor x = first.NewInput(device, height, width);
  // [T, Y, q, X, r, c] -> [T, Y, X, c, r, q]: channels are (colour, column offset, row offset).
  const int order[] = {0, 1, 3, 5, 4, 2};
  TRY(device.Run(op::Permute{.x = picture.view().As(Shape{1, height, kFold, width, kFold, 3}),
                             .order = order,
                             .y = x.view().As(Shape{1, height, width, 3, kFold, kFold})}));
  return x;
}

Result<Tensor> Vae22Encoder::Skip(Device& device, int index, const Level& level, ConstView x) {
  const bool last = index + 1 == kVaeLevelCount;
  const int64_t space = last ? 1 : 2;
  if (last || !level.downsample.in_time()) {
    return AverageDown(device, x, level.out_channels, 1, space);
  }
  Pair& pair = pairs_[static_cast<size_t>(index)];
  const bool first = !std::exchange(pair.started, true);
  if (first) return AverageDown(device, x, level.out_channels, 2, space);
  if (!pair.waiting) {
    pair.waiting = CopyFrame(device, x);
    return Tensor();
  }
  const Tensor both = device.New(x.shape().WithAxis(0, 2));
  device.Copy(pair.waiting, both.view().Items(0, 1));
  device.Copy(x, both.view().Items(1, 1));
  pair.waiting.Reset();
  return AverageDown(device, both, level.out_channels, 2, space);
}

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeVae22Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options) {
  return MakeVaeDecoder<Vae22Decoder>(device, std::move(weights), options);
}

Result<std::unique_ptr<VideoEncoder>> MakeVae22Encoder(op::Device& device, TensorSet weights) {
  return MakeVaeEncoder<Vae22Encoder>(device, std::move(weights));
}

}  // namespace aozora::wan
