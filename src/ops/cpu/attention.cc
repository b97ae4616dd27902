// SPDX-License-Identifier: Apache-2.0
// out = softmax(scale q k^T + bias + log_weight) v without ever holding the scores of more than one
// block: running maxima and sums, as in FlashAttention (Dao et al. 2022, arXiv:2205.14135, alg. 1).
//
// For a few heads at a time keys and values are laid out as panels (gemm_inl.h) by all threads;
// then each task takes one head and one tile of queries through all blocks of keys:
//   S = Q K^T in base-2 logits; P = 2^(S - max); O = O * 2^(old max - max) + P V.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/attention.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <cmath>

#include "ops/cpu/cache.h"
#include "ops/cpu/gemm_inl.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/math_inl.h"
#include "ops/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

// Query rows in a task, and values in one block of K (long heads get fewer keys). Each value of K
// and V that comes from the third-level cache or memory is used for all these rows. With D = 128,
// Q, O, S, and the blocks of K and V of a step are 720 KiB, or 330 KiB for the smaller second-level
// caches.
constexpr size_t kLargeCacheBytes = 1_MiB;
constexpr size_t kQueryRows = 224;
constexpr size_t kQueryRowsSmallCache = 112;
constexpr size_t kKeyBlockMax = 256;
constexpr size_t kKeyBlockValues = kKeyBlockMax * 128;
// Laid-out K and V held at a time.
constexpr size_t kKeysValuesBytesMax = 64_MiB;
constexpr float kLog2E = 1.44269504088896341f;
// Below any logit that counts, and far enough from -infinity that differences stay numbers.
constexpr float kLowestLogit = -1e30f;

struct AttentionPlan {
  size_t query_count, key_count, head_count, depth;  // M, N, H, D
  size_t depth_padded;                               // to chunks of L: rows of a panel of K
  size_t value_columns;                              // D padded to panels: columns of V and O
  size_t key_block;                                  // keys of a block, a multiple of kPanelColumns
  size_t key_block_count;
  size_t keys_padded;  // key_block * key_block_count
  Groups groups;       // of queries
  size_t tile_groups;  // of one task
  size_t tile_count;
  size_t head_size;  // floats of laid-out K and V of a head

  // Laid-out K, then V, of one head; in each, block after block.
  size_t value_offset() const { return keys_padded * depth_padded; }
  size_t BlockKeys(size_t block) const {
    return std::min(key_block, key_count - block * key_block);
  }
};

inline AttentionPlan PlanOf(const op::Attention& op) {
  AttentionPlan plan;
  plan.query_count = static_cast<size_t>(op.q.dim(0));
  plan.head_count = static_cast<size_t>(op.q.dim(1));
  plan.depth = static_cast<size_t>(op.q.dim(2));
  plan.key_count = static_cast<size_t>(op.k.dim(0));
  plan.depth_padded = RoundUp(plan.depth, kLanes);
  plan.value_columns = RoundUp(plan.depth, kPanelColumns);
  const bool large_cache = SecondLevelCacheBytes() >= kLargeCacheBytes;
  const size_t fitting =
      kKeyBlockValues / (large_cache ? 1 : 2) / plan.value_columns / kPanelColumns * kPanelColumns;
  plan.key_block = std::clamp(fitting, size_t{kPanelColumns}, size_t{kKeyBlockMax});
  plan.key_block = std::min(plan.key_block, size_t{RoundUp(plan.key_count, kPanelColumns)});
  plan.key_block_count = DivideUp(plan.key_count, plan.key_block);
  plan.keys_padded = plan.key_block * plan.key_block_count;
  plan.groups = GroupsOf(plan.query_count);
  const size_t rows = large_cache ? kQueryRows : kQueryRowsSmallCache;
  plan.tile_groups = std::max<size_t>(rows / plan.groups.rows, 1);
  plan.tile_count = DivideUp(plan.groups.count, plan.tile_groups);
  plan.tile_groups = DivideUp(plan.groups.count, plan.tile_count);
  plan.head_size = plan.keys_padded * (plan.depth_padded + plan.value_columns);
  return plan;
}

