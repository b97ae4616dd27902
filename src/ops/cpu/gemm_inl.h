// SPDX-License-Identifier: Apache-2.0
// The matrix product that linear.cc and attention.cc are made of: C = A B, or C += A B, on operands
// that were laid out for it. Included once for each instruction set (Highway's toggle, no pragma).
//
// Layouts, with L the lanes of a vector, R the rows of a register tile, S = 2 L columns of a tile:
//   A ("groups"): [row / R][k / L][R][L]: R rows together, each as whole vectors along k.
//   B ("panels"): [column / S][k][S]: the columns of one tile side by side.
//   C: tiles of [2][R][L]; laid end to end along the columns of a group they are again an A, so
//   that
//      the probabilities of attention need no second packing.
// k is padded to a multiple of L with zeros in both operands. Rows beyond the last are zeros;
// columns beyond the last hold some finite or other values that nobody reads.
//
// A tile multiplies vectors of B by broadcast values of A. The order of additions along k is the
// same for every element of C, whatever tile it lies in.
#if defined(AOZORA_OPS_CPU_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_OPS_CPU_GEMM_INL_H_
#undef AOZORA_OPS_CPU_GEMM_INL_H_
#else
#define AOZORA_OPS_CPU_GEMM_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/units.h"
#include "tensor/decode.h"

#ifndef AOZORA_UNROLL
#if HWY_COMPILER_CLANG
#define AOZORA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AOZORA_UNROLL _Pragma("GCC unroll 32")
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, 16>;
using FloatVec = hn::Vec<FloatTag>;

inline constexpr size_t kLanes = hn::MaxLanes(FloatTag());
inline constexpr size_t kPanelColumns = 2 * kLanes;
inline constexpr size_t kLineFloats = 16;  // a cache line
// As many rows as the registers hold: 2 R accumulators, two vectors of B, one or two broadcasts.
inline constexpr size_t kTileRowsMax = kLanes == 16 ? 14 : (kLanes == 8 ? 6 : 4);

// The first `count` <= L values at p, then zeros.
HWY_INLINE FloatVec LoadPart(const float* p, size_t count) {
  HWY_ALIGN float lanes[kLanes] = {};
  std::memcpy(lanes, p, count * sizeof(float));
  return hn::Load(FloatTag(), lanes);
}

HWY_INLINE void StorePart(FloatVec v, float* p, size_t count) {
  HWY_ALIGN float lanes[kLanes];
  hn::Store(v, FloatTag(), lanes);
  std::memcpy(p, lanes, count * sizeof(float));
}

// What a tile brings closer while it multiplies: two cache lines for each chunk along k.
struct Ahead {
  const float* data;  // any address: nothing is read
  size_t step;        // floats from chunk to chunk
};

// One tile: c = a b, or c += a b, over `chunk_count` chunks of L along k.
template <size_t kRows>
HWY_NOINLINE void MultiplyTile(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b,
                               size_t chunk_count, Ahead ahead, float* HWY_RESTRICT c, bool add) {
  const FloatTag d;
  FloatVec low[kRows];
  FloatVec high[kRows];
  if (add) {
    AOZORA_UNROLL
    for (size_t row = 0; row < kRows; ++row) {
      low[row] = hn::Load(d, c + row * kLanes);
      high[row] = hn::Load(d, c + (kRows + row) * kLanes);
    }
  } else {
    AOZORA_UNROLL
    for (size_t row = 0; row < kRows; ++row) {
      low[row] = hn::Zero(d);
      high[row] = hn::Zero(d);
    }
  }
  constexpr size_t kStep = kLanes < 4 ? kLanes : 4;
  for (size_t chunk = 0; chunk < chunk_count; ++chunk) {
    __builtin_prefetch(ahead.data, 0, 2);
    __builtin_prefetch(ahead.data + kLineFloats, 0, 2);
    ahead.data += ahead.step;
    for (size_t k = 0; k < kLanes; k += kStep) {
      AOZORA_UNROLL
      for (size_t i = 0; i < kStep; ++i) {
        const FloatVec b_low = hn::Load(d, b + i * kPanelColumns);
        const FloatVec b_high = hn::Load(d, b + i * kPanelColumns + kLanes);
        AOZORA_UNROLL
        for (size_t row = 0; row < kRows; ++row) {
          const FloatVec value = hn::Set(d, a[row * kLanes + i]);
          low[row] = hn::MulAdd(value, b_low, low[row]);
          high[row] = hn::MulAdd(value, b_high, high[row]);
        }
      }
      a += kStep;
      b += kStep * kPanelColumns;
    }
    a += (kRows - 1) * kLanes;
  }
  AOZORA_UNROLL
  for (size_t row = 0; row < kRows; ++row) {
    hn::Store(low[row], d, c + row * kLanes);
    hn::Store(high[row], d, c + (kRows + row) * kLanes);
  }
}

