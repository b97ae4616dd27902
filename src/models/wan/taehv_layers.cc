// SPDX-License-Identifier: Apache-2.0
#include "models/wan/taehv_layers.h"

#include <fmt/core.h>

#include <algorithm>

#include "models/wan/vae_layers.h"

namespace aozora::wan {
namespace {

using Frames = std::vector<Tensor>;

Frames One(Tensor x) {
  Frames frames;
  frames.push_back(std::move(x));
  return frames;
}

ConstView ReadRows(const Tensor& x) {
  const View view = x.view();
  return view.As(Shape{view.count() / view.dim(3), view.dim(3)});
}
View WriteRows(const Tensor& x) {
  const View view = x.view();
  return view.As(Shape{view.count() / view.dim(3), view.dim(3)});
}

op::Activation Relu(bool relu) { return relu ? op::Activation::kRelu : op::Activation::kNone; }

// Input channels [begin, begin + count) of a weight [out, in, ...].
Weight SliceInputs(const Weight& weight, int64_t begin, int64_t count) {
  const Weight f32 = ToF32(weight);
  const Shape& shape = f32.view.shape();
  const int64_t taps = shape.item_count() / shape[1];
  std::vector<float> values;
  for (int64_t out = 0; out < shape[0]; ++out) {
    const float* from = f32.view.f32() + (out * shape[1] + begin) * taps;
    values.insert(values.end(), from, from + count * taps);
  }
  return MakeWeight(values, shape.WithAxis(1, count), DType::kF32);
}

// A weight with its packing and, if the checkpoint has one, its bias.
struct Parameters {
  Weight weight;
  std::unique_ptr<op::Packed> packed;
  Tensor bias;

  int64_t out_channels() const { return weight.view.dim(0); }
};

Parameters Packed(Device& device, Weight weight) {
  Parameters made;
  made.packed = device.Pack(weight);
  made.weight = std::move(weight);
  return made;
}

// NAME.weight [out, in, kernel, kernel], out being the tensor's own.
Result<Weight> TakeWeight(TensorSet& weights, const std::string& name, int64_t in, int64_t kernel) {
  const Weight* found = weights.Find(name + ".weight");
  const int64_t out = found != nullptr && found->view.shape().rank() > 0 ? found->view.dim(0) : 1;
  return weights.Take(name + ".weight", Shape{out, in, kernel, kernel});
}

Result<Parameters> Load(Device& device, TensorSet& weights, const std::string& name, int64_t in,
                        int64_t kernel) {
  Weight weight = TRY(TakeWeight(weights, name, in, kernel));
  const int64_t out = weight.view.dim(0);
  if (kernel == 1) weight.view = weight.view.As(Shape{out, in});
  Parameters made = Packed(device, std::move(weight));
  const Weight bias = TRY(weights.TakeOptional(name + ".bias", Shape{out}));
  if (bias) made.bias = device.UploadF32(bias);
  return made;
}

op::Conv3d Convolution(const Parameters& p, ConstView x, View y, int64_t kernel = 3) {
  const auto pad = static_cast<uint32_t>(kernel / 2);
  const op::Conv3d::Axis axis{.stride = 1, .pad_front = pad, .pad_back = pad};
  return op::Conv3d{.x = x,
                    .weight = &p.weight,
                    .packed = p.packed.get(),
                    .bias = p.bias,
                    .height = axis,
                    .width = axis,
                    .y = y};
}

op::Linear Pointwise(const Parameters& p, const Tensor& x, const Tensor& y) {
  return op::Linear{.x = ReadRows(x),
                    .weight = &p.weight,
                    .packed = p.packed.get(),
                    .bias = p.bias,
                    .y = WriteRows(y)};
}

class ClampLayer : public TinyLayer {
 public:
  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    constexpr float kRange = 3;
    TRY(device.Run(
        op::Elementwise{.x0 = x, .a = 1 / kRange, .activation = op::Activation::kTanh, .y = x}));
    TRY(device.Run(op::Elementwise{.x0 = x, .a = kRange, .y = x}));
    return One(std::move(x));
  }
};

class ConvLayer : public TinyLayer {
 public:
  ConvLayer(Parameters conv, const TinyBuilder::ConvOptions& options)
      : conv_(std::move(conv)), options_(options) {}