// Lays out one block of keys and values of one head. Keys beyond the last get some finite numbers
// or zeros; SoftmaxRow takes no notice of their scores.
HWY_NOINLINE void PackKeysValues(const AttentionPlan& plan, const op::Attention& op, size_t head,
                                 size_t block, float* out) {
  const size_t begin = block * plan.key_block;
  const size_t count = plan.BlockKeys(block);
  const size_t column = head * plan.depth;
  const auto row_of = [&](ConstView view, size_t key) {
    return view.f32() + static_cast<int64_t>(key) * view.item_stride() + column;
  };
  float* keys = out + begin * plan.depth_padded;
  for (size_t i = 0; i < count; i += kPanelColumns, keys += kPanelColumns * plan.depth_padded) {
    PackPanel(row_of(op.k, begin + i), op.k.item_stride(), std::min(kPanelColumns, count - i),
              plan.depth, plan.depth_padded, keys);
  }
  const FloatTag d;
  float* values = out + plan.value_offset() + begin * plan.value_columns;
  const size_t count_padded = RoundUp(count, kLanes);
  for (size_t i = 0; i < count_padded; ++i) {
    const float* from = i < count ? row_of(op.v, begin + i) : nullptr;
    for (size_t n = 0; n < plan.value_columns; n += kLanes) {
      FloatVec v = hn::Zero(d);
      if (from != nullptr && n < plan.depth) {
        v = n + kLanes <= plan.depth ? hn::LoadU(d, from + n) : LoadPart(from + n, plan.depth - n);
      }
      const size_t panel = n / kPanelColumns;
      hn::Store(v, d, values + (panel * count_padded + i) * kPanelColumns + n % kPanelColumns);
    }
  }
}

// Working memory of one task.
struct Tile {
  float* queries;  // A of depth_padded, times scale * log2(e)
  float* scores;   // A of key_block
  float* sums;     // A of value_columns: O
  float* weights;  // [row][L]: sums of P, lane by lane
  float* maxima;   // [row]
};
inline size_t TileSize(const AttentionPlan& plan) {
  const size_t rows = plan.tile_groups * plan.groups.rows;
  return rows * (plan.depth_padded + plan.key_block + plan.value_columns + kLanes) +
         RoundUp(rows, kLanes);
}
inline Tile TileAt(const AttentionPlan& plan, float* scratch) {
  const size_t rows = plan.tile_groups * plan.groups.rows;
  Tile tile;
  tile.queries = scratch;
  tile.scores = tile.queries + rows * plan.depth_padded;
  tile.sums = tile.scores + rows * plan.key_block;
  tile.weights = tile.sums + rows * plan.value_columns;
  tile.maxima = tile.weights + rows * kLanes;
  return tile;
}

// Adds what lies outside the product to the scores of one row: position bias (in base 2), the log
// of the last key's count, and minus infinity (nearly) on the columns that pad the block.
HWY_NOINLINE void AdjustScores(const AttentionPlan& plan, const op::Attention& op, size_t block,
                               const float* bias, size_t stride, float* scores) {
  const FloatTag d;
  const size_t begin = block * plan.key_block;
  const size_t count = plan.BlockKeys(block);
  if (bias != nullptr) {
    const FloatVec factor = hn::Set(d, kLog2E);
    for (size_t i = 0; i < count; i += kLanes) {
      const size_t part = std::min(kLanes, count - i);
      const FloatVec b =
          part == kLanes ? hn::LoadU(d, bias + begin + i) : LoadPart(bias + begin + i, part);
      float* at = scores + i / kLanes * stride;
      hn::Store(hn::MulAdd(b, factor, hn::Load(d, at)), d, at);
    }
  }
  if (begin + count < plan.key_count) return;
  const auto at = [&](size_t i) -> float& { return scores[i / kLanes * stride + i % kLanes]; };
  at(count - 1) += std::log2(static_cast<float>(op.last_key_count));
  for (size_t i = count; i < RoundUp(count, kLanes); ++i) at(i) = kLowestLogit;
}

