// SPDX-License-Identifier: Apache-2.0
// y = residual + gate[row] * act(x W^T + bias), as tiles of a register-blocked product.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/linear.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <memory>

#include "ops/cpu/decode_inl.h"
#include "ops/cpu/gemm_inl.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/math_inl.h"
#include "ops/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

// Values of k that one pass over a block adds up: a panel of B (256 x 32 floats, 32 KiB at most)
// then stays in the first-level cache while the groups of A pass by from the second.
constexpr size_t kDepth = 256;
static_assert(kDepth % kDecodeAlignment == 0);
// Tasks: rows by columns of y. A block of A (kDepth deep) and the sums fit the second-level cache.
constexpr size_t kTaskGroups = kLanes == 16 ? 16 : 20;
constexpr size_t kTaskColumns = 512;
// Up to this many rows x is laid out once and each task lays out the weights that it alone needs;
// above, weights are laid out once and tasks lay out their rows of x.
constexpr size_t kFewRows = 1024;
constexpr size_t kFewRowsTaskCount = 64;  // tasks to aim at then
// Laid-out weights held at a time.
constexpr size_t kPackedBytesMax = 64_MiB;
// The decoded rows of one panel, apart by a little more than kDepth so that they do not share the
// same sets of the cache.
constexpr size_t kDecodedStride = kDepth + 16;

struct Plan {
  size_t m, k, n;
  size_t k_padded;  // to whole chunks of L
  Groups groups;
  size_t task_columns;  // multiple of kPanelColumns
  size_t task_groups;
};

// Where one task finds its operands and leaves its sums.
struct Block {
  size_t group_begin, group_count;
  size_t column_begin, column_count;
};

// --- laying out ---------------------------------------------------------------------------------

inline bool IsReadableF32(const Weight& weight) {
  return weight.view.dtype() == DType::kF32 && weight.scale == 1 &&
         reinterpret_cast<uintptr_t>(weight.view.data()) % alignof(float) == 0;
}

// Weights [column, +count) x [k, +depth) as a panel; `decoded` is scratch of kPanelColumns rows.
HWY_NOINLINE void PackWeightPanel(const Weight& weight, size_t column, size_t column_count,
                                  size_t k, size_t depth, float* decoded, float* out) {
  const size_t padded = RoundUp(depth, kLanes);
  if (IsReadableF32(weight)) {
    const int64_t stride = weight.view.item_stride();
    PackPanel(weight.view.f32() + static_cast<int64_t>(column) * stride + k, stride, column_count,
              depth, padded, out);
    return;
  }
  for (size_t i = 0; i < column_count; ++i) {
    DecodeRow(weight, static_cast<int64_t>(column + i), static_cast<int64_t>(k),
              static_cast<int64_t>(depth), decoded + i * kDecodedStride);
  }
  PackPanel(decoded, kDecodedStride, column_count, depth, padded, out);
}

// Rows of groups [group, +count) and values [k, +depth) of x.
HWY_NOINLINE void PackX(const Plan& plan, ConstView x, size_t group, size_t count, size_t k,
                        size_t depth, float* out) {
  const size_t row = group * plan.groups.rows;
  const size_t row_count = std::min(plan.m, row + count * plan.groups.rows) - row;
  PackGroups(x.f32() + static_cast<int64_t>(row) * x.item_stride() + k, x.item_stride(), row_count,
             depth, 1.0f, {plan.groups.rows, count}, RoundUp(depth, kLanes) * plan.groups.rows,
             out);
}

// --- what comes after the sums ------------------------------------------------------------------

// One vector of y, from column n of row `row` on. `part` < L at the right edge, else L.
struct RowEnd {
  const float* bias;  // each null if absent
  const float* gate;
  const float* residual;
  float* y;
};

template <op::Activation kActivation>
HWY_INLINE void FinishVector(const RowEnd& end, FloatVec sum, size_t n, size_t part) {
  const FloatTag d;
  const bool whole = part == kLanes;
  const auto load = [&](const float* p)
                        HWY_ATTR { return whole ? hn::LoadU(d, p + n) : LoadPart(p + n, part); };
  if (end.bias != nullptr) sum = hn::Add(sum, load(end.bias));
  sum = Activate(d, kActivation, sum);
  if (end.gate != nullptr) sum = hn::Mul(sum, load(end.gate));
  if (end.residual != nullptr) sum = hn::Add(sum, load(end.residual));
  if (whole) {
    hn::StoreU(sum, d, end.y + n);
  } else {
    StorePart(sum, end.y + n, part);
  }
}

