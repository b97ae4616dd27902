// SPDX-License-Identifier: Apache-2.0
#include "op/op.h"

#include <fmt/core.h>

namespace aozora::op {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

bool ItemsAreApart(ConstView view) {
  return view.shape().rank() == 0 || view.dim(0) <= 1 ||
         view.item_stride() >= view.shape().item_count();
}

// Absent, or f32 with items that do not overlap.
bool IsF32(ConstView view) { return !view || (view.dtype() == DType::kF32 && ItemsAreApart(view)); }

// The same, or positions that are whole blocks of 8 bits.
bool IsF32OrQ8(ConstView view) {
  if (IsF32(view)) return true;
  const int64_t block = Info(DType::kQ8Affine).block_values;
  return view.dtype() == DType::kQ8Affine && view.dense() &&
         view.dim(view.shape().rank() - 1) % block == 0;
}

// A weight whose rows are whole blocks, dense.
bool IsWeight(const Weight* weight) {
  if (weight == nullptr || !weight->view || !weight->view.dense()) return false;
  const Shape& shape = weight->view.shape();
  const int rank = shape.rank();
  return rank >= 2 && shape[rank - 1] % Info(weight->view.dtype()).block_values == 0;
}

// A [R, N] modulation table with a row for each item of `rows`.
bool FitsModulation(ConstView table, RowIndex rows, int64_t m, int64_t n) {
  if (!table) return true;
  if (table.shape().rank() != 2 || table.dim(1) != n || !IsF32(table)) return false;
  if (rows.empty()) return table.dim(0) >= 1;
  if (static_cast<int64_t>(rows.size()) != m) return false;
  for (uint32_t row : rows) {
    if (row >= table.dim(0)) return false;
  }
  return true;
}

bool IsVector(ConstView view, int64_t n) {
  return !view || (view.shape() == Shape{n} && view.dense() && IsF32(view));
}
bool SameOrEmpty(ConstView view, ConstView like) {
  return !view || (view.shape() == like.shape() && IsF32(view));
}

bool Fits(const Linear& op) {
  if (!IsWeight(op.weight) || op.x.shape().rank() != 2 || op.y.shape().rank() != 2) return false;
  const Shape& w = op.weight->view.shape();
  return w.rank() == 2 && w[1] == op.x.dim(1) && w[0] == op.y.dim(1) &&
         op.x.dim(0) == op.y.dim(0) && IsVector(op.bias, w[0]) && SameOrEmpty(op.residual, op.y) &&
         FitsModulation(op.gate, op.gate_row, op.x.dim(0), w[0]) && IsF32(op.x) && IsF32(op.y);
}

bool Fits(const Attention& op) {
  if (op.q.shape().rank() != 3 || op.k.shape().rank() != 3) return false;
  const int64_t m = op.q.dim(0), n = op.k.dim(0), heads = op.q.dim(1), d = op.q.dim(2);
  return op.k.shape() == Shape{n, heads, d} && op.v.shape() == op.k.shape() &&
         op.out.shape() == op.q.shape() && n > 0 && op.last_key_count > 0 &&
         (!op.bias || op.bias.shape() == Shape{heads, m, n}) && IsF32(op.q) && IsF32(op.k) &&
         IsF32(op.v) && IsF32(op.bias) && IsF32(op.out);
}

bool Fits(const LayerNorm& op) {
  if (op.x.shape().rank() != 2) return false;
  const int64_t m = op.x.dim(0), c = op.x.dim(1);
  return op.y.shape() == op.x.shape() && IsVector(op.weight, c) && IsVector(op.bias, c) &&
         FitsModulation(op.scale, op.row, m, c) && FitsModulation(op.shift, op.row, m, c) &&
         IsF32(op.x) && IsF32(op.y);
}

bool Fits(const RmsNorm& op) {
  if (op.x.shape().rank() != 2 || op.y.shape() != op.x.shape() || !op.weight) return false;
  if (!IsVector(op.weight, op.x.dim(1)) || !IsF32(op.x) || !IsF32(op.y)) return false;
  if (!op.rotation) return true;
  const Shape& r = op.rotation.shape();
  return r.rank() == 3 && r[0] == op.x.dim(0) && r[2] == 2 && r[1] > 0 &&
         op.x.dim(1) % (2 * r[1]) == 0 && IsF32(op.rotation);
}

bool Fits(const ChannelNorm& op) {
  const int rank = op.x.shape().rank();
  return rank >= 1 && op.y.shape() == op.x.shape() && op.weight &&
         IsVector(op.weight, op.x.dim(rank - 1)) && IsF32(op.x) && IsF32OrQ8(op.y);
}

// Each frame before x is like one of x.
bool EarlierFits(const Conv3d& op) {
  for (const ConstView& frame : op.earlier) {
    if (!frame || frame.shape() != op.x.shape().WithAxis(0, 1) || !IsF32OrQ8(frame)) return false;
  }
  return true;
}

bool Fits(const Conv3d& op) {
  if (!IsWeight(op.weight) || op.x.shape().rank() != 4 || op.y.shape().rank() != 4) return false;
  const Shape& w = op.weight->view.shape();
  if (w.rank() != 4 && w.rank() != 5) return false;
  if (op.upsample != 1 && op.upsample != 2) return false;
  if (!op.x || !EarlierFits(op)) return false;
  const bool flat = w.rank() == 4;
  const int64_t kernel[3] = {flat ? 1 : w[2], flat ? w[2] : w[3], flat ? w[3] : w[4]};
  const Conv3d::Axis* axes[3] = {&op.time, &op.height, &op.width};
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t count = axis == 0 ? static_cast<int64_t>(op.earlier.size()) + op.x.dim(0)
                                    : op.x.dim(axis) * op.upsample;
    const int64_t padded = count + axes[axis]->pad_front + axes[axis]->pad_back;
    if (kernel[axis] < 1 || padded < kernel[axis] || axes[axis]->stride == 0) return false;
    if (op.y.dim(axis) != (padded - kernel[axis]) / axes[axis]->stride + 1) return false;
  }
  if (op.depthwise ? w[1] != 1 || w[0] != op.x.dim(3) : w[1] != op.x.dim(3)) return false;
  return w[0] == op.y.dim(3) && IsVector(op.bias, w[0]) && SameOrEmpty(op.residual, op.y) &&
         (op.depthwise ? IsF32(op.x) : IsF32OrQ8(op.x)) && IsF32(op.y);
}