// Turns the scores of one row into probabilities relative to the running maximum; returns the
// factor that what was summed before must take.
HWY_INLINE float SoftmaxRow(size_t chunk_count, size_t stride, float* scores, float* maximum,
                            float* weights) {
  const FloatTag d;
  FloatVec largest = hn::Set(d, *maximum);
  for (size_t i = 0; i < chunk_count; ++i) {
    largest = hn::Max(largest, hn::Load(d, scores + i * stride));
  }
  largest = hn::MaxOfLanes(d, largest);
  const float new_maximum = hn::GetLane(largest);
  const FloatVec factor = Exp2NotPositive(d, hn::Sub(hn::Set(d, *maximum), largest));
  FloatVec sum = hn::Mul(hn::Load(d, weights), factor);
  for (size_t i = 0; i < chunk_count; ++i) {
    const FloatVec p = Exp2NotPositive(d, hn::Sub(hn::Load(d, scores + i * stride), largest));
    sum = hn::Add(sum, p);
    hn::Store(p, d, scores + i * stride);
  }
  hn::Store(sum, d, weights);
  *maximum = new_maximum;
  return hn::GetLane(factor);
}

// Scores of one block into probabilities, for all rows of the tile; O takes its factors.
HWY_NOINLINE void SoftmaxBlock(const AttentionPlan& plan, const op::Attention& op, size_t head,
                               size_t row_begin, size_t group_count, size_t block,
                               const Tile& tile) {
  const FloatTag d;
  const size_t rows = plan.groups.rows;
  const size_t stride = rows * kLanes;
  const bool last = block + 1 == plan.key_block_count;
  const size_t chunk_count = DivideUp(plan.BlockKeys(block), kLanes);
  for (size_t row = 0; row < group_count * rows; ++row) {
    const size_t group = row / rows;
    float* scores = tile.scores + group * rows * plan.key_block + row % rows * kLanes;
    if (op.bias || last) {
      const size_t query = std::min(row_begin + row, plan.query_count - 1);
      const float* bias = op.bias
                              ? op.bias.f32() + static_cast<int64_t>(head) * op.bias.item_stride() +
                                    query * plan.key_count
                              : nullptr;
      AdjustScores(plan, op, block, bias, stride, scores);
    }
    const float factor =
        SoftmaxRow(chunk_count, stride, scores, tile.maxima + row, tile.weights + row * kLanes);
    if (factor == 1 || block == 0) continue;
    float* sums = tile.sums + group * rows * plan.value_columns + row % rows * kLanes;
    const FloatVec by = hn::Set(d, factor);
    for (size_t i = 0; i < plan.value_columns / kLanes; ++i, sums += stride) {
      hn::Store(hn::Mul(by, hn::Load(d, sums)), d, sums);
    }
  }
}

HWY_NOINLINE void WriteTile(const AttentionPlan& plan, const op::Attention& op, size_t head,
                            size_t row_begin, size_t row_count, const Tile& tile) {
  const FloatTag d;
  const size_t rows = plan.groups.rows;
  for (size_t row = 0; row < row_count; ++row) {
    const float weight = hn::GetLane(hn::SumOfLanes(d, hn::Load(d, tile.weights + row * kLanes)));
    const FloatVec by = hn::Set(d, 1 / weight);
    const float* sums = tile.sums + row / rows * rows * plan.value_columns + row % rows * kLanes;
    float* to = op.out.f32() + static_cast<int64_t>(row_begin + row) * op.out.item_stride() +
                head * plan.depth;
    for (size_t n = 0; n < plan.depth; n += kLanes, sums += rows * kLanes) {
      const FloatVec v = hn::Mul(by, hn::Load(d, sums));
      if (n + kLanes <= plan.depth) {
        hn::StoreU(v, d, to + n);
      } else {
        StorePart(v, to + n, plan.depth - n);
      }
    }
  }
}

