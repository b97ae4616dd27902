// SPDX-License-Identifier: Apache-2.0
#include "models/wan/vae_layers.h"

#include <cmath>

namespace aozora::wan {
namespace {

constexpr int64_t kHistoryFrames = 2;  // a kernel of 3 frames looks two back

// [T, Y, X, C] as a matrix with a row for each position.
ConstView Rows(ConstView x) {
  const int rank = x.shape().rank();
  const int64_t channels = x.dim(rank - 1);
  return x.As(Shape{x.count() / channels, channels});
}
View Rows(View x) {
  const int rank = x.shape().rank();
  const int64_t channels = x.dim(rank - 1);
  return x.As(Shape{x.count() / channels, channels});
}

Status NormSilu(Device& device, ConstView x, const Tensor& gain, View y) {
  return device.Run(
      op::ChannelNorm{.x = x, .weight = gain, .activation = op::Activation::kSilu, .y = y});
}

Result<int64_t> OutChannels(const TensorSet& weights, const std::string& name) {
  const Weight* weight = weights.Find(name + ".weight");
  if (weight == nullptr || weight->view.shape().rank() == 0) {
    return Error::NotFound("{}: no tensor {}.weight", weights.origin(), name);
  }
  return weight->view.dim(0);
}

// Rows [part, part + 1) / part_count of a weight's output channels.
Weight PartOf(const Weight& weight, int64_t part, int64_t part_count) {
  const int64_t count = weight.view.dim(0) / part_count;
  Weight rows = weight;
  rows.view = rows.view.Items(part * count, count);
  return rows;
}

Result<ConvWeights> TakeConv(Device& device, TensorSet& weights, const std::string& name,
                             int64_t in, std::initializer_list<int64_t> kernel) {
  const int64_t out = TRY(OutChannels(weights, name));
  std::vector<int64_t> sizes = {out, in};
  bool pointwise = true;
  for (int64_t size : kernel) {
    sizes.push_back(size);
    pointwise = pointwise && size == 1;
  }
  ConvWeights conv;
  conv.weight = TRY(weights.Take(name + ".weight", Shape(sizes)));
  if (pointwise) conv.weight.view = conv.weight.view.As(Shape{out, in});
  conv.bias = device.UploadF32(TRY(weights.Take(name + ".bias", Shape{out})));
  return conv;
}

}  // namespace

Result<ConvWeights> LoadConv(Device& device, TensorSet& weights, const std::string& name,
                             int64_t in, std::initializer_list<int64_t> kernel) {
  ConvWeights conv = TRY(TakeConv(device, weights, name, in, kernel));
  conv.packed = device.Pack(conv.weight);
  return conv;
}

Result<Tensor> LoadGain(Device& device, TensorSet& weights, const std::string& name,
                        int64_t channels) {
  const Weight* found = weights.Find(name);
  const bool plane = found != nullptr && found->view.shape().rank() == 3;
  const Shape shape = plane ? Shape{channels, 1, 1} : Shape{channels, 1, 1, 1};
  Weight gain = TRY(weights.Take(name, shape));
  gain.view = gain.view.As(Shape{channels});
  return device.UploadF32(gain);
}

Tensor CopyFrame(Device& device, ConstView x, int64_t frame) {
  Tensor copy = device.New(x.shape().WithAxis(0, 1));
  device.Copy(x.Items(frame, 1), copy);
  return copy;
}

Status PointwiseConvInto(Device& device, const ConvWeights& conv, ConstView x,
                         View residual_and_y) {
  return device.Run(op::Linear{.x = Rows(x),
                               .weight = &conv.weight,
                               .packed = conv.packed.get(),
                               .bias = conv.bias,
                               .residual = Rows(residual_and_y),
                               .y = Rows(residual_and_y)});
}

Result<Tensor> PointwiseConv(Device& device, const ConvWeights& conv, ConstView x) {
  const int last = x.shape().rank() - 1;
  Tensor y = device.New(x.shape().WithAxis(last, conv.out_channels()));
  TRY(device.Run(op::Linear{.x = Rows(x),
                            .weight = &conv.weight,
                            .packed = conv.packed.get(),
                            .bias = conv.bias,
                            .y = Rows(y.view())}));
  return y;
}

Result<CausalConv3d> CausalConv3d::Load(Device& device, TensorSet& weights, const std::string& name,
                                        int64_t in, int64_t kernel_space, int64_t part_count) {
  CausalConv3d layer;
  layer.conv_ = TRY(TakeConv(device, weights, name, in, {3, kernel_space, kernel_space}));
  layer.pad_ = static_cast<uint32_t>(kernel_space / 2);
  if (layer.out_channels() % part_count != 0) {
    return Error::Invalid("{}: {} has {} output channels, not a multiple of {}", weights.origin(),
                          name, layer.out_channels(), part_count);
  }
  for (int64_t part = 0; part < part_count; ++part) {
    layer.packed_parts_.push_back(device.Pack(PartOf(layer.conv_.weight, part, part_count)));
  }
  return layer;
}

CausalConv3d::Window CausalConv3d::Open(Device& device, int64_t frame_count, int64_t height,
                                        int64_t width) {
  Window window;
  window.frames = device.New(Shape{kHistoryFrames + frame_count, height, width, in_channels()});
  const View before = window.frames.view().Items(0, kHistoryFrames);
  if (history_) {
    device.Copy(history_, before);
  } else {
    device.Zero(before);
  }
  window.fresh = window.frames.view().Items(kHistoryFrames, frame_count);
  return window;
}

void CausalConv3d::Close(Device& device, Window window) {
  const int64_t frame_count = window.frames.dim(0);
  const View last = window.frames.view().Items(frame_count - kHistoryFrames, kHistoryFrames);
  if (!history_) history_ = device.New(last.shape());
  device.Copy(last, history_);
}

Status CausalConv3d::Convolve(Device& device, const Window& window, int64_t part,
                              ConstView residual, View y) {
  const int64_t part_count = static_cast<int64_t>(packed_parts_.size());
  const Weight weight = PartOf(conv_.weight, part, part_count);
  const int64_t count = weight.view.dim(0);
  const op::Conv3d::Axis space{.stride = 1, .pad_front = pad_, .pad_back = pad_};
  return device.Run(op::Conv3d{.x = window.frames,
                               .weight = &weight,
                               .packed = packed_parts_[static_cast<size_t>(part)].get(),
                               .bias = conv_.bias.view().Items(part * count, count),
                               .height = space,
                               .width = space,
                               .residual = residual,
                               .y = y});
}

Result<Tensor> CausalConv3d::Run(Device& device, Window window) {
  Tensor y = device.New(window.fresh.shape().WithAxis(3, out_channels()));
  TRY(Convolve(device, window, 0, {}, y));
  Close(device, std::move(window));
  return y;
}

Status CausalConv3d::RunInto(Device& device, Window window, View residual_and_y) {
  TRY(Convolve(device, window, 0, residual_and_y, residual_and_y));
  Close(device, std::move(window));
  return Ok();
}

Status CausalConv3d::RunPart(Device& device, const Window& window, int64_t part, View y) {
  return Convolve(device, window, part, {}, y);
}

Result<ResidualBlock> ResidualBlock::Load(Device& device, TensorSet& weights,
                                          const std::string& name, int64_t in) {
  ResidualBlock block;
  block.norm1_ = TRY(LoadGain(device, weights, name + ".residual.0.gamma", in));
  block.conv1_ = TRY(CausalConv3d::Load(device, weights, name + ".residual.2", in, 3));
  const int64_t out = block.conv1_.out_channels();
  block.norm2_ = TRY(LoadGain(device, weights, name + ".residual.3.gamma", out));
  block.conv2_ = TRY(CausalConv3d::Load(device, weights, name + ".residual.6", out, 3));
  if (in != out) {
    block.shortcut_ = TRY(LoadConv(device, weights, name + ".shortcut", in, {1, 1, 1}));
  }
  return block;
}

void ResidualBlock::Reset() {
  conv1_.Reset();
  conv2_.Reset();
}

Result<Tensor> ResidualBlock::Forward(Device& device, Tensor x) {
  const int64_t t = x.dim(0), height = x.dim(1), width = x.dim(2);
  CausalConv3d::Window window = conv1_.Open(device, t, height, width);
  TRY(NormSilu(device, x, norm1_, window.fresh));
  if (shortcut_.weight) {
    // The window holds norm(x); only the skip still needs x itself.
    Tensor skip = TRY(PointwiseConv(device, shortcut_, x));
    x = std::move(skip);
  }
  Tensor h = TRY(conv1_.Run(device, std::move(window)));
  window = conv2_.Open(device, t, height, width);
  TRY(NormSilu(device, h, norm2_, window.fresh));
  h.Reset();
  TRY(conv2_.RunInto(device, std::move(window), x));
  return x;
}

Result<PlaneAttention> PlaneAttention::Load(Device& device, TensorSet& weights,
                                            const std::string& name, int64_t channels) {
  PlaneAttention layer;
  layer.norm_ = TRY(LoadGain(device, weights, name + ".norm.gamma", channels));
  layer.qkv_ = TRY(LoadConv(device, weights, name + ".to_qkv", channels, {1, 1}));
  layer.proj_ = TRY(LoadConv(device, weights, name + ".proj", channels, {1, 1}));
  if (layer.qkv_.out_channels() != 3 * channels || layer.proj_.out_channels() != channels) {
    return Error::Invalid("{}: {} does not fit {} channels", weights.origin(), name, channels);
  }
  return layer;
}

Result<Tensor> PlaneAttention::Forward(Device& device, Tensor x) {
  const int64_t positions = x.dim(1) * x.dim(2), channels = x.dim(3);
  const Shape head{positions, 1, channels};
  for (int64_t frame = 0; frame < x.dim(0); ++frame) {
    const View plane = x.view().Items(frame, 1);
    Tensor y = device.New(plane.shape());
    TRY(device.Run(op::ChannelNorm{.x = plane, .weight = norm_, .y = y}));
    const Tensor qkv = TRY(PointwiseConv(device, qkv_, y));
    const View rows = Rows(qkv.view());
    TRY(device.Run(op::Attention{.q = rows.Columns(0, channels).As(head),
                                 .k = rows.Columns(channels, channels).As(head),
                                 .v = rows.Columns(2 * channels, channels).As(head),
                                 .scale = 1 / std::sqrt(static_cast<float>(channels)),
                                 .out = y.view().As(head)}));
    TRY(PointwiseConvInto(device, proj_, y, plane));
  }
  return x;
}

Result<Middle> Middle::Load(Device& device, TensorSet& weights, const std::string& name,
                            int64_t channels) {
  Middle middle;
  middle.first_ = TRY(ResidualBlock::Load(device, weights, name + ".0", channels));
  middle.attention_ = TRY(PlaneAttention::Load(device, weights, name + ".1", channels));
  middle.last_ = TRY(ResidualBlock::Load(device, weights, name + ".2", channels));
  return middle;
}

void Middle::Reset() {
  first_.Reset();
  last_.Reset();
}

Result<Tensor> Middle::Forward(Device& device, Tensor x) {
  x = TRY(first_.Forward(device, std::move(x)));
  x = TRY(attention_.Forward(device, std::move(x)));
  return last_.Forward(device, std::move(x));
}

Result<Upsample> Upsample::Load(Device& device, TensorSet& weights, const std::string& name,
                                int64_t in) {
  Upsample layer;
  layer.space_ = TRY(LoadConv(device, weights, name + ".resample.1", in, {3, 3}));
  layer.has_time_ = weights.Has(name + ".time_conv.weight");
  if (layer.has_time_) {
    layer.time_ = TRY(CausalConv3d::Load(device, weights, name + ".time_conv", in, 1, 2));
    if (layer.time_.out_channels() != 2 * in) {
      return Error::Invalid("{}: {}.time_conv does not fit {} channels", weights.origin(), name,
                            in);
    }
  }
  return layer;
}

void Upsample::Reset() {
  time_.Reset();
  started_ = false;
}

Result<Tensor> Upsample::DoubleTime(Device& device, Tensor x) {
  if (!has_time_) return x;
  if (!started_) {
    // The first frame stays one, and is not history for the next: those see zeros before them.
    started_ = true;
    return x;
  }
  const int64_t t = x.dim(0), height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  CausalConv3d::Window window = time_.Open(device, t, height, width);
  device.Copy(x, window.fresh);
  x.Reset();
  Tensor y = device.New(Shape{2 * t, height, width, channels});
  for (int64_t half = 0; half < 2; ++half) {
    // Channels [0, C) are the earlier, [C, 2C) the later frame of each pair.
    const View frames(y.view().Items(half, 1).data(), DType::kF32,
                      Shape{t, height, width, channels}, 2 * height * width * channels);
    TRY(time_.RunPart(device, window, half, frames));
  }
  time_.Close(device, std::move(window));
  return y;
}

Result<Tensor> Upsample::DoubleSpace(Device& device, ConstView x, ConstView residual) {
  Tensor y = device.New(Shape{x.dim(0), 2 * x.dim(1), 2 * x.dim(2), space_.out_channels()});
  const op::Conv3d::Axis axis{.stride = 1, .pad_front = 1, .pad_back = 1};
  TRY(device.Run(op::Conv3d{.x = x,
                            .weight = &space_.weight,
                            .packed = space_.packed.get(),
                            .bias = space_.bias,
                            .height = axis,
                            .width = axis,
                            .upsample = 2,
                            .residual = residual,
                            .y = y}));
  return y;
}

Result<Downsample> Downsample::Load(Device& device, TensorSet& weights, const std::string& name,
                                    int64_t in) {
  Downsample layer;
  layer.space_ = TRY(LoadConv(device, weights, name + ".resample.1", in, {3, 3}));
  if (weights.Has(name + ".time_conv.weight")) {
    layer.time_ = TRY(LoadConv(device, weights, name + ".time_conv", in, {3, 1, 1}));
  }
  return layer;
}

void Downsample::Reset() { last_frame_.Reset(); }

Result<Tensor> Downsample::Forward(Device& device, Tensor x) {
  const int64_t t = x.dim(0), height = x.dim(1) / 2, width = x.dim(2) / 2;
  const int64_t channels = space_.out_channels();
  const bool pairs = in_time() && last_frame_;
  // In time, each output frame sees the last frame of the pair before it and its own two.
  Tensor frames = device.New(Shape{t + (pairs ? 1 : 0), height, width, channels});
  const View fresh = frames.view().Items(pairs ? 1 : 0, t);
  const op::Conv3d::Axis half{.stride = 2, .pad_front = 0, .pad_back = 1};
  TRY(device.Run(op::Conv3d{.x = x,
                            .weight = &space_.weight,
                            .packed = space_.packed.get(),
                            .bias = space_.bias,
                            .height = half,
                            .width = half,
                            .y = fresh}));
  if (!in_time()) return frames;
  if (pairs) device.Copy(last_frame_, frames.view().Items(0, 1));
  if (!last_frame_) last_frame_ = device.New(Shape{1, height, width, channels});
  device.Copy(fresh.Items(t - 1, 1), last_frame_);
  if (!pairs) return frames;
  Tensor y = device.New(Shape{(t + 1 - 3) / 2 + 1, height, width, time_.out_channels()});
  TRY(device.Run(op::Conv3d{.x = frames,
                            .weight = &time_.weight,
                            .packed = time_.packed.get(),
                            .bias = time_.bias,
                            .time = {.stride = 2, .pad_front = 0, .pad_back = 0},
                            .y = y}));
  return y;
}

Result<Head> Head::Load(Device& device, TensorSet& weights, const std::string& name, int64_t in) {
  Head head;
  head.norm_ = TRY(LoadGain(device, weights, name + ".0.gamma", in));
  head.conv_ = TRY(CausalConv3d::Load(device, weights, name + ".2", in, 3));
  return head;
}

Result<Tensor> Head::Forward(Device& device, Tensor x) {
  CausalConv3d::Window window = conv_.Open(device, x.dim(0), x.dim(1), x.dim(2));
  TRY(NormSilu(device, x, norm_, window.fresh));
  x.Reset();
  return conv_.Run(device, std::move(window));
}

}  // namespace aozora::wan
