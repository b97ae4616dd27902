// SPDX-License-Identifier: Apache-2.0
#include "models/wan/vae_layers.h"

#include <algorithm>
#include <cmath>

namespace aozora::wan {
namespace {

constexpr int64_t kTaps = 3;  // of all kernels in time
constexpr size_t kHistoryFrames = 2;

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

// What the input of a convolution behind norm and silu is stored as. |silu(norm(x))| is at most
// sqrt(C) times the largest gain; where that is beyond f16, which no real checkpoint has, or
// channels are no whole blocks, f32 it is.
DType InputType(Device& device, const Tensor& gain, HistoryType history) {
  constexpr float kF16Max = 65504;
  std::vector<float> gains(static_cast<size_t>(gain.dim(0)));
  device.Download(gain, gains);
  float bound = 0;
  for (const float value : gains) bound = std::max(bound, std::abs(value));
  bound *= std::sqrt(static_cast<float>(gains.size()));
  const bool whole = gain.dim(0) % Info(DType::kQ8Affine).block_values == 0;
  return history == HistoryType::k8Bit && whole && bound < kF16Max ? DType::kQ8Affine : DType::kF32;
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

Tensor CopyFrame(Device& device, ConstView x) {
  Tensor copy = device.New(x.shape());
  device.Copy(x, copy);
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
                                        int64_t in, int64_t kernel_space, DType input_type,
                                        int64_t part_count) {
  CausalConv3d layer;
  layer.conv_ = TRY(TakeConv(device, weights, name, in, {kTaps, kernel_space, kernel_space}));
  layer.pad_ = static_cast<uint32_t>(kernel_space / 2);
  layer.input_type_ = input_type;
  if (layer.out_channels() % part_count != 0) {
    return Error::Invalid("{}: {} has {} output channels, not a multiple of {}", weights.origin(),
                          name, layer.out_channels(), part_count);
  }
  for (int64_t part = 0; part < part_count; ++part) {
    layer.packed_parts_.push_back(device.Pack(PartOf(layer.conv_.weight, part, part_count)));
  }
  return layer;
}

Tensor CausalConv3d::NewInput(Device& device, int64_t height, int64_t width) const {
  return device.New(Shape{1, height, width, in_channels()}, input_type_);
}

Status CausalConv3d::Convolve(Device& device, const Tensor& input, int64_t part, ConstView residual,
                              View y) {
  const int64_t part_count = static_cast<int64_t>(packed_parts_.size());
  const Weight weight = PartOf(conv_.weight, part, part_count);
  const int64_t count = weight.view.dim(0);
  const op::Conv3d::Axis space{.stride = 1, .pad_front = pad_, .pad_back = pad_};
  const std::vector<ConstView> earlier(earlier_.begin(), earlier_.end());
  const auto missing = static_cast<uint32_t>(kHistoryFrames - earlier.size());
  return device.Run(op::Conv3d{.earlier = earlier,
                               .x = input,
                               .weight = &weight,
                               .packed = packed_parts_[static_cast<size_t>(part)].get(),
                               .bias = conv_.bias.view().Items(part * count, count),
                               .time = {.stride = 1, .pad_front = missing, .pad_back = 0},
                               .height = space,
                               .width = space,
                               .residual = residual,
                               .y = y});
}

Result<Tensor> CausalConv3d::Run(Device& device, Tensor input) {
  Tensor y = device.New(input.shape().WithAxis(3, out_channels()));
  TRY(Convolve(device, input, 0, {}, y));
  Remember(std::move(input));
  return y;
}

Status CausalConv3d::RunInto(Device& device, Tensor input, View residual_and_y) {
  TRY(Convolve(device, input, 0, residual_and_y, residual_and_y));
  Remember(std::move(input));
  return Ok();
}

Status CausalConv3d::RunPart(Device& device, const Tensor& input, int64_t part, View y) {
  return Convolve(device, input, part, {}, y);
}

void CausalConv3d::Remember(Tensor input) {
  if (earlier_.size() == kHistoryFrames) earlier_.erase(earlier_.begin());
  earlier_.push_back(std::move(input));
}

Result<ResidualBlock> ResidualBlock::Load(Device& device, TensorSet& weights,
                                          const std::string& name, int64_t in,
                                          HistoryType history) {
  ResidualBlock block;
  block.norm1_ = TRY(LoadGain(device, weights, name + ".residual.0.gamma", in));
  block.conv1_ = TRY(CausalConv3d::Load(device, weights, name + ".residual.2", in, 3,
                                        InputType(device, block.norm1_, history)));
  const int64_t out = block.conv1_.out_channels();
  block.norm2_ = TRY(LoadGain(device, weights, name + ".residual.3.gamma", out));
  block.conv2_ = TRY(CausalConv3d::Load(device, weights, name + ".residual.6", out, 3,
                                        InputType(device, block.norm2_, history)));
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
  const int64_t height = x.dim(1), width = x.dim(2);
  Tensor input = conv1_.NewInput(device, height, width);
  TRY(NormSilu(device, x, norm1_, input));
  if (shortcut_.weight) {
    // Only the skip still needs x itself.
    Tensor skip = TRY(PointwiseConv(device, shortcut_, x));
    x = std::move(skip);
  }
  Tensor h = TRY(conv1_.Run(device, std::move(input)));
  input = conv2_.NewInput(device, height, width);
  TRY(NormSilu(device, h, norm2_, input));
  h.Reset();
  TRY(conv2_.RunInto(device, std::move(input), x));
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
  Tensor y = device.New(x.shape());
  TRY(device.Run(op::ChannelNorm{.x = x, .weight = norm_, .y = y}));
  const Tensor qkv = TRY(PointwiseConv(device, qkv_, y));
  const View rows = Rows(qkv.view());
  TRY(device.Run(op::Attention{.q = rows.Columns(0, channels).As(head),
                               .k = rows.Columns(channels, channels).As(head),
                               .v = rows.Columns(2 * channels, channels).As(head),
                               .scale = 1 / std::sqrt(static_cast<float>(channels)),
                               .out = y.view().As(head)}));
  TRY(PointwiseConvInto(device, proj_, y, x));
  return x;
}

Result<Middle> Middle::Load(Device& device, TensorSet& weights, const std::string& name,
                            int64_t channels, HistoryType history) {
  Middle middle;
  middle.first_ = TRY(ResidualBlock::Load(device, weights, name + ".0", channels, history));
  middle.attention_ = TRY(PlaneAttention::Load(device, weights, name + ".1", channels));
  middle.last_ = TRY(ResidualBlock::Load(device, weights, name + ".2", channels, history));
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
    layer.time_ =
        TRY(CausalConv3d::Load(device, weights, name + ".time_conv", in, 1, DType::kF32, 2));
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

Result<Tensor> Upsample::NextFrame(Device& device, Tensor& x, int64_t index, int64_t count) {
  // The first frame of a clip stays one, and is not history for the next: those see zeros before
  // them.
  started_ = true;
  if (count == 1) return std::move(x);
  Tensor y = device.New(x.shape());
  // Channels [0, C) are the earlier, [C, 2C) the later frame of each pair.
  TRY(time_.RunPart(device, x, index, y));
  if (index + 1 == count) time_.Remember(std::move(x));
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

Result<Tensor> Downsample::Forward(Device& device, ConstView x) {
  Tensor frame = device.New(Shape{1, x.dim(1) / 2, x.dim(2) / 2, space_.out_channels()});
  const op::Conv3d::Axis half{.stride = 2, .pad_front = 0, .pad_back = 1};
  TRY(device.Run(op::Conv3d{.x = x,
                            .weight = &space_.weight,
                            .packed = space_.packed.get(),
                            .bias = space_.bias,
                            .height = half,
                            .width = half,
                            .y = frame}));
  if (!in_time()) return frame;
  Tensor y;
  if (earlier_.empty()) {
    y = CopyFrame(device, frame);
  } else if (earlier_.size() == kHistoryFrames) {
    const std::vector<ConstView> earlier(earlier_.begin(), earlier_.end());
    y = device.New(frame.shape().WithAxis(3, time_.out_channels()));
    TRY(device.Run(op::Conv3d{.earlier = earlier,
                              .x = frame,
                              .weight = &time_.weight,
                              .packed = time_.packed.get(),
                              .bias = time_.bias,
                              .y = y}));
    earlier_.clear();
  }
  earlier_.push_back(std::move(frame));
  return y;
}

Result<Head> Head::Load(Device& device, TensorSet& weights, const std::string& name, int64_t in) {
  Head head;
  head.norm_ = TRY(LoadGain(device, weights, name + ".0.gamma", in));
  const int64_t out = TRY(OutChannels(weights, name + ".2"));
  const Weight stored = ToF32(TRY(weights.Take(name + ".2.weight", Shape{out, in, kTaps, 3, 3})));
  const std::span<const float> from = stored.view.f32_span();
  constexpr int64_t kPlane = 3 * 3;
  std::vector<float> values(from.size());
  for (int64_t channel = 0; channel < out * in; ++channel) {
    for (int64_t tap = 0; tap < kTaps; ++tap) {
      std::copy_n(from.begin() + (channel * kTaps + tap) * kPlane, kPlane,
                  values.begin() + (tap * out * in + channel) * kPlane);
    }
  }
  head.weight_ = MakeWeight(values, Shape{kTaps * out, in, 3, 3}, DType::kF32);
  head.packed_ = device.Pack(head.weight_);
  const Weight bias = ToF32(TRY(weights.Take(name + ".2.bias", Shape{out})));
  std::vector<float> biases(static_cast<size_t>(2 * out), 0.0f);
  biases.insert(biases.end(), bias.view.f32_span().begin(), bias.view.f32_span().end());
  head.bias_ = device.Upload(biases, Shape{kTaps * out});
  return head;
}

void Head::Reset() {
  next_.Reset();
  after_next_.Reset();
}

Result<Tensor> Head::Forward(Device& device, Tensor x) {
  const int64_t height = x.dim(1), width = x.dim(2), out = out_channels();
  TRY(NormSilu(device, x, norm_, x));
  Tensor parts = device.New(Shape{1, height, width, kTaps * out});
  const op::Conv3d::Axis axis{.stride = 1, .pad_front = 1, .pad_back = 1};
  TRY(device.Run(op::Conv3d{.x = x,
                            .weight = &weight_,
                            .packed = packed_.get(),
                            .bias = bias_,
                            .height = axis,
                            .width = axis,
                            .y = parts}));
  x.Reset();
  // What this frame adds to the output two frames later, one later, and now.
  const View columns = Rows(parts.view());
  Tensor y = device.New(Shape{1, height, width, out});
  Tensor next = device.New(Shape{height * width, out});
  Tensor after_next = device.New(Shape{height * width, out});
  TRY(device.Run(
      op::Elementwise{.x0 = columns.Columns(2 * out, out), .x1 = next_, .y = Rows(y.view())}));
  TRY(device.Run(op::Elementwise{.x0 = columns.Columns(out, out), .x1 = after_next_, .y = next}));
  TRY(device.Run(op::Elementwise{.x0 = columns.Columns(0, out), .y = after_next}));
  next_ = std::move(next);
  after_next_ = std::move(after_next);
  return y;
}

}  // namespace aozora::wan
