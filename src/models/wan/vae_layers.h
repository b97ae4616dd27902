// SPDX-License-Identifier: Apache-2.0
// What the VAEs of Wan 2.1 and 2.2 have in common: convolutions that are causal in time and keep
// their last input frames between calls, and the blocks made of them. A clip passes through piece
// by piece; the result is the same as for the whole clip at once (Wan2.2, wan/modules/vae2_1.py and
// vae2_2.py).
//
// Activations are [T, Y, X, C]. Every layer with a history has Reset(), called at the start of a
// clip.
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

// 3x3x3 or 3x1x1, stride 1 in time, as many frames out as in. The two frames before the piece are
// its history: zeros at the start of a clip.
class CausalConv3d {
 public:
  // With part_count > 1 the output channels are computed in that many equal parts (RunPart).
  static Result<CausalConv3d> Load(Device& device, TensorSet& weights, const std::string& name,
                                   int64_t in, int64_t kernel_space, int64_t part_count = 1);
  void Reset() { history_.Reset(); }
  int64_t in_channels() const { return conv_.in_channels(); }
  int64_t out_channels() const { return conv_.out_channels(); }

  // The input of one call: write `fresh` ([T, Y, X, Cin]), then Run. The frames before it are
  // there.
  struct Window {
    Tensor frames;
    View fresh;
  };
  Window Open(Device& device, int64_t frame_count, int64_t height, int64_t width);
  // y = act(conv(window) + bias); with `residual_and_y`, y = residual + conv(window) + bias in
  // place.
  Result<Tensor> Run(Device& device, Window window);
  Status RunInto(Device& device, Window window, View residual_and_y);
  // Output channels [begin, begin + y's channels) alone, without ending the window: frames of y may
  // be interleaved with those of another part.
  Status RunPart(Device& device, const Window& window, int64_t begin, View y);
  void Close(Device& device, Window window);  // remembers the last frames

 private:
  Status Convolve(Device& device, const Window& window, int64_t part, ConstView residual, View y);

  ConvWeights conv_;                                       // its `packed` is empty:
  std::vector<std::unique_ptr<op::Packed>> packed_parts_;  // one for each part
  Tensor history_;                                         // [2, Y, X, Cin], or empty: zeros
  uint32_t pad_ = 0;
};

// x + conv(silu(norm(conv(silu(norm(x)))))), with a 1x1x1 convolution on the skip where the number
// of channels changes.
class ResidualBlock {
 public:
  static Result<ResidualBlock> Load(Device& device, TensorSet& weights, const std::string& name,
                                    int64_t in);
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
                             int64_t channels);
  void Reset();
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  ResidualBlock first_, last_;
  PlaneAttention attention_;
};

// Twice the size by repetition and a 3x3 convolution; before that, where the checkpoint has a
// time_conv, twice the frames: all but the first frame of a clip become two.
class Upsample {
 public:
  static Result<Upsample> Load(Device& device, TensorSet& weights, const std::string& name,
                               int64_t in);
  void Reset();
  bool in_time() const { return has_time_; }
  int64_t out_channels() const { return space_.out_channels(); }
  Result<Tensor> DoubleTime(Device& device, Tensor x);
  // With a residual (a view of the result's shape), that is added.
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
  void Reset();
  bool in_time() const { return static_cast<bool>(time_.weight); }
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  ConvWeights space_;
  ConvWeights time_;   // empty weight: none
  Tensor last_frame_;  // [1, Y, X, C], or empty at the start of a clip
};

// norm, silu, causal 3x3x3 convolution: the last layers of encoder and decoder.
class Head {
 public:
  static Result<Head> Load(Device& device, TensorSet& weights, const std::string& name, int64_t in);
  void Reset() { conv_.Reset(); }
  int64_t out_channels() const { return conv_.out_channels(); }
  Result<Tensor> Forward(Device& device, Tensor x);

 private:
  Tensor norm_;
  CausalConv3d conv_;
};

// A gain stored as [C, 1, 1] or [C, 1, 1, 1].
Result<Tensor> LoadGain(Device& device, TensorSet& weights, const std::string& name,
                        int64_t channels);

// The first axis' item at `frame` as a tensor of its own.
Tensor CopyFrame(Device& device, ConstView x, int64_t frame);

}  // namespace aozora::wan
