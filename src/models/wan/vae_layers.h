// SPDX-License-Identifier: Apache-2.0
// What the VAEs of Wan 2.1 and 2.2 have in common: convolutions that are causal in time and keep
// their last input frames between calls, and the blocks made of them. A clip passes through frame
// by frame; the result is the same as for the whole clip at once (Wan2.2, wan/modules/vae2_1.py and
// vae2_2.py).
//
// Activations are single frames [1, Y, X, C], where nothing else is said. Every layer with a
// history has Reset(), called at the start of a clip.
//
// Memory: the two input frames that each 3x3x3 convolution remembers are nearly all there is. They
// are what decides the next frames, so without them layers before would have to be computed again.
// What can be chosen is how they are stored. In 8 bits (HistoryType) they take little more than a
// quarter, and what the convolution sees of its input is rounded to 1/255 of the range of each 32
// channels.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "op/device.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

using op::Device;
using op::Tensor;

// Weight, packing and bias of one convolution.
struct ConvWeights {
  Weight weight;
  std::unique_ptr<op::Packed> packed;
  Tensor bias;

  int64_t out_channels() const { return weight.view.dim(0); }
  int64_t in_channels() const { return weight.view.dim(1); }
};

// Takes NAME.weight, of `in` channels and the kernel given ([ky, kx] or [kt, ky, kx]; the number of
// output channels is the tensor's own), and NAME.bias. Kernels of size 1 become matrices, for
// Linear.
Result<ConvWeights> LoadConv(Device& device, TensorSet& weights, const std::string& name,
                             int64_t in, std::initializer_list<int64_t> kernel);

// y = x W^T + bias at every position, and + residual (which is then overwritten by y).
Result<Tensor> PointwiseConv(Device& device, const ConvWeights& conv, ConstView x);
Status PointwiseConvInto(Device& device, const ConvWeights& conv, ConstView x, View residual_and_y);

// 3x3x3 or 3x1x1, stride 1 in time. The two frames before are its history: zeros at the start of a
// clip.
class CausalConv3d {
 public:
  // `input_type` is what input frames are stored as, f32 or q8_affine. With part_count > 1 the
  // output channels are computed in that many equal parts (RunPart).
  static Result<CausalConv3d> Load(Device& device, TensorSet& weights, const std::string& name,
                                   int64_t in, int64_t kernel_space, DType input_type = DType::kF32,
                                   int64_t part_count = 1);
  void Reset() { earlier_.clear(); }
  int64_t in_channels() const { return conv_.in_channels(); }
  int64_t out_channels() const { return conv_.out_channels(); }

  // Memory for an input frame. It is given to Run, which keeps it as history: nothing is copied.
  Tensor NewInput(Device& device, int64_t height, int64_t width) const;
  Result<Tensor> Run(Device& device, Tensor input);
  // y = residual + conv(input) + bias, in place.
  Status RunInto(Device& device, Tensor input, View residual_and_y);
  // One part of the output channels, without remembering the input yet.
  Status RunPart(Device& device, const Tensor& input, int64_t part, View y);
  void Remember(Tensor input);

 private:
  Status Convolve(Device& device, const Tensor& input, int64_t part, ConstView residual, View y);

  ConvWeights conv_;                                       // its `packed` is empty:
  std::vector<std::unique_ptr<op::Packed>> packed_parts_;  // one for each part
  DType input_type_ = DType::kF32;
  std::vector<Tensor> earlier_;  // up to two, oldest first
  uint32_t pad_ = 0;
};

// How the histories of a network are stored.
enum class HistoryType : uint8_t { kF32, k8Bit };

// x + conv(silu(norm(conv(silu(norm(x)))))), with a 1x1x1 convolution on the skip where the number
// of channels changes.
class ResidualBlock {
 public:
  static Result<ResidualBlock> Load(Device& device, TensorSet& weights, const std::string& name,
                                    int64_t in, HistoryType history);
  void Reset();
  int64_t out_channels() const { return conv2_.out_channels(); }
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  Tensor norm1_, norm2_;
  CausalConv3d conv1_, conv2_;
  ConvWeights shortcut_;  // empty weight: identity
};

// Self-attention over the positions of each frame, one head over all channels.
class PlaneAttention {
 public:
  static Result<PlaneAttention> Load(Device& device, TensorSet& weights, const std::string& name,
                                     int64_t channels);
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  Tensor norm_;
  ConvWeights qkv_, proj_;
};

// Residual block, attention, residual block: the middle of encoder and decoder.
class Middle {
 public:
  static Result<Middle> Load(Device& device, TensorSet& weights, const std::string& name,
                             int64_t channels, HistoryType history);
  void Reset();
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  ResidualBlock first_, last_;
  PlaneAttention attention_;
};

// Twice the size by repetition and a 3x3 convolution; before that, where the checkpoint has a
// time_conv, twice the frames: all but the first frame of a clip become two. They are made one by
// one, so that of a pair one need not wait while the other goes on to larger pictures.
class Upsample {
 public:
  static Result<Upsample> Load(Device& device, TensorSet& weights, const std::string& name,
                               int64_t in);
  void Reset();
  bool in_time() const { return has_time_; }
  int64_t out_channels() const { return space_.out_channels(); }
  // How many frames the next one becomes.
  int64_t frame_count() const { return has_time_ && started_ ? 2 : 1; }
  // Frame `index` of the `count` = frame_count() that x becomes, in order; the last takes x itself.
  Result<Tensor> NextFrame(Device& device, Tensor& x, int64_t index, int64_t count);
  // Of one frame. With a residual (a view of the result's shape), that is added.
  Result<Tensor> DoubleSpace(Device& device, ConstView x, ConstView residual = {});

 private:
  ConvWeights space_;
  CausalConv3d time_;
  bool has_time_ = false;
  bool started_ = false;
};

// Half the size (3x3, stride 2, one zero row and column behind), then, with a time_conv, half the
// frames: the first frame of a clip passes, the others go in pairs.
class Downsample {
 public:
  static Result<Downsample> Load(Device& device, TensorSet& weights, const std::string& name,
                                 int64_t in);
  void Reset() { earlier_.clear(); }
  bool in_time() const { return static_cast<bool>(time_.weight); }
  // Empty for the first frame of a pair.
  Result<Tensor> Forward(Device& device, ConstView x);

 private:
  ConvWeights space_;
  ConvWeights time_;             // empty weight: none
  std::vector<Tensor> earlier_;  // the last frame of the pair before, the first one of this pair
};

// norm, silu, causal 3x3x3 convolution: the last layers of encoder and decoder. Few channels come
// out of many, so the history is kept as what its frames will add to the next two outputs.
class Head {
 public:
  static Result<Head> Load(Device& device, TensorSet& weights, const std::string& name, int64_t in);
  void Reset();
  int64_t out_channels() const { return bias_.dim(0) / 3; }
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  Tensor norm_;
  Weight
      weight_;  // [3 * out, in, ky, kx]: the taps two frames before, one before, and at the frame
  std::unique_ptr<op::Packed> packed_;
  Tensor bias_;               // [3 * out]: zeros but for the last part
  Tensor next_, after_next_;  // [Y * X, out], or empty: zeros
};

// A gain stored as [C, 1, 1] or [C, 1, 1, 1].
Result<Tensor> LoadGain(Device& device, TensorSet& weights, const std::string& name,
                        int64_t channels);

Tensor CopyFrame(Device& device, ConstView x);

}  // namespace aozora::wan