template <op::Activation kActivation>
HWY_NOINLINE void FinishBlock(const Plan& plan, const op::Linear& op, const Block& block,
                              const float* sums) {
  const FloatTag d;
  const size_t rows = plan.groups.rows;
  const size_t tile = rows * kPanelColumns;
  const size_t panel_count = DivideUp(block.column_count, kPanelColumns);
  const size_t row_begin = block.group_begin * rows;
  const size_t row_end = std::min(plan.m, row_begin + block.group_count * rows);
  for (size_t row = row_begin; row < row_end; ++row) {
    const int64_t m = static_cast<int64_t>(row);
    const int64_t gate_row = op.gate_row.empty() ? 0 : op.gate_row[row];
    const RowEnd end = {op.bias ? op.bias.f32() : nullptr,
                        op.gate ? op.gate.f32() + gate_row * op.gate.item_stride() : nullptr,
                        op.residual ? op.residual.f32() + m * op.residual.item_stride() : nullptr,
                        op.y.f32() + m * op.y.item_stride()};
    const size_t group = (row - row_begin) / rows;
    const float* from = sums + group * panel_count * tile + row % rows * kLanes;
    for (size_t n = 0; n < block.column_count; n += kLanes, from += rows * kLanes) {
      FinishVector<kActivation>(end, hn::Load(d, from), block.column_begin + n,
                                std::min(kLanes, block.column_count - n));
    }
  }
}

inline void Finish(const Plan& plan, const op::Linear& op, const Block& block, const float* sums) {
  switch (op.activation) {
    case op::Activation::kNone:
      return FinishBlock<op::Activation::kNone>(plan, op, block, sums);
    case op::Activation::kSilu:
      return FinishBlock<op::Activation::kSilu>(plan, op, block, sums);
    case op::Activation::kGeluTanh:
      return FinishBlock<op::Activation::kGeluTanh>(plan, op, block, sums);
    case op::Activation::kRelu:
      return FinishBlock<op::Activation::kRelu>(plan, op, block, sums);
    case op::Activation::kTanh:
      return FinishBlock<op::Activation::kTanh>(plan, op, block, sums);
  }
}

// --- tasks --------------------------------------------------------------------------------------

// Adds up one block, kDepth at a time. `a_of(k, depth)` and `b_of(k, depth)` give the operands of a
// pass, laying them out first if they are not yet.
template <class AOf, class BOf>
void RunBlock(const op::RunContext& context, const Plan& plan, const op::Linear& op,
              const Block& block, float* sums, const AOf& a_of, const BOf& b_of) {
  const size_t panel_count = DivideUp(block.column_count, kPanelColumns);
  const size_t tile = plan.groups.rows * kPanelColumns;
  for (size_t k = 0; k == 0 || k < plan.k; k += kDepth) {
    if (context.cancel.cancelled()) return;
    const size_t depth = std::min(kDepth, plan.k - k);
    MultiplyBlock(a_of(k, depth), {plan.groups.rows, block.group_count}, b_of(k, depth),
                  panel_count, DivideUp(depth, kLanes), {sums, panel_count * tile, tile}, k > 0);
  }
  Finish(plan, op, block, sums);
}

// x laid out once: [pass over k][group]...; the offset of a pass and of a group within it.
inline Operand PackedX(const Plan& plan, float* packed, size_t group, size_t k, size_t depth) {
  const size_t stride = RoundUp(depth, kLanes) * plan.groups.rows;
  return {packed + k * plan.groups.rows * plan.groups.count + group * stride, stride};
}

void RunFewRows(op::RunContext& context, const Plan& plan, const op::Linear& op) {
  const size_t pass_count = DivideUp(plan.k, kDepth);
  const Scratch packed(context.memory, plan.k_padded * plan.groups.rows * plan.groups.count);
  const size_t batch = 8;  // groups laid out by one task
  const size_t batch_count = DivideUp(plan.groups.count, batch);
  context.pool.ParallelFor(pass_count * batch_count, [&](uint64_t task, uint32_t) {
    const size_t k = task / batch_count * kDepth;
    const size_t group = task % batch_count * batch;
    const size_t depth = std::min(kDepth, plan.k - k);
    PackX(plan, op.x, group, std::min(batch, plan.groups.count - group), k, depth,
          const_cast<float*>(PackedX(plan, packed.data(), group, k, depth).data));
  });

  const size_t sums_size = plan.groups.rows * plan.groups.count * plan.task_columns;
  const size_t panels_size = plan.task_columns * kDepth;
  const size_t worker_size = sums_size + panels_size + kPanelColumns * kDecodedStride;
  const Scratch scratch(context.memory, worker_size * context.pool.thread_count());
  context.pool.ParallelFor(DivideUp(plan.n, plan.task_columns), [&](uint64_t task,
                                                                    uint32_t worker) {
    float* sums = scratch.data() + worker * worker_size;
    float* panels = sums + sums_size;
    const size_t column = task * plan.task_columns;
    const Block block = {0, plan.groups.count, column,
                         std::min(plan.task_columns, plan.n - column)};
    RunBlock(
        context, plan, op, block, sums,
        [&](size_t k, size_t depth) { return PackedX(plan, packed.data(), 0, k, depth); },
        [&](size_t k, size_t depth) {
          const size_t stride = RoundUp(depth, kLanes) * kPanelColumns;
          for (size_t n = 0; n < block.column_count; n += kPanelColumns) {
            PackWeightPanel(*op.weight, column + n, std::min(kPanelColumns, block.column_count - n),
                            k, depth, panels + panels_size, panels + n / kPanelColumns * stride);
          }
          return Operand{panels, stride};
        });
  });
}

