// SPDX-License-Identifier: Apache-2.0
// The operations that networks are made of, as data. A model says what is to be computed; a backend
// (op/backend.h) computes it. Activations are f32 on the device; weights come in any dtype.
//
// Letters: M tokens (rows), K and N features, H heads, D features of a head, T frames, Y rows,
// X columns, C channels; R modulation rows. Video activations are channels-last: [T, Y, X, C].
// Empty views are absent options. Outputs may be the same memory as an input only where said. A NaN
// spreads to every value that depends on it: no op, not even a clamp, turns one into a number.
// Items of axis 0 may lie apart (tensor/view.h), except where an op says dense and in vectors [N].
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "tensor/view.h"
#include "tensor/weight.h"

namespace aozora::op {

enum class Activation : uint8_t {
  kNone,
  kSilu,      // x * sigmoid(x)
  kGeluTanh,  // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  kRelu,
  kTanh,
};

// A parameter as a backend wants it. Pack once (Device::Pack), use often. Biases, gains and
// tables are weights too; ops take those as f32 views of device memory (Device::UploadF32).
class Packed {
 public:
  virtual ~Packed() = default;
};

// For each row of a matrix, which row of a modulation table ([R, N]) applies to it. Empty: row 0
// for all. Timesteps differ between tokens only in image-to-video, where R is 2.
using RowIndex = std::span<const uint32_t>;

// y = residual + gate[row] * act(x W^T + bias)
struct Linear {
  ConstView x = {};                // [M, K]
  const Weight* weight = nullptr;  // [N, K], any dtype
  const Packed* packed = nullptr;  // what Device::Pack made of `weight`, or null
  ConstView bias = {};             // [N] or empty
  Activation activation = Activation::kNone;
  ConstView gate = {};  // [R, N] or empty
  RowIndex gate_row = {};
  ConstView residual = {};  // [M, N] or empty; may be y
  View y = {};              // [M, N]
};

// out = softmax(scale * q k^T + bias + log_weight) v, head by head; never masked by causality.
// With last_key_count = n the last key stands for n identical keys: log n is added to its logit.
// That is how the padding rows of a prompt cost one row (each has the same key and value).
struct Attention {
  ConstView q = {};  // [M, H, D]
  ConstView k = {};  // [N, H, D]
  ConstView v = {};  // [N, H, D]
  float scale = 1;
  uint32_t last_key_count = 1;
  ConstView bias = {};  // [H, M, N] or empty: relative positions
  View out = {};        // [M, H, D]
};

// y = ((x - mean) / sqrt(var + eps)) * weight + bias, then * (1 + scale[row]) + shift[row].
// Mean and (biased) variance over the row.
struct LayerNorm {
  ConstView x = {};  // [M, C]
  float eps = 0;
  ConstView weight = {};  // [C] or empty
  ConstView bias = {};    // [C] or empty
  ConstView scale = {};   // [R, C] or empty
  ConstView shift = {};   // [R, C] or empty
  RowIndex row = {};
  View y = {};  // [M, C]; may be x
};

// y = x / sqrt(mean(x^2) + eps) * weight, over the whole row; then, if `rotation` is given, each
// head of the row is rotated: pair (2i, 2i+1) of a head times the complex number rotation[m, i].
struct RmsNorm {
  ConstView x = {};  // [M, C]
  float eps = 0;
  ConstView weight = {};    // [C]
  ConstView rotation = {};  // [M, D/2, 2] (cos, sin) or empty; C is a multiple of D
  View y = {};              // [M, C]; may be x
};

// y = act(x / max(|x|_2, eps) * sqrt(C) * weight) over the channels of each position. y is f32, or
// q8_affine (whole blocks of channels) for what is kept for long and read by Conv3d.
struct ChannelNorm {
  ConstView x = {};  // [..., C]
  float eps = 1e-12f;
  ConstView weight = {};  // [C]
  Activation activation = Activation::kNone;
  View y = {};  // like x; may be x
};

// y = act(conv(x, W) + bias + residual). x is padded with zeros by `pad`; the caller brings earlier
// frames in x itself. Output size of an axis: (in + pad_front + pad_back - kernel) / stride + 1.
// With `upsample` 2 the picture is first enlarged twofold by repetition (nearest): a backend need
// not do so literally. 2-D convolutions have kernel time 1. With `depthwise` each output channel
// looks at the input channel of the same number only, and the weight's Cin is 1.
struct Conv3d {
  // What those who plan memory may count on: a backend that packs weights keeps the packed form,
  // f32, if it has at most so many bytes or y has fewer positions (T' Y' X') than that; any other
  // it makes anew for each run. A video decoder would otherwise keep all its weights a second time.
  static constexpr int64_t kKeptPackedBytesMax = int64_t{1} << 20;
  static constexpr int64_t kRepackPositionsMin = 256;

