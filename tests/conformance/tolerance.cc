// SPDX-License-Identifier: Apache-2.0
#include "tolerance.h"

#include <algorithm>
#include <cmath>

#include "build.h"
#include "ops/reference/backend.h"
#include "tensor/decode.h"

namespace aozora::conformance {
namespace {

constexpr double kU = 0x1p-24;
constexpr double kLambda = 6;
// What a good vector exp, tanh or sigmoid may be off, relative to its argument's size: every one of
// the activations f has |f(x)| <= |x|, and for large negative x they are differences of larger
// numbers, so an absolute error in units of |x| is the fair measure.
constexpr double kFunctionError = 8 * kU;
// The largest slope of all activations: gelu, at about 1.4.
constexpr double kSlopeMax = 1.13;
// Below this, results may be flushed to zero.
constexpr double kFlushed = 1.2e-38;

double SumError(int64_t n) { return kLambda * std::sqrt(static_cast<double>(n)) * kU; }

std::vector<float> Absolute(ConstView view) {
  std::vector<float> values = ValuesOf(view);
  for (float& value : values) value = std::fabs(value);
  return values;
}

ConstView ViewOf(const std::vector<float>& values, const Shape& shape) {
  return ConstView(values.data(), DType::kF32, shape);
}

std::vector<float> RunReference(op::RunContext& context, op::Op op, const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.count()));
  const View view(values.data(), DType::kF32, shape);
  std::visit(
      [&](auto& o) {
        if constexpr (requires { o.out; }) {
          o.out = view;
        } else {
          o.y = view;
        }
      },
      op);
  ops::MakeReferenceBackend()->Run(context, op);
  return values;
}

// The absolute values of a weight as f32. A block-quantised value is d q - m, and a backend may
// round the two in another order than the decoder does, by 4 u of the larger one; both are of the
// size of the largest values of the row. That is added here, per value, in units of the SumError
// that all of it will be multiplied with.
struct AbsoluteWeight {
  std::vector<float> values;
  Weight weight;
};
AbsoluteWeight MakeAbsolute(const Weight& from, int64_t term_count) {
  AbsoluteWeight result;
  const Shape& shape = from.view.shape();
  result.values.resize(static_cast<size_t>(shape.count()));
  DecodeToF32(from.view.dtype(), from.view.data(), shape.count(), result.values.data());
  for (float& value : result.values) value = std::fabs(value * from.scale);
  if (IsBlockQuantized(from.view.dtype())) {
    const auto row_count = static_cast<size_t>(shape.item_count());
    for (size_t begin = 0; begin < result.values.size(); begin += row_count) {
      const auto row = result.values.begin() + static_cast<int64_t>(begin);
      const float max = *std::max_element(row, row + static_cast<int64_t>(row_count));
      const double extra = 4 * kU * max / SumError(term_count);
      for (size_t i = 0; i < row_count; ++i) row[i] += static_cast<float>(extra);
    }
  }
  result.weight.view = ViewOf(result.values, shape);
  return result;
}

// Of act(s) where s is off by `error` and of at most the size `size`.
double AfterActivation(op::Activation activation, double error, double size) {
  if (activation == op::Activation::kNone || activation == op::Activation::kRelu) return error;
  return kSlopeMax * error + kFunctionError * size;
}

const float* RowOf(ConstView table, op::RowIndex rows, int64_t m) {
  return table.f32() + (rows.empty() ? 0 : rows[m]) * table.item_stride();
}