using TileFunction = void (*)(const float*, const float*, size_t, Ahead, float*, bool);

// The kernel for tiles of `rows` rows, 1 to kTileRowsMax.
inline TileFunction TileOfRows(size_t rows) {
  static constexpr TileFunction kTiles[] = {
    &MultiplyTile<1>,
    &MultiplyTile<2>,
    &MultiplyTile<3>,
    &MultiplyTile<4>,
#if HWY_MAX_BYTES >= 32
    &MultiplyTile<5>,
    &MultiplyTile<6>,
#endif
#if HWY_MAX_BYTES >= 64
    &MultiplyTile<7>,
    &MultiplyTile<8>,
    &MultiplyTile<9>,
    &MultiplyTile<10>,
    &MultiplyTile<11>,
    &MultiplyTile<12>,
    &MultiplyTile<13>,
    &MultiplyTile<14>,
#endif
  };
  static_assert(std::size(kTiles) == kTileRowsMax);
  return kTiles[rows - 1];
}

// How `row_count` rows are cut into groups, evenly, so that no group is nearly empty.
struct Groups {
  size_t rows;  // R of each group
  size_t count;
};
inline Groups GroupsOf(size_t row_count) {
  const size_t count = DivideUp(row_count, kTileRowsMax);
  return {DivideUp(row_count, count), count};
}

// C (+)= A B for all groups of an A and all panels of a B. Panels outside: one stays in the nearest
// cache while all groups pass; meanwhile what is needed next comes to the second level, for an
// operand that comes from further away keeps the first of its tiles waiting. Strides in floats.
struct Operand {
  const float* data;
  size_t stride;  // between groups or panels
};
struct Result {
  float* data;
  size_t group_stride;
  size_t panel_stride;
};
// What is needed next: panels, one after the other, and after the last one `panel`; or, where B is
// near already, `row_floats` floats from `rows` on, which is the A of the next block.
struct Next {
  const float* panel = nullptr;
  const float* rows = nullptr;
  size_t row_floats = 0;
};
// `before(group, panel)` and `after(group, panel)` are called around each tile.
template <class Before, class After>
HWY_INLINE void MultiplyBlock(Operand a, Groups groups, Operand b, size_t panel_count,
                              size_t chunk_count, const Next& next, Result c, bool add,
                              const Before& before, const After& after) {
  const TileFunction tile = TileOfRows(groups.rows);
  const size_t panel_size = chunk_count * kLanes * kPanelColumns;
  for (size_t panel = 0; panel < panel_count; ++panel) {
    const float* panel_b = b.data + panel * b.stride;
    const float* next_b = panel + 1 < panel_count ? panel_b + b.stride : next.panel;
    for (size_t group = 0; group < groups.count; ++group) {
      // Each tile its part; those that find nothing left look at their own panel.
      const size_t index = next.rows != nullptr ? panel * groups.count + group : group;
      const size_t part = index * chunk_count * 2 * kLineFloats;
      const size_t size = next.rows != nullptr ? next.row_floats : panel_size;
      const float* from = next.rows != nullptr ? next.rows : next_b;
      const Ahead ahead = part < size ? Ahead{from + part, 2 * kLineFloats} : Ahead{panel_b, 0};
      before(group, panel);
      tile(a.data + group * a.stride, panel_b, chunk_count, ahead,
           c.data + group * c.group_stride + panel * c.panel_stride, add);
      after(group, panel);
    }
  }
}