  struct Axis {
    uint32_t stride = 1;
    uint32_t pad_front = 0;
    uint32_t pad_back = 0;
  };
  // Frames that come before x in time, oldest first, each [1, Y, X, Cin] and like x f32 or
  // q8_affine: T counts them too. So a clip that streams by need not be copied together.
  std::span<const ConstView> earlier = {};
  ConstView x = {};                // [T - |earlier|, Y, X, Cin], f32 or q8_affine
  const Weight* weight = nullptr;  // [Cout, Cin, kt, ky, kx] or [Cout, Cin, ky, kx]
  const Packed* packed = nullptr;
  ConstView bias = {};  // [Cout] or empty
  Axis time = {}, height = {}, width = {};
  uint32_t upsample = 1;  // 1 or 2, of height and width
  bool depthwise = false;
  ConstView residual = {};  // like y or empty; may be y
  Activation activation = Activation::kNone;
  View y = {};  // [T', Y', X', Cout]
};

// Axes in another order, as numpy.transpose(x, order); then an axis of size 1 is repeated to the
// size that y has there, as numpy.broadcast_to. Splits and joins of axes are reshapes of the views.
struct Permute {
  ConstView x = {};                 // rank <= Shape::kRankMax, dense
  std::span<const int> order = {};  // axis j of y is axis order[j] of x
  View y = {};                      // dense
};

// y = a * x0 + b * x1 (x1 may be empty), then the activation; or, with `multiply`, act(a * x0) *
// x1, which is a gate. Then clamped to [low, high]. x1 has the shape of x0, or [C] to be repeated
// along all leading axes.
struct Elementwise {
  ConstView x0 = {};
  ConstView x1 = {};
  float a = 1;
  float b = 1;
  bool multiply = false;  // then x1 is needed, and b is not used
  Activation activation = Activation::kNone;
  float low = -__builtin_inff();
  float high = __builtin_inff();
  View y = {};  // like x0; may be x0 or x1
};

// y[i] = mean over the last axis of x. [..., n] -> [...]
struct MeanLast {
  ConstView x = {};
  View y = {};
};

// y[i, :] = table[ids[i], :] as f32. Ids are checked by the caller.
struct Gather {
  const Weight* table = nullptr;      // [V, C], any dtype
  std::span<const int32_t> ids = {};  // [M]
  View y = {};                        // [M, C]
};

using Op = std::variant<Linear, Attention, LayerNorm, RmsNorm, ChannelNorm, Conv3d, Permute,
                        Elementwise, MeanLast, Gather>;

std::string_view Name(const Op& op);  // "linear", "attention" ...
std::string Describe(const Op& op);   // with its shapes: "linear [36, 256] x [288, 256]"
double Flops(const Op& op);           // multiply-adds count 2; 0 for ops that move data
// Crashes with the op's description if shapes or dtypes do not fit together: a bug of the caller.
void CheckShapes(const Op& op);

}  // namespace aozora::op