std::vector<double> For(op::RunContext& context, const op::Linear& op) {
  const int64_t m_count = op.x.dim(0), k_count = op.x.dim(1), n_count = op.y.dim(1);
  const std::vector<float> x = Absolute(op.x);
  std::vector<float> bias;
  const AbsoluteWeight weight = MakeAbsolute(*op.weight, k_count + 1);
  op::Linear sizes;
  sizes.x = ViewOf(x, op.x.shape());
  sizes.weight = &weight.weight;
  if (op.bias) {
    bias = Absolute(op.bias);
    sizes.bias = ViewOf(bias, op.bias.shape());
  }
  const std::vector<float> size = RunReference(context, sizes, op.y.shape());
  std::vector<double> tolerance(size.size());
  for (size_t i = 0; i < size.size(); ++i) {
    const int64_t m = static_cast<int64_t>(i) / n_count, n = static_cast<int64_t>(i) % n_count;
    double error = AfterActivation(op.activation, SumError(k_count + 1) * size[i], size[i]);
    if (op.gate) error = std::fabs(RowOf(op.gate, op.gate_row, m)[n]) * (error + 2 * kU * size[i]);
    if (op.residual) {
      const double gate = op.gate ? std::fabs(RowOf(op.gate, op.gate_row, m)[n]) : 1;
      error += kU * (gate * size[i] + 2 * std::fabs(double{op.residual.f32()[i]}));
    }
    tolerance[i] = error;
  }
  CHECK_EQ(static_cast<int64_t>(size.size()), m_count * n_count);
  return tolerance;
}

// A logit is off by e = SumError(d) scale sum |q k| + 3 u |bias|, so a weight of the softmax by a
// factor of exp(2 e), to first order 1 + 2 e: once for itself, once for the sum it is divided by.
// The result is a mean of v under these weights, off by that times the mean of |v|, and by the
// rounding of two sums over the keys and of exp (of a difference of logits: u of its size, which
// counts only while the weight is not negligible, that is up to 20 below the largest).
std::vector<double> For(op::RunContext& context, const op::Attention& op) {
  const int64_t m_count = op.q.dim(0), n_count = op.k.dim(0), heads = op.q.dim(1), d = op.q.dim(2);
  const std::vector<float> q = Absolute(op.q), k = Absolute(op.k), v = Absolute(op.v);
  op::Attention means = op;
  means.v = ViewOf(v, op.v.shape());
  const std::vector<float> size = RunReference(context, means, op.out.shape());
  std::vector<double> tolerance(size.size());
  for (int64_t m = 0; m < m_count; ++m) {
    for (int64_t h = 0; h < heads; ++h) {
      double logit_error = 0;
      for (int64_t n = 0; n < n_count; ++n) {
        double sum = 0;
        for (int64_t i = 0; i < d; ++i) {
          sum += double{q[(m * heads + h) * d + i]} * k[(n * heads + h) * d + i];
        }
        double error = (SumError(d) + 3 * kU) * std::fabs(op.scale) * sum;
        if (op.bias) error += 3 * kU * std::fabs(op.bias.f32()[(h * m_count + m) * n_count + n]);
        logit_error = std::max(logit_error, error);
      }
      const double relative = 2 * logit_error + 2 * SumError(n_count) + 20 * kU + kFunctionError;
      for (int64_t i = 0; i < d; ++i) {
        const int64_t at = (m * heads + h) * d + i;
        tolerance[at] = relative * size[at];
      }
    }
  }
  return tolerance;
}

// The mean is off by SumError(c) mean |x|, and each difference from it by as much; that is divided
// by the deviation. The deviation itself is off by half of what the mean of squares is (relative).
std::vector<double> For(op::RunContext&, const op::LayerNorm& op) {
  const int64_t m_count = op.x.dim(0), c_count = op.x.dim(1);
  const auto count = static_cast<double>(c_count);
  std::vector<double> tolerance(static_cast<size_t>(op.x.count()));
  for (int64_t m = 0; m < m_count; ++m) {
    const float* x = op.x.f32() + m * c_count;
    double mean = 0, size = 0, variance = 0;
    for (int64_t c = 0; c < c_count; ++c) mean += x[c] / count;
    for (int64_t c = 0; c < c_count; ++c) size += std::fabs(x[c]) / count;
    for (int64_t c = 0; c < c_count; ++c) variance += (x[c] - mean) * (x[c] - mean) / count;
    const double deviation = std::sqrt(variance + op.eps);
    const double shift_error = (SumError(c_count) + kU) * size + kU * std::fabs(mean);
    const double deviation_error =
        (SumError(c_count) + 4 * kU) / 2 + shift_error * shift_error / (deviation * deviation);
    for (int64_t c = 0; c < c_count; ++c) {
      const double z = std::fabs(x[c] - mean) / deviation;
      double error = shift_error / deviation + z * (deviation_error + 3 * kU);
      double value = z;
      const auto times = [&](double factor) {
        value *= std::fabs(factor);
        error = error * std::fabs(factor) + 2 * kU * value;
      };
      const auto plus = [&](double term) {
        value += std::fabs(term);
        error += kU * value;
      };
      if (op.weight) times(op.weight.f32()[c]);
      if (op.bias) plus(op.bias.f32()[c]);
      if (op.scale) {
        // May be computed as y + y scale, which rounds in units of the two even if they cancel.
        const double scale = RowOf(op.scale, op.row, m)[c];
        const double terms = value * (1 + std::fabs(scale));
        times(1 + scale);
        error += 2 * kU * terms;
      }
      if (op.shift) plus(RowOf(op.shift, op.row, m)[c]);
      tolerance[m * c_count + c] = error;
    }
  }
  return tolerance;
}