HWY_INLINE void MultiplyBlock(Operand a, Groups groups, Operand b, size_t panel_count,
                              size_t chunk_count, const Next& next, Result c, bool add) {
  const auto nothing = [](size_t, size_t) {};
  MultiplyBlock(a, groups, b, panel_count, chunk_count, next, c, add, nothing, nothing);
}

inline constexpr int64_t kRowsAhead = 3;

// Lays rows of a matrix out as groups, times `factor`. `row_count` rows exist of groups.rows *
// groups.count, k values of each.
inline void PackGroups(const float* x, int64_t row_stride, size_t row_count, size_t k, float factor,
                       Groups groups, size_t group_stride, float* out) {
  const FloatTag d;
  const FloatVec scale = hn::Set(d, factor);
  const size_t whole_count = k / kLanes;
  const size_t chunk_count = DivideUp(k, kLanes);
  const size_t chunk_stride = groups.rows * kLanes;
  for (size_t row = 0; row < groups.rows * groups.count; ++row) {
    float* to = out + row / groups.rows * group_stride + row % groups.rows * kLanes;
    if (row >= row_count) {
      for (size_t i = 0; i < chunk_count; ++i) hn::Store(hn::Zero(d), d, to + i * chunk_stride);
      continue;
    }
    const float* from = x + static_cast<int64_t>(row) * row_stride;
    // Pieces of rows are too short for the hardware to see them coming.
    const bool has_next = row + size_t{kRowsAhead} < row_count;
    const float* next = from + (has_next ? kRowsAhead * row_stride : 0);
    for (size_t i = 0; i < whole_count; ++i) {
      __builtin_prefetch(next + i * kLanes, 0, 2);
      hn::Store(hn::Mul(scale, hn::LoadU(d, from + i * kLanes)), d, to + i * chunk_stride);
    }
    if (whole_count < chunk_count) {
      const FloatVec last = LoadPart(from + whole_count * kLanes, k - whole_count * kLanes);
      hn::Store(hn::Mul(scale, last), d, to + whole_count * chunk_stride);
    }
  }
}

#if HWY_TARGET != HWY_SCALAR
// Four 32-bit lanes at `rows[4 q] + at` bytes for each quarter-vector q.
template <class D>
HWY_INLINE hn::Vec<D> LoadQuads(D d, const std::byte* const* rows, size_t at) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    const hn::Repartition<uint8_t, D> d8;
    return hn::BitCast(d, hn::LoadU(d8, reinterpret_cast<const uint8_t*>(rows[0] + at)));
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, LoadQuads(half, rows + hn::MaxLanes(half), at),
                       LoadQuads(half, rows, at));
  }
}

// For each i < 4 calls store(i, v), v being the 32-bit lanes i of L rows, from byte `at` on.
template <class Store>
HWY_INLINE void TransposeQuads(const std::byte* const* rows, size_t at, const Store& store) {
  const hn::RebindToUnsigned<FloatTag> d;
  const hn::RepartitionToWide<decltype(d)> d64;
  const auto v0 = LoadQuads(d, rows, at);
  const auto v1 = LoadQuads(d, rows + 1, at);
  const auto v2 = LoadQuads(d, rows + 2, at);
  const auto v3 = LoadQuads(d, rows + 3, at);
  const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d, v0, v1));
  const auto low23 = hn::BitCast(d64, hn::InterleaveLower(d, v2, v3));
  const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d, v0, v1));
  const auto high23 = hn::BitCast(d64, hn::InterleaveUpper(d, v2, v3));
  store(0, hn::BitCast(d, hn::InterleaveLower(d64, low01, low23)));
  store(1, hn::BitCast(d, hn::InterleaveUpper(d64, low01, low23)));
  store(2, hn::BitCast(d, hn::InterleaveLower(d64, high01, high23)));
  store(3, hn::BitCast(d, hn::InterleaveUpper(d64, high01, high23)));
}
#endif