  Result<Frames> Forward(Device& device, Tensor x, bool relu) override {
    const auto size = [&](int64_t in) {
      return (in * options_.upsample + options_.stride - 1) / options_.stride;
    };
    Tensor y = device.New(Shape{1, size(x.dim(1)), size(x.dim(2)), conv_.out_channels()});
    if (options_.kernel == 1) {
      op::Linear linear = Pointwise(conv_, x, y);
      linear.activation = Relu(relu && options_.relu);
      TRY(device.Run(linear));
      return One(std::move(y));
    }
    op::Conv3d conv = Convolution(conv_, x, y, options_.kernel);
    conv.height.stride = conv.width.stride = options_.stride;
    conv.upsample = options_.upsample;
    conv.activation = Relu(relu && options_.relu);
    TRY(device.Run(conv));
    return One(std::move(y));
  }

 private:
  Parameters conv_;
  const TinyBuilder::ConvOptions options_;
};

// relu(conv(relu(conv(relu(conv([x, the frame before]))))) + skip(x))
class MemLayer : public TinyLayer {
 public:
  Status Load(Device& device, TensorSet& weights, const std::string& name, int64_t in);
  int64_t out_channels() const { return third_.out_channels(); }
  void Reset() override { past_.Reset(); }

  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    const Shape shape = x.shape().WithAxis(3, out_channels());
    Tensor h = device.New(shape);
    op::Conv3d conv = Convolution(first_, x, h);
    const ConstView past[] = {past_};
    if (past_) conv.earlier = past;
    conv.time.pad_front = past_ ? 0 : 1;
    conv.activation = op::Activation::kRelu;
    TRY(device.Run(conv));
    past_.Reset();
    Tensor y = device.New(shape);
    conv = Convolution(second_, h, y);
    conv.activation = op::Activation::kRelu;
    TRY(device.Run(conv));
    std::swap(h, y);  // the first is not needed any more
    ConstView skip = x;
    if (skip_.weight) {
      TRY(device.Run(Pointwise(skip_, x, y)));
      skip = y;
    }
    conv = Convolution(third_, h, y);
    conv.residual = skip;
    conv.activation = op::Activation::kRelu;
    TRY(device.Run(conv));
    past_ = std::move(x);
    return One(std::move(y));
  }

 private:
  Parameters first_, second_, third_;
  Parameters skip_;  // empty weight: identity
  Tensor past_;      // the input before, or empty: zeros
};

Status MemLayer::Load(Device& device, TensorSet& weights, const std::string& name, int64_t in) {
  // The original puts the frame before behind the channels of the frame; here it is a tap in time.
  const Weight stored = ToF32(TRY(TakeWeight(weights, name + ".conv.0", 2 * in, 3)));
  const int64_t out = stored.view.dim(0);
  constexpr int64_t kTaps = 3 * 3;
  std::vector<float> values;
  values.reserve(static_cast<size_t>(stored.view.count()));
  for (int64_t o = 0; o < out; ++o) {
    for (int64_t i = 0; i < in; ++i) {
      for (const int64_t half : {1, 0}) {
        const float* from = stored.view.f32() + ((o * 2 + half) * in + i) * kTaps;
        values.insert(values.end(), from, from + kTaps);
      }
    }
  }
  first_ = Packed(device, MakeWeight(values, Shape{out, in, 2, 3, 3}, DType::kF32));
  first_.bias = device.UploadF32(TRY(weights.Take(name + ".conv.0.bias", Shape{out})));
  second_ = TRY(wan::Load(device, weights, name + ".conv.2", out, 3));
  third_ = TRY(wan::Load(device, weights, name + ".conv.4", out, 3));
  if (second_.out_channels() != out || third_.out_channels() != out) {
    return Error::Invalid("{}: {} has different widths inside", weights.origin(), name);
  }
  if (in != out) {
    skip_ = TRY(wan::Load(device, weights, name + ".skip", in, 1));
    if (skip_.out_channels() != out) {
      return Error::Invalid("{}: {}.skip does not fit {} channels", weights.origin(), name, out);
    }
  }
  return Ok();
}