// A sum of squares is off by SumError of itself (all terms are positive), its root by half of that.
// 1 + scale is rounded before it multiplies, the root and its inverse too: some u more.
std::vector<double> For(op::RunContext&, const op::RmsNorm& op) {
  const int64_t m_count = op.x.dim(0), c_count = op.x.dim(1);
  const double relative = SumError(c_count) / 2 + 8 * kU;
  std::vector<double> tolerance(static_cast<size_t>(op.x.count()));
  for (int64_t m = 0; m < m_count; ++m) {
    const float* x = op.x.f32() + m * c_count;
    double squares = 0;
    for (int64_t c = 0; c < c_count; ++c) squares += double{x[c]} * x[c];
    const double rms = std::sqrt(squares / static_cast<double>(c_count) + op.eps);
    const auto size = [&](int64_t c) { return std::fabs(x[c] / rms * op.weight.f32()[c]); };
    for (int64_t c = 0; c < c_count; ++c) {
      // A rotation mixes the two of a pair; cos and sin are at most 1.
      const double sum = op.rotation ? size(c) + size(c ^ 1) : size(c);
      tolerance[m * c_count + c] = relative * sum;
    }
  }
  return tolerance;
}

// Of values of at most `sizes` that are rounded to blocks of 8 bits: where the two lie on both
// sides of a border they are a step apart, and scale (255 times) and lowest value an ulp of f16.
void AddBlockRounding(const std::vector<double>& sizes, double* tolerance) {
  const size_t block = Info(DType::kQ8Affine).block_values;
  for (size_t begin = 0; begin < sizes.size(); begin += block) {
    const auto from = sizes.begin() + static_cast<std::ptrdiff_t>(begin);
    const double largest = *std::max_element(from, from + static_cast<std::ptrdiff_t>(block));
    const double step = 2 * largest / 255;
    for (size_t i = begin; i < begin + block; ++i) {
      tolerance[i] += step * (1 + 255 * 0x1p-10) + largest * 0x1p-10 + 0x1p-24;
    }
  }
}

std::vector<double> For(op::RunContext&, const op::ChannelNorm& op) {
  const int64_t c_count = op.x.dim(op.x.shape().rank() - 1);
  const double relative = SumError(c_count) / 2 + 8 * kU;
  std::vector<double> tolerance(static_cast<size_t>(op.x.count()));
  std::vector<double> sizes(static_cast<size_t>(c_count));
  for (int64_t begin = 0; begin < op.x.count(); begin += c_count) {
    const float* x = op.x.f32() + begin;
    double squares = 0;
    for (int64_t c = 0; c < c_count; ++c) squares += double{x[c]} * x[c];
    const double divisor = std::max(std::sqrt(squares), double{op.eps});
    for (int64_t c = 0; c < c_count; ++c) {
      const double root = std::sqrt(static_cast<double>(c_count));
      const double size = std::fabs(x[c] / divisor * root * op.weight.f32()[c]);
      sizes[static_cast<size_t>(c)] = size;
      tolerance[begin + c] = AfterActivation(op.activation, relative * size, size);
    }
    if (op.y.dtype() == DType::kQ8Affine) AddBlockRounding(sizes, &tolerance[begin]);
  }
  return tolerance;
}

