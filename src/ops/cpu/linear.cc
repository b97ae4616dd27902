// SPDX-License-Identifier: Apache-2.0
// y = residual + gate[row] * act(x W^T + bias), as tiles of a register-blocked product.
//
// Why not oneDNN's: side by side on two cores of a Sapphire Rapids (AVX-512), the sums alone, at
// M = 2550 with K and N of 1536 and 8960 and at M = 512, K = 4096, N = 10240, this one took 0.70 to
// 1.18 times as long as dnnl_sgemm of oneDNN 2.6 (median of twelve runs on a noisy machine 0.97),
// although it decoded bf16 weights on the way and that one was given f32. With oneDNN weights would
// have to be decoded to memory first, and y passed over again for everything after the sums.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/linear.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <memory>

#include "ops/cpu/cache.h"
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
// Up to this many rows x is laid out once and each task lays out the weights that it alone needs;
// above, weights are laid out once and tasks lay out their rows of x.
constexpr size_t kFewRows = 1024;
constexpr size_t kFewRowsColumnsMax = 256;
// With so few rows the time goes into reading weights: fewer columns at once keep what is
// prefetched of them (rows often lie a power of two apart) from pushing itself out of the cache.
constexpr size_t kVeryFewRows = 64;
constexpr size_t kVeryFewRowsColumns = 64;
// The last tasks have fewer columns, so that no thread waits long for another that is slower.
constexpr size_t kLastColumns = 64;
// Tasks for each thread, so that the last ones to finish do not keep the others waiting for long.
constexpr size_t kTasksPerThread = 4;
constexpr size_t kColumnsMin = 128;  // of a task; below, laying out x would show
// Laid-out weights held at a time.
constexpr size_t kPackedBytesMax = 64_MiB;
// The decoded rows of one panel, apart by a little more than kDepth so that they do not share the
// same sets of the cache.
constexpr size_t kDecodedStride = kDepth + 16;
constexpr size_t kCopiedStride = 2 * kDecodedStride;  // bytes of a row of bf16

// The sums of one element of y are added in the same order however y is cut into tasks, so tasks
// may suit the machine's cache and threads without a change of the result.
struct Plan {
  size_t m, k, n;
  size_t k_padded;  // to whole chunks of L
  Groups groups;
  size_t task_columns;  // multiple of kPanelColumns
  size_t task_groups;
  // Few rows: from this column on tasks have kLastColumns.
  size_t large_columns;