// Columns [begin, begin + count) of y for all rows, with their weights laid out once.
void RunManyRowsPart(op::RunContext& context, const Plan& plan, const op::Linear& op, size_t begin,
                     size_t count, float* packed, float* scratch, size_t worker_size) {
  const size_t panel_size = plan.k_padded * kPanelColumns;
  context.pool.ParallelFor(DivideUp(count, kPanelColumns), [&](uint64_t task, uint32_t worker) {
    if (context.cancel.cancelled()) return;
    const size_t n = task * kPanelColumns;
    float* out = packed + task * panel_size;
    for (size_t k = 0; k < plan.k; k += kDepth) {
      PackWeightPanel(*op.weight, begin + n, std::min(kPanelColumns, count - n), k,
                      std::min(kDepth, plan.k - k), scratch + worker * worker_size,
                      out + k * kPanelColumns);
    }
  });

  const size_t sums_size = plan.task_groups * plan.groups.rows * plan.task_columns;
  const size_t row_task_count = DivideUp(plan.groups.count, plan.task_groups);
  const size_t column_task_count = DivideUp(count, plan.task_columns);
  context.pool.ParallelFor(row_task_count * column_task_count, [&](uint64_t task, uint32_t worker) {
    float* sums = scratch + worker * worker_size;
    float* a = sums + sums_size;
    const size_t group = task % row_task_count * plan.task_groups;
    const size_t n = task / row_task_count * plan.task_columns;
    const Block block = {group, std::min(plan.task_groups, plan.groups.count - group), begin + n,
                         std::min(plan.task_columns, count - n)};
    RunBlock(
        context, plan, op, block, sums,
        [&](size_t k, size_t depth) {
          PackX(plan, op.x, block.group_begin, block.group_count, k, depth, a);
          return Operand{a, RoundUp(depth, kLanes) * plan.groups.rows};
        },
        [&](size_t k, size_t) {
          return Operand{packed + n / kPanelColumns * panel_size + k * kPanelColumns, panel_size};
        });
  });
}

void RunManyRows(op::RunContext& context, const Plan& plan, const op::Linear& op) {
  const size_t fitting = kPackedBytesMax / sizeof(float) / plan.k_padded / plan.task_columns;
  const size_t part =
      std::min(RoundUp(plan.n, kPanelColumns), std::max<size_t>(fitting, 1) * plan.task_columns);
  const Scratch packed(context.memory, part * plan.k_padded);
  const size_t rows = plan.task_groups * plan.groups.rows;
  const size_t worker_size =
      std::max(rows * (plan.task_columns + kDepth), kPanelColumns * kDecodedStride);
  const Scratch scratch(context.memory, worker_size * context.pool.thread_count());
  for (size_t begin = 0; begin < plan.n; begin += part) {
    if (context.cancel.cancelled()) return;
    RunManyRowsPart(context, plan, op, begin, std::min(part, plan.n - begin), packed.data(),
                    scratch.data(), worker_size);
  }
}

void RunLinear(op::RunContext& context, const op::Linear& op) {
  Plan plan;
  plan.m = static_cast<size_t>(op.x.dim(0));
  plan.k = static_cast<size_t>(op.x.dim(1));
  plan.n = static_cast<size_t>(op.y.dim(1));
  plan.k_padded = RoundUp(plan.k, kLanes);
  plan.groups = GroupsOf(plan.m);
  plan.task_groups = std::min(kTaskGroups, plan.groups.count);
  const size_t n_padded = RoundUp(plan.n, kPanelColumns);
  if (plan.m > kFewRows) {
    plan.task_columns = std::min(kTaskColumns, n_padded);
    RunManyRows(context, plan, op);
  } else {
    plan.task_columns =
        std::min<size_t>(RoundUp(DivideUp(plan.n, kFewRowsTaskCount), kPanelColumns), 256);
    RunFewRows(context, plan, op);
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunLinear);

op::Support Supports(const op::Linear&) { return op::Support::Yes(); }

void Run(op::RunContext& context, const op::Linear& op) {
  if (op.y.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunLinear)(context, op);
}

// The layout of a weight costs M times less than the product with it, so keeping it would trade
// twice the memory of the whole model for a per cent.
std::unique_ptr<op::Packed> PackLinear(op::RunContext&, const Weight&) { return nullptr; }

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