std::vector<double> For(op::RunContext& context, const op::Conv3d& op) {
  const int64_t term_count = op.weight->view.shape().item_count() + 2;
  const std::vector<float> x = Absolute(op.x);
  std::vector<std::vector<float>> frames;
  std::vector<ConstView> earlier;
  for (const ConstView& frame : op.earlier) {
    frames.push_back(Absolute(frame));
    earlier.push_back(ViewOf(frames.back(), frame.shape()));
  }
  std::vector<float> bias, residual;
  const AbsoluteWeight weight = MakeAbsolute(*op.weight, term_count);
  op::Conv3d sizes = op;
  sizes.packed = nullptr;
  sizes.earlier = earlier;
  sizes.x = ViewOf(x, op.x.shape());
  sizes.weight = &weight.weight;
  sizes.activation = op::Activation::kNone;
  if (op.bias) {
    bias = Absolute(op.bias);
    sizes.bias = ViewOf(bias, op.bias.shape());
  }
  if (op.residual) {
    residual = Absolute(op.residual);
    sizes.residual = ViewOf(residual, op.residual.shape());
  }
  const std::vector<float> size = RunReference(context, sizes, op.y.shape());
  std::vector<double> tolerance(size.size());
  for (size_t i = 0; i < size.size(); ++i) {
    tolerance[i] = AfterActivation(op.activation, SumError(term_count) * size[i], size[i]);
  }
  return tolerance;
}

std::vector<double> For(op::RunContext&, const op::Permute& op) {
  return std::vector<double>(static_cast<size_t>(op.y.count()), 0.0);  // nothing is computed
}

std::vector<double> For(op::RunContext&, const op::Elementwise& op) {
  std::vector<double> tolerance(static_cast<size_t>(op.y.count()));
  for (int64_t i = 0; i < op.y.count(); ++i) {
    const double x0 = std::fabs(double{op.a} * op.x0.f32()[i]);
    const double x1 = op.x1 ? std::fabs(double{op.x1.f32()[i % op.x1.count()]}) : 0;
    if (op.multiply) {
      tolerance[i] = (AfterActivation(op.activation, kU * x0, x0) + 2 * kU * x0) * x1;
    } else {
      const double sum = x0 + std::fabs(op.b) * x1;
      tolerance[i] = AfterActivation(op.activation, 3 * kU * sum, sum);
    }
  }
  return tolerance;
}

std::vector<double> For(op::RunContext& context, const op::MeanLast& op) {
  const std::vector<float> x = Absolute(op.x);
  op::MeanLast sizes = op;
  sizes.x = ViewOf(x, op.x.shape());
  const std::vector<float> size = RunReference(context, sizes, op.y.shape());
  const int64_t n = op.x.dim(op.x.shape().rank() - 1);
  std::vector<double> tolerance;
  for (const float value : size) tolerance.push_back((SumError(n) + 2 * kU) * value);
  return tolerance;
}

// Exact for plain dtypes, which all are f32 values, but for the product with the scale.
std::vector<double> For(op::RunContext& context, const op::Gather& op) {
  const bool plain = !IsBlockQuantized(op.table->view.dtype());
  std::vector<double> tolerance;
  if (plain && op.table->scale == 1) {
    tolerance.assign(static_cast<size_t>(op.y.count()), 0.0);
    return tolerance;
  }
  const AbsoluteWeight table = MakeAbsolute(*op.table, 1);
  op::Gather sizes = op;
  sizes.table = &table.weight;
  for (const float size : RunReference(context, sizes, op.y.shape())) {
    tolerance.push_back((plain ? 2 * kU : SumError(1)) * size);
  }
  return tolerance;
}

}  // namespace

std::vector<double> Tolerance(op::RunContext& context, const op::Op& op,
                              const std::vector<float>& expected) {
  std::vector<double> tolerance = std::visit([&](const auto& o) { return For(context, o); }, op);
  CHECK_EQ(tolerance.size(), expected.size());
  for (size_t i = 0; i < tolerance.size(); ++i) {
    // The reference rounds its double to f32 at the end. What only moves data rounds nothing.
    if (tolerance[i] != 0) tolerance[i] += kU * std::fabs(double{expected[i]}) + kFlushed;
  }
  return tolerance;
}

}  // namespace aozora::conformance