// x + pointwise(relu(pointwise(depthwise([x, the frame before]))))
class SuperMemLayer : public TinyLayer {
 public:
  Status Load(Device& device, TensorSet& weights, const std::string& name, int64_t channels) {
    depthwise_ = TRY(wan::Load(device, weights, name + ".conv.0", 1, kKernel));
    const int64_t joined = 2 * channels;
    if (depthwise_.out_channels() != joined) {
      return Error::Invalid("{}: {} does not fit {} channels", weights.origin(), name, channels);
    }
    wide_ = TRY(wan::Load(device, weights, name + ".conv.1", joined, 1));
    narrow_ = TRY(wan::Load(device, weights, name + ".conv.3", wide_.out_channels(), 1));
    if (narrow_.out_channels() != channels) {
      return Error::Invalid("{}: {} does not fit {} channels", weights.origin(), name, channels);
    }
    return Ok();
  }
  void Reset() override { past_.Reset(); }

  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    const int64_t channels = x.dim(3);
    const Shape shape = x.shape();
    Tensor joined = device.New(shape.WithAxis(3, 2 * channels));
    const View columns = WriteRows(joined);
    TRY(device.Run(op::Elementwise{.x0 = ReadRows(x), .y = columns.Columns(0, channels)}));
    if (!past_) {
      past_ = device.New(shape);
      device.Zero(past_);
    }
    TRY(device.Run(
        op::Elementwise{.x0 = ReadRows(past_), .y = columns.Columns(channels, channels)}));
    past_.Reset();
    Tensor mixed = device.New(joined.shape());
    op::Conv3d conv = Convolution(depthwise_, joined, mixed, kKernel);
    conv.depthwise = true;
    TRY(device.Run(conv));
    joined.Reset();
    const Tensor wide = device.New(shape.WithAxis(3, wide_.out_channels()));
    op::Linear linear = Pointwise(wide_, mixed, wide);
    linear.activation = op::Activation::kRelu;
    TRY(device.Run(linear));
    mixed.Reset();
    Tensor y = device.New(shape);
    linear = Pointwise(narrow_, wide, y);
    linear.residual = ReadRows(x);
    TRY(device.Run(linear));
    past_ = std::move(x);
    return One(std::move(y));
  }

 private:
  static constexpr int64_t kKernel = 7;
  Parameters depthwise_, wide_, narrow_;
  Tensor past_;  // the input before, or empty: zeros
};

// Blocks of channels of a 1x1 convolution are frames, one after the other.
class GrowLayer : public TinyLayer {
 public:
  Status Load(Device& device, TensorSet& weights, const std::string& name, int64_t channels) {
    Weight weight = TRY(TakeWeight(weights, name, channels, 1));
    const int64_t out = weight.view.dim(0);
    if (out == 0 || out % channels != 0) {
      return Error::Invalid("{}: {} gives {} channels, not a multiple of {}", weights.origin(),
                            name, out, channels);
    }
    weight.view = weight.view.As(Shape{out, channels});
    for (int64_t begin = 0; begin < out; begin += channels) {
      Weight part = weight;
      part.view = weight.view.Items(begin, channels);
      parts_.push_back(Packed(device, std::move(part)));
    }
    return Ok();
  }
  int64_t stride() const { return static_cast<int64_t>(parts_.size()); }

  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    Frames frames;
    for (const Parameters& part : parts_) {
      frames.push_back(device.New(x.shape()));
      TRY(device.Run(Pointwise(part, x, frames.back())));
    }
    return frames;
  }

 private:
  std::vector<Parameters> parts_;
};