  size_t ColumnTaskCount() const {
    return large_columns / task_columns + DivideUp(n - large_columns, kLastColumns);
  }
  struct Columns {
    size_t begin, count;
  };
  Columns TaskColumns(size_t task) const {
    const size_t large_count = large_columns / task_columns;
    if (task < large_count) return {task * task_columns, task_columns};
    const size_t begin = large_columns + (task - large_count) * kLastColumns;
    return {begin, std::min(kLastColumns, n - begin)};
  }
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

// Brings the values of some rows of a weight closer that the next pass will need: pieces of rows
// are too short for the hardware to see them coming.
inline void PrefetchWeights(const Weight& weight, size_t column, size_t column_count, size_t k,
                            size_t depth) {
  const DTypeInfo& info = Info(weight.view.dtype());
  const size_t row_stride = static_cast<size_t>(weight.view.item_stride());
  const size_t byte_count = depth / info.block_values * info.block_bytes;
  const std::byte* from = static_cast<const std::byte*>(weight.view.data());
  for (size_t i = 0; i < column_count; ++i) {
    const size_t at = ((column + i) * row_stride + k) / info.block_values * info.block_bytes;
    for (size_t line = 0; line < byte_count; line += 64) {
      __builtin_prefetch(from + at + line, 0, 2);
    }
  }
}

// Weights [column, +count) x [k, +depth) as a panel; `decoded` is scratch of kPanelColumns rows.
HWY_NOINLINE void PackWeightPanel(const Weight& weight, size_t column, size_t column_count,
                                  size_t k, size_t depth, float* decoded, float* out) {
  const size_t padded = RoundUp(depth, kLanes);
  const size_t left = static_cast<size_t>(weight.view.dim(1)) - k - depth;
  PrefetchWeights(weight, column, column_count, k + depth, std::min(left, kDepth));
  if (IsReadableF32(weight)) {
    const int64_t stride = weight.view.item_stride();
    PackPanel(weight.view.f32() + static_cast<int64_t>(column) * stride + k, stride, column_count,
              depth, padded, out);
    return;
  }
  if (weight.view.dtype() == DType::kBF16) {
    // Copied first: rows are often a multiple of 2048 bytes apart, and would push each other out of
    // the nearest cache.
    const int64_t stride = 2 * weight.view.item_stride();
    const std::byte* from = static_cast<const std::byte*>(weight.view.data()) +
                            static_cast<int64_t>(column) * stride + static_cast<int64_t>(2 * k);
    std::byte* rows = reinterpret_cast<std::byte*>(decoded);
    for (size_t i = 0; i < column_count; ++i, from += stride) {
      std::memcpy(rows + i * kCopiedStride, from, 2 * depth);
    }
    PackPanelBF16(rows, kCopiedStride, column_count, depth, padded, weight.scale, out);
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

// The part of y that one tile covers: rows from `row`, columns from `column`, cut at its edges.
struct Corner {
  size_t row, column;
  size_t row_count, column_count;
};

template <op::Activation kActivation>
HWY_NOINLINE void FinishTile(const op::Linear& op, Groups groups, const Corner& corner,
                             const float* sums) {
  const FloatTag d;
  for (size_t i = 0; i < corner.row_count; ++i) {
    const int64_t m = static_cast<int64_t>(corner.row + i);
    const int64_t gate_row = op.gate_row.empty() ? 0 : op.gate_row[corner.row + i];
    const RowEnd end = {op.bias ? op.bias.f32() : nullptr,
                        op.gate ? op.gate.f32() + gate_row * op.gate.item_stride() : nullptr,
                        op.residual ? op.residual.f32() + m * op.residual.item_stride() : nullptr,
                        op.y.f32() + m * op.y.item_stride()};
    const float* from = sums + i * kLanes;
    for (size_t n = 0; n < corner.column_count; n += kLanes, from += groups.rows * kLanes) {
      FinishVector<kActivation>(end, hn::Load(d, from), corner.column + n,
                                std::min(kLanes, corner.column_count - n));
    }
  }
}

using FinishFunction = void (*)(const op::Linear&, Groups, const Corner&, const float*);
inline FinishFunction FinishOf(op::Activation activation) {
  switch (activation) {
    case op::Activation::kNone:
      return &FinishTile<op::Activation::kNone>;
    case op::Activation::kSilu:
      return &FinishTile<op::Activation::kSilu>;
    case op::Activation::kGeluTanh:
      return &FinishTile<op::Activation::kGeluTanh>;
    case op::Activation::kRelu:
      return &FinishTile<op::Activation::kRelu>;
    case op::Activation::kTanh:
      return &FinishTile<op::Activation::kTanh>;
  }
  return nullptr;
}

// Brings the memory that FinishTile reads and writes closer while the tile is computed.
inline void PrefetchCorner(const op::Linear& op, const Corner& corner) {
  for (size_t i = 0; i < corner.row_count; ++i) {
    const int64_t m = static_cast<int64_t>(corner.row + i);
    const float* y = op.y.f32() + m * op.y.item_stride() + corner.column;
    __builtin_prefetch(y, 1, 2);
    __builtin_prefetch(y + kPanelColumns - 1, 1, 2);
    if (!op.residual || op.residual.data() == op.y.data()) continue;
    const float* residual = op.residual.f32() + m * op.residual.item_stride() + corner.column;
    __builtin_prefetch(residual, 0, 2);
    __builtin_prefetch(residual + kPanelColumns - 1, 0, 2);
  }
}

// --- tasks --------------------------------------------------------------------------------------

// Adds up `group_count` groups of a block for one pass; on the last pass finishes each tile while
// it is in the first-level cache.
struct Pass {
  size_t k, depth;
  bool last;
};
HWY_NOINLINE void RunPass(const Plan& plan, const op::Linear& op, const Block& block,
                          const Pass& pass, Operand a, Operand b, const Next& next, float* sums) {
  const size_t panel_count = DivideUp(block.column_count, kPanelColumns);
  const size_t tile = plan.groups.rows * kPanelColumns;
  const Groups groups = {plan.groups.rows, block.group_count};
  const Result c = {sums, tile, tile * block.group_count};
  const size_t chunk_count = DivideUp(pass.depth, kLanes);
  if (!pass.last) {
    MultiplyBlock(a, groups, b, panel_count, chunk_count, next, c, pass.k > 0);
    return;
  }
  const FinishFunction finish = FinishOf(op.activation);
  const auto corner_of = [&](size_t group, size_t panel) {
    const size_t row = (block.group_begin + group) * plan.groups.rows;
    const size_t column = panel * kPanelColumns;
    return Corner{row, block.column_begin + column, std::min(plan.groups.rows, plan.m - row),
                  std::min(kPanelColumns, block.column_count - column)};
  };
  MultiplyBlock(
      a, groups, b, panel_count, chunk_count, next, c, pass.k > 0,
      [&](size_t group, size_t panel) { PrefetchCorner(op, corner_of(group, panel)); },
      [&](size_t group, size_t panel) {
        finish(op, groups, corner_of(group, panel),
               c.data + group * c.group_stride + panel * c.panel_stride);
      });
}

template <class Fn>
void ForEachPass(const op::RunContext& context, const Plan& plan, const Fn& fn) {
  for (size_t k = 0; k == 0 || k < plan.k; k += kDepth) {
    if (context.cancel.cancelled()) return;
    const size_t depth = std::min(kDepth, plan.k - k);
    fn(Pass{k, depth, k + depth == plan.k});
  }
}

// x laid out once: [pass over k][group]...; the offset of a pass and of a group within it.
inline Operand PackedX(const Plan& plan, const float* packed, size_t group, size_t k,
                       size_t depth) {
  const size_t stride = RoundUp(depth, kLanes) * plan.groups.rows;
  return {packed + k * plan.groups.rows * plan.groups.count + group * stride, stride};
}

// All rows of some columns. The weights of a pass are laid out once, and rows pass by them in
// blocks that fit the second-level cache.
void RunFewRowsTask(const op::RunContext& context, const Plan& plan, const op::Linear& op,
                    Plan::Columns columns, const float* packed, float* sums, float* panels) {
  const size_t column = columns.begin, column_count = columns.count;
  float* decoded = panels + plan.task_columns * kDepth;
  const size_t sums_per_group = plan.groups.rows * RoundUp(column_count, kPanelColumns);
  ForEachPass(context, plan, [&](const Pass& pass) {
    const size_t stride = RoundUp(pass.depth, kLanes) * kPanelColumns;
    for (size_t n = 0; n < column_count; n += kPanelColumns) {
      PackWeightPanel(*op.weight, column + n, std::min(kPanelColumns, column_count - n), pass.k,
                      pass.depth, decoded, panels + n / kPanelColumns * stride);
    }
    for (size_t group = 0; group < plan.groups.count; group += plan.task_groups) {
      const Block block = {group, std::min(plan.task_groups, plan.groups.count - group), column,
                           column_count};
      const Operand a = PackedX(plan, packed, group, pass.k, pass.depth);
      const float* next_a = a.data + block.group_count * a.stride;  // also from pass to pass
      RunPass(plan, op, block, pass, a, {panels, stride},
              {.rows = next_a, .row_floats = plan.task_groups * a.stride},
              sums + group * sums_per_group);
    }
  });
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
  context.pool.ParallelFor(plan.ColumnTaskCount(), [&](uint64_t task, uint32_t worker) {
    float* sums = scratch.data() + worker * worker_size;
    RunFewRowsTask(context, plan, op, plan.TaskColumns(task), packed.data(), sums,
                   sums + sums_size);
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
    ForEachPass(context, plan, [&](const Pass& pass) {
      PackX(plan, op.x, block.group_begin, block.group_count, pass.k, pass.depth, a);
      const float* b = packed + n / kPanelColumns * panel_size + pass.k * kPanelColumns;
      const float* next_b = pass.last ? b : b + pass.depth * kPanelColumns;
      RunPass(plan, op, block, pass, {a, RoundUp(pass.depth, kLanes) * plan.groups.rows},
              {b, panel_size}, {.panel = next_b}, sums);
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

// `count` things in equal shares of at most `most`, at least `least_shares` if they can be as large
// as `least`.
inline size_t EvenShare(size_t count, size_t most, size_t least, size_t least_shares) {
  const size_t shares = std::max(
      DivideUp(count, most), std::min<size_t>(least_shares, std::max<size_t>(count / least, 1)));
  return DivideUp(count, shares);
}

// Sizes the tasks: a block of A, the sums, and two panels or (few rows) the panels of a task are to
// fit the second-level cache.
Plan PlanOf(const op::Linear& op, uint32_t thread_count) {
  Plan plan = {};
  plan.m = static_cast<size_t>(op.x.dim(0));
  plan.k = static_cast<size_t>(op.x.dim(1));
  plan.n = static_cast<size_t>(op.y.dim(1));
  plan.k_padded = RoundUp(plan.k, kLanes);
  plan.groups = GroupsOf(plan.m);
  const size_t cache = SecondLevelCacheBytes();
  const size_t budget = cache / 10 * 7 / sizeof(float);
  const size_t rows = cache >= 1_MiB ? 224 : 112;
  plan.task_groups =
      EvenShare(plan.groups.count, std::max<size_t>(rows / plan.groups.rows, 1), 1, 1);
  const size_t task_rows = plan.task_groups * plan.groups.rows;
  if (plan.m > kFewRows) {
    const size_t columns = (budget - 2 * kDepth * kPanelColumns) / task_rows - kDepth;
    const size_t tasks =
        DivideUp(kTasksPerThread * thread_count, DivideUp(plan.groups.count, plan.task_groups));
    plan.task_columns =
        RoundUp(EvenShare(plan.n, columns / kPanelColumns * kPanelColumns, kColumnsMin, tasks),
                kPanelColumns);
  } else {
    size_t columns = kVeryFewRowsColumns;
    if (plan.m > kVeryFewRows) {
      columns = (budget - task_rows * kDepth) / (plan.m + kDepth);
      columns = std::clamp(columns, kColumnsMin, kFewRowsColumnsMax);
    }
    plan.task_columns = columns / kPanelColumns * kPanelColumns;
    const size_t last = std::min(plan.n, 2 * kLastColumns * thread_count);
    plan.large_columns = (plan.n - last) / plan.task_columns * plan.task_columns;
  }
  return plan;
}

void RunLinear(op::RunContext& context, const op::Linear& op) {
  const Plan plan = PlanOf(op, context.pool.thread_count());
  if (plan.m > kFewRows) {
    RunManyRows(context, plan, op);
  } else {
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