// Where the columns of a panel begin; those that are missing repeat the last.
struct PanelRows {
  PanelRows(const std::byte* first, int64_t byte_stride, size_t column_count) {
    for (size_t i = 0; i < kPanelColumns; ++i) {
      at[i] = first + static_cast<int64_t>(std::min(i, column_count - 1)) * byte_stride;
    }
  }
  const std::byte* at[kPanelColumns];
};

// Lays `column_count` <= S columns of B, given as rows of k values (a weight is [N, K]), out as one
// panel of `k_padded` rows.
inline void PackPanel(const float* w, int64_t row_stride, size_t column_count, size_t k,
                      size_t k_padded, float* HWY_RESTRICT out) {
  const PanelRows rows(reinterpret_cast<const std::byte*>(w),
                       row_stride * static_cast<int64_t>(sizeof(float)), column_count);
  size_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  const FloatTag d;
  for (; done + 4 <= k; done += 4) {
    for (size_t half = 0; half < kPanelColumns; half += kLanes) {
      float* to = out + done * kPanelColumns + half;
      TransposeQuads(rows.at + half, done * sizeof(float), [&](size_t i, auto v) HWY_ATTR {
        hn::Store(hn::BitCast(d, v), d, to + i * kPanelColumns);
      });
    }
  }
#endif
  for (; done < k; ++done) {
    for (size_t i = 0; i < kPanelColumns; ++i) {
      std::memcpy(out + done * kPanelColumns + i, rows.at[i] + done * sizeof(float), sizeof(float));
    }
  }
  std::fill(out + k * kPanelColumns, out + k_padded * kPanelColumns, 0.0f);
}

// The same of columns stored as bf16, at any address, times `factor`. Two values at a time are
// turned as one lane and taken apart last, which costs half as much as decoding them first.
inline void PackPanelBF16(const std::byte* w, int64_t byte_stride, size_t column_count, size_t k,
                          size_t k_padded, float factor, float* HWY_RESTRICT out) {
  const PanelRows rows(w, byte_stride, column_count);
  size_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> d32;
  const FloatVec scale = hn::Set(d, factor);
  const auto odd = hn::Set(d32, 0xFFFF0000u);
  for (; done + 8 <= k; done += 8) {
    for (size_t half = 0; half < kPanelColumns; half += kLanes) {
      float* to = out + done * kPanelColumns + half;
      TransposeQuads(rows.at + half, done * 2, [&](size_t i, auto v) HWY_ATTR {
        const FloatVec first = hn::BitCast(d, hn::ShiftLeft<16>(v));
        const FloatVec second = hn::BitCast(d, hn::And(v, odd));
        hn::Store(hn::Mul(scale, first), d, to + 2 * i * kPanelColumns);
        hn::Store(hn::Mul(scale, second), d, to + (2 * i + 1) * kPanelColumns);
      });
    }
  }
#endif
  for (; done < k; ++done) {
    for (size_t i = 0; i < kPanelColumns; ++i) {
      uint16_t bits;
      std::memcpy(&bits, rows.at[i] + done * 2, sizeof(bits));
      out[done * kPanelColumns + i] = factor * BF16ToF32(bits);
    }
  }
  std::fill(out + k * kPanelColumns, out + k_padded * kPanelColumns, 0.0f);
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