// One head and one tile of queries; `packed` is what PackKeysValues made of the head.
HWY_NOINLINE void RunTile(const op::RunContext& context, const AttentionPlan& plan,
                          const op::Attention& op, size_t head, size_t tile_index,
                          const float* packed, const Tile& tile) {
  const size_t rows = plan.groups.rows;
  const size_t group_begin = tile_index * plan.tile_groups;
  const size_t group_count = std::min(plan.tile_groups, plan.groups.count - group_begin);
  const size_t row_begin = group_begin * rows;
  const size_t row_count = std::min(plan.query_count, row_begin + group_count * rows) - row_begin;
  const Groups groups = {rows, group_count};
  PackGroups(op.q.f32() + static_cast<int64_t>(row_begin) * op.q.item_stride() + head * plan.depth,
             op.q.item_stride(), row_count, plan.depth, op.scale * kLog2E, groups,
             rows * plan.depth_padded, tile.queries);
  std::fill(tile.weights, tile.weights + group_count * rows * kLanes, 0.0f);
  std::fill(tile.maxima, tile.maxima + group_count * rows, kLowestLogit);
  const size_t panel_size = rows * kPanelColumns;
  for (size_t block = 0; block < plan.key_block_count; ++block) {
    if (context.cancel.cancelled()) return;
    const size_t begin = block * plan.key_block;
    const size_t count = plan.BlockKeys(block);
    const float* keys = packed + begin * plan.depth_padded;
    const float* values = packed + plan.value_offset() + begin * plan.value_columns;
    const float* next_keys = keys + plan.key_block * plan.depth_padded;
    MultiplyBlock({tile.queries, rows * plan.depth_padded}, groups,
                  {keys, kPanelColumns * plan.depth_padded}, DivideUp(count, kPanelColumns),
                  plan.depth_padded / kLanes, {.panel = values},
                  {tile.scores, rows * plan.key_block, panel_size}, false);
    SoftmaxBlock(plan, op, head, row_begin, group_count, block, tile);
    const size_t count_padded = RoundUp(count, kLanes);
    MultiplyBlock(
        {tile.scores, rows * plan.key_block}, groups,
        {packed + plan.value_offset() + begin * plan.value_columns, kPanelColumns * count_padded},
        plan.value_columns / kPanelColumns, count_padded / kLanes, {.panel = next_keys},
        {tile.sums, rows * plan.value_columns, panel_size}, block > 0);
  }
  WriteTile(plan, op, head, row_begin, row_count, tile);
}

void RunAttention(op::RunContext& context, const op::Attention& op) {
  const AttentionPlan plan = PlanOf(op);
  const size_t heads_at_once =
      std::clamp<size_t>(kKeysValuesBytesMax / sizeof(float) / plan.head_size, 1, plan.head_count);
  const Scratch packed(context.memory, heads_at_once * plan.head_size);
  const size_t tile_size = RoundUp(TileSize(plan), size_t{16});  // whole cache lines
  const Scratch tiles(context.memory, tile_size * context.pool.thread_count());
  for (size_t first = 0; first < plan.head_count; first += heads_at_once) {
    const size_t count = std::min(heads_at_once, plan.head_count - first);
    context.pool.ParallelFor(count * plan.key_block_count, [&](uint64_t task, uint32_t) {
      const size_t head = task / plan.key_block_count;
      PackKeysValues(plan, op, first + head, task % plan.key_block_count,
                     packed.data() + head * plan.head_size);
    });
    context.pool.ParallelFor(count * plan.tile_count, [&](uint64_t task, uint32_t worker) {
      const size_t head = task / plan.tile_count;
      RunTile(context, plan, op, first + head, task % plan.tile_count,
              packed.data() + head * plan.head_size,
              TileAt(plan, tiles.data() + worker * tile_size));
    });
    if (context.cancel.cancelled()) return;
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops::cpu {

HWY_EXPORT(RunAttention);

op::Support Supports(const op::Attention&) { return op::Support::Yes(); }

void Run(op::RunContext& context, const op::Attention& op) {
  if (op.out.count() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunAttention)(context, op);
}

}  // namespace aozora::ops::cpu
#endif  // HWY_ONCE