bool Fits(const Permute& op) {
  const int rank = op.x.shape().rank();
  if (!op.x || !op.y) return false;
  if (static_cast<int>(op.order.size()) != rank || op.y.shape().rank() != rank) return false;
  uint32_t seen = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const int from = op.order[axis];
    if (from < 0 || from >= rank || (seen >> from & 1) != 0) return false;
    seen |= 1u << from;
    if (op.y.dim(axis) != op.x.dim(from) && op.x.dim(from) != 1) return false;
  }
  return op.x.dense() && op.y.dense() && IsF32(op.x) && IsF32(op.y);
}

bool Fits(const Elementwise& op) {
  if (!op.x0 || !op.y || op.y.shape() != op.x0.shape()) return false;
  if (!IsF32(op.x0) || !IsF32(op.x1) || !IsF32(op.y)) return false;
  if (!op.x1) return !op.multiply;
  const int rank = op.x0.shape().rank();
  const bool row = rank >= 1 && op.x1.shape() == Shape{op.x0.dim(rank - 1)};
  return row || op.x1.shape() == op.x0.shape();
}

bool Fits(const MeanLast& op) {
  const int rank = op.x.shape().rank();
  if (!op.y || rank < 1 || op.y.shape().rank() != rank - 1) return false;
  for (int axis = 0; axis < rank - 1; ++axis) {
    if (op.y.dim(axis) != op.x.dim(axis)) return false;
  }
  return op.x.dense() && op.y.dense() && IsF32(op.x) && IsF32(op.y);
}

bool Fits(const Gather& op) {
  if (!IsWeight(op.table) || op.table->view.shape().rank() != 2 || !op.y) return false;
  for (int32_t id : op.ids) {
    if (id < 0 || id >= op.table->view.dim(0)) return false;
  }
  return op.y.shape() == Shape{static_cast<int64_t>(op.ids.size()), op.table->view.dim(1)} &&
         IsF32(op.y);
}

}  // namespace

std::string_view Name(const Op& op) {
  static constexpr std::string_view kNames[] = {
      "linear", "attention", "layer_norm",  "rms_norm",  "channel_norm",
      "conv3d", "permute",   "elementwise", "mean_last", "gather"};
  static_assert(std::size(kNames) == std::variant_size_v<Op>);
  return kNames[op.index()];
}

std::string Describe(const Op& op) {
  const std::string shapes = std::visit(
      Overloaded{[](const Linear& o) {
                   return fmt::format("{} by {} {} to {}", ToString(o.x.shape()),
                                      o.weight ? Name(o.weight->view.dtype()) : "no weight",
                                      o.weight ? ToString(o.weight->view.shape()) : "",
                                      ToString(o.y.shape()));
                 },
                 [](const Attention& o) {
                   return fmt::format("q {} k {} v {} bias {} out {}", ToString(o.q.shape()),
                                      ToString(o.k.shape()), ToString(o.v.shape()),
                                      ToString(o.bias.shape()), ToString(o.out.shape()));
                 },
                 [](const Conv3d& o) {
                   return fmt::format("{}{}{} by {} to {}, stride {} {} {}, upsample {}",
                                      o.depthwise ? "depthwise " : "", ToString(o.x.shape()),
                                      o.earlier.empty() ? "" : " after earlier frames",
                                      o.weight ? ToString(o.weight->view.shape()) : "no weight",
                                      ToString(o.y.shape()), o.time.stride, o.height.stride,
                                      o.width.stride, o.upsample);
                 },
                 [](const Elementwise& o) {
                   return fmt::format("{} and {} to {}", ToString(o.x0.shape()),
                                      ToString(o.x1.shape()), ToString(o.y.shape()));
                 },
                 [](const Gather& o) {
                   return fmt::format("{} ids to {}", o.ids.size(), ToString(o.y.shape()));
                 },
                 [](const auto& o) {
                   return fmt::format("{} to {}", ToString(o.x.shape()), ToString(o.y.shape()));
                 }},
      op);
  return fmt::format("{} {}", Name(op), shapes);
}

double Flops(const Op& op) {
  return std::visit(
      Overloaded{[](const Linear& o) {
                   return 2.0 * static_cast<double>(o.x.count()) * static_cast<double>(o.y.dim(1));
                 },
                 [](const Attention& o) {
                   return 4.0 * static_cast<double>(o.q.count()) * static_cast<double>(o.k.dim(0));
                 },
                 [](const Conv3d& o) {
                   const double taps = static_cast<double>(o.weight->view.shape().item_count());
                   return 2.0 * static_cast<double>(o.y.count()) * taps;
                 },
                 [](const auto&) { return 0.0; }},
      op);
}

void CheckShapes(const Op& op) {
  const bool fits = std::visit([](const auto& o) { return Fits(o); }, op);
  if (!fits) internal::CheckFailed(__FILE__, __LINE__, "shapes fit", Describe(op));
}

}  // namespace aozora::op
