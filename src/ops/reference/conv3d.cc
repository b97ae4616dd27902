// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ops/reference/kernels.h"
#include "tensor/decode.h"

namespace aozora::ops::reference {
namespace {

struct Kernel {
  int64_t out_count, in_count;  // channels
  int64_t time, height, width;  // taps of each axis
  std::vector<double> values;   // [time, height, width, in, out]

  const double* Tap(int64_t t, int64_t y, int64_t x, int64_t in) const {
    return &values[(((t * height + y) * width + x) * in_count + in) * out_count];
  }
};

Kernel MakeKernel(const Weight& weight) {
  const Shape& shape = weight.view.shape();  // [Cout, Cin, kt, ky, kx] or [Cout, Cin, ky, kx]
  const bool flat = shape.rank() == 4;
  Kernel kernel;
  kernel.out_count = shape[0];
  kernel.in_count = shape[1];
  kernel.time = flat ? 1 : shape[2];
  kernel.height = shape[flat ? 2 : 3];
  kernel.width = shape[flat ? 3 : 4];
  const std::vector<float> stored = DecodeItems(weight, 0, kernel.out_count);
  const int64_t tap_count = kernel.time * kernel.height * kernel.width;
  kernel.values.resize(stored.size());
  for (int64_t out = 0; out < kernel.out_count; ++out) {
    for (int64_t in = 0; in < kernel.in_count; ++in) {
      for (int64_t tap = 0; tap < tap_count; ++tap) {
        kernel.values[(tap * kernel.in_count + in) * kernel.out_count + out] =
            stored[(out * kernel.in_count + in) * tap_count + tap];
      }
    }
  }
  return kernel;
}

// Where in the input tap `tap` of output `out` looks; negative or >= the size in the padding.
int64_t Source(const op::Conv3d::Axis& axis, int64_t out, int64_t tap) {
  return out * axis.stride + tap - axis.pad_front;
}

// The frames of the clip, the earlier ones first, as f32.
class Frames {
 public:
  explicit Frames(const op::Conv3d& op) {
    for (const ConstView& frame : op.earlier) Add(frame, 0);
    for (int64_t t = 0; t < op.x.dim(0); ++t) Add(op.x, t);
  }
  int64_t count() const { return static_cast<int64_t>(frames_.size()); }
  const float* operator[](int64_t t) const { return frames_[static_cast<size_t>(t)]; }

 private:
  void Add(ConstView view, int64_t item) {
    if (view.dtype() == DType::kF32) return frames_.push_back(view.Items(item, 1).f32());
    const int64_t count = view.shape().item_count();
    const auto offset = *BytesOf(view.dtype(), static_cast<uint64_t>(item * count));
    decoded_.emplace_back(static_cast<size_t>(count));
    DecodeToF32(view.dtype(), static_cast<const std::byte*>(view.data()) + offset, count,
                decoded_.back().data());
    frames_.push_back(decoded_.back().data());
  }

  std::vector<const float*> frames_;
  std::vector<std::vector<float>> decoded_;
};

// The sums of one output position over all taps inside the picture.
void SumTaps(const op::Conv3d& op, const Frames& frames, const Kernel& kernel, int64_t t, int64_t y,
             int64_t x, std::vector<double>& sums) {
  const int64_t height = op.x.dim(1) * op.upsample;
  const int64_t width = op.x.dim(2) * op.upsample;
  for (int64_t kt = 0; kt < kernel.time; ++kt) {
    const int64_t from_t = Source(op.time, t, kt);
    if (from_t < 0 || from_t >= frames.count()) continue;
    for (int64_t ky = 0; ky < kernel.height; ++ky) {
      const int64_t from_y = Source(op.height, y, ky);
      if (from_y < 0 || from_y >= height) continue;
      for (int64_t kx = 0; kx < kernel.width; ++kx) {
        const int64_t from_x = Source(op.width, x, kx);
        if (from_x < 0 || from_x >= width) continue;
        const int64_t pixel = from_y / op.upsample * op.x.dim(2) + from_x / op.upsample;
        const float* values = frames[from_t] + pixel * op.x.dim(3);
        if (op.depthwise) {
          const double* weights = kernel.Tap(kt, ky, kx, 0);
          for (int64_t c = 0; c < kernel.out_count; ++c) sums[c] += values[c] * weights[c];
          continue;
        }
        for (int64_t in = 0; in < kernel.in_count; ++in) {
          const double* weights = kernel.Tap(kt, ky, kx, in);
          for (int64_t out = 0; out < kernel.out_count; ++out) {
            sums[out] += values[in] * weights[out];
          }
        }
      }
    }
  }
}

}  // namespace

// A task is a line of output pixels.
void Run(op::RunContext& context, const op::Conv3d& op) {
  const int64_t height = op.y.dim(1), width = op.y.dim(2), channel_count = op.y.dim(3);
  if (op.y.count() == 0) return;
  const Kernel kernel = MakeKernel(*op.weight);
  const Frames frames(op);
  const auto task_count = static_cast<uint64_t>(op.y.dim(0) * height);
  context.pool.ParallelFor(task_count, [&](uint64_t task, uint32_t) {
    const int64_t t = static_cast<int64_t>(task) / height;
    const int64_t y = static_cast<int64_t>(task) % height;
    std::vector<double> sums(static_cast<size_t>(channel_count));
    for (int64_t x = 0; x < width; ++x) {
      if (context.cancel.cancelled()) return;
      std::fill(sums.begin(), sums.end(), 0.0);
      SumTaps(op, frames, kernel, t, y, x, sums);
      const int64_t offset = (y * width + x) * channel_count;
      for (int64_t c = 0; c < channel_count; ++c) {
        double value = sums[c];
        if (op.bias) value += op.bias.f32()[c];
        if (op.residual) value += Item(op.residual, t)[offset + c];
        Item(op.y, t)[offset + c] = static_cast<float>(Activate(op.activation, value));
      }
    }
  });
}

}  // namespace aozora::ops::reference