// A 1x1 convolution of the channels of several frames, added up as they come.
class PoolLayer : public TinyLayer {
 public:
  Status Load(Device& device, TensorSet& weights, const std::string& name, int64_t channels) {
    const Weight* found = weights.Find(name + ".weight");
    const int64_t in = found != nullptr && found->view.shape().rank() == 4 ? found->view.dim(1) : 0;
    if (in == 0 || in % channels != 0) {
      return Error::Invalid("{}: {} takes {} channels, not a multiple of {}", weights.origin(),
                            name, in, channels);
    }
    const Weight weight = TRY(TakeWeight(weights, name, in, 1));
    for (int64_t begin = 0; begin < in; begin += channels) {
      Weight part = SliceInputs(weight, begin, channels);
      part.view = part.view.As(Shape{part.view.dim(0), channels});
      parts_.push_back(Packed(device, std::move(part)));
    }
    return Ok();
  }
  int64_t out_channels() const { return parts_.front().out_channels(); }
  void Reset() override {
    sum_.Reset();
    next_ = 0;
  }

  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    const Parameters& part = parts_[next_];
    const bool first = next_ == 0;
    if (first) sum_ = device.New(x.shape().WithAxis(3, out_channels()));
    op::Linear linear = Pointwise(part, x, sum_);
    if (!first) linear.residual = ReadRows(sum_);
    TRY(device.Run(linear));
    next_ = (next_ + 1) % parts_.size();
    return next_ == 0 ? One(std::move(sum_)) : Frames();
  }

 private:
  std::vector<Parameters> parts_;
  size_t next_ = 0;
  Tensor sum_;
};

class ShuffleLayer : public TinyLayer {
 public:
  explicit ShuffleLayer(int64_t factor) : factor_(factor) {}
  Result<Frames> Forward(Device& device, Tensor x, bool) override {
    const int64_t height = x.dim(1), width = x.dim(2), out = x.dim(3) / (factor_ * factor_);
    Tensor y = device.New(Shape{1, height * factor_, width * factor_, out});
    const int order[] = {0, 3, 1, 4, 2};  // [Y, X, c, dy, dx] -> [Y, dy, X, dx, c]
    TRY(device.Run(op::Permute{.x = x.view().As(Shape{height, width, out, factor_, factor_}),
                               .order = order,
                               .y = y.view().As(Shape{height, factor_, width, factor_, out})}));
    return One(std::move(y));
  }

 private:
  const int64_t factor_;
};

}  // namespace

std::string TinyBuilder::Name(int index, std::string_view rest) const {
  return fmt::format("{}.{}{}", half_, index, rest);
}

void TinyBuilder::Add(int index, std::unique_ptr<TinyLayer> layer, bool relu) {
  TinyEntry& entry = entries_.emplace_back();
  entry.index = index;
  entry.layer = std::move(layer);
  entry.relu = relu;
}

Status TinyBuilder::Clamp(int index) {
  Add(index, std::make_unique<ClampLayer>());
  return Ok();
}

Status TinyBuilder::Conv(int index, const ConvOptions& options) {
  Parameters conv = TRY(Load(device_, weights_, Name(index), channels_, options.kernel));
  channels_ = conv.out_channels();
  Add(index, std::make_unique<ConvLayer>(std::move(conv), options), options.relu);
  return Ok();
}

Status TinyBuilder::MemBlock(int index) {
  auto layer = std::make_unique<MemLayer>();
  TRY(layer->Load(device_, weights_, Name(index), channels_));
  channels_ = layer->out_channels();
  Add(index, std::move(layer));
  return Ok();
}

Status TinyBuilder::SuperMemBlock(int index) {
  auto layer = std::make_unique<SuperMemLayer>();
  TRY(layer->Load(device_, weights_, Name(index), channels_));
  Add(index, std::move(layer));
  return Ok();
}

Status TinyBuilder::Grow(int index, bool enlarged_later) {
  auto layer = std::make_unique<GrowLayer>();
  TRY(layer->Load(device_, weights_, Name(index, ".conv"), channels_));
  const int64_t stride = layer->stride();
  Add(index, std::move(layer));
  entries_.back().time_stride = stride;
  entries_.back().enlarged_later = enlarged_later;
  return Ok();
}

Status TinyBuilder::Pool(int index) {
  auto layer = std::make_unique<PoolLayer>();
  TRY(layer->Load(device_, weights_, Name(index, ".conv"), channels_));
  channels_ = layer->out_channels();
  Add(index, std::move(layer));
  return Ok();
}

Status TinyBuilder::Shuffle(int64_t factor) {
  if (channels_ % (factor * factor) != 0) {
    return Error::Invalid("{}: {} channels cannot become {}x{} positions", weights_.origin(),
                          channels_, factor, factor);
  }
  channels_ /= factor * factor;
  Add(-1, std::make_unique<ShuffleLayer>(factor));
  return Ok();
}

}  // namespace aozora::wan
