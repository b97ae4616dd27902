// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "provenance/mark_grid.cc"
#include "provenance/mark_grid.h"

#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/check.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
constexpr size_t kSide = static_cast<size_t>(kGridSide);

struct Twiddles {
  std::array<float, kSide> cosine, sine;
};

// Two rows become their sum and their turned difference (decimation in frequency).
HWY_INLINE void SplitRows(float* re_a, float* im_a, float* re_b, float* im_b, float c, float s) {
  const D d;
  const auto cosine = hn::Set(d, c), sine = hn::Set(d, s);
  for (size_t x = 0; x < kSide; x += hn::Lanes(d)) {
    const auto ar = hn::Load(d, re_a + x), ai = hn::Load(d, im_a + x);
    const auto br = hn::Load(d, re_b + x), bi = hn::Load(d, im_b + x);
    const auto dr = hn::Sub(ar, br), di = hn::Sub(ai, bi);
    hn::Store(hn::Add(ar, br), d, re_a + x);
    hn::Store(hn::Add(ai, bi), d, im_a + x);
    hn::Store(hn::MulAdd(di, sine, hn::Mul(dr, cosine)), d, re_b + x);
    hn::Store(hn::NegMulAdd(dr, sine, hn::Mul(di, cosine)), d, im_b + x);
  }
}

// The way back (decimation in time): turn the second, then sum and difference.
HWY_INLINE void JoinRows(float* re_a, float* im_a, float* re_b, float* im_b, float c, float s) {
  const D d;
  const auto cosine = hn::Set(d, c), sine = hn::Set(d, s);
  for (size_t x = 0; x < kSide; x += hn::Lanes(d)) {
    const auto ar = hn::Load(d, re_a + x), ai = hn::Load(d, im_a + x);
    const auto br = hn::Load(d, re_b + x), bi = hn::Load(d, im_b + x);
    const auto tr = hn::NegMulAdd(bi, sine, hn::Mul(br, cosine));
    const auto ti = hn::MulAdd(br, sine, hn::Mul(bi, cosine));
    hn::Store(hn::Add(ar, tr), d, re_a + x);
    hn::Store(hn::Add(ai, ti), d, im_a + x);
    hn::Store(hn::Sub(ar, tr), d, re_b + x);
    hn::Store(hn::Sub(ai, ti), d, im_b + x);
  }
}

// Down all columns at once.
void SplitColumns(MarkGrid& grid, const Twiddles& turn) {
  for (size_t half = kSide / 2; half > 0; half /= 2) {
    const size_t step = kSide / 2 / half;
    for (size_t first = 0; first < kSide; first += 2 * half) {
      for (size_t i = 0; i < half; ++i) {
        const size_t a = (first + i) * kSide, b = a + half * kSide;
        SplitRows(&grid.re[a], &grid.im[a], &grid.re[b], &grid.im[b], turn.cosine[i * step],
                  turn.sine[i * step]);
      }
    }
  }
}

void JoinColumns(MarkGrid& grid, const Twiddles& turn) {
  for (size_t half = 1; half < kSide; half *= 2) {
    const size_t step = kSide / 2 / half;
    for (size_t first = 0; first < kSide; first += 2 * half) {
      for (size_t i = 0; i < half; ++i) {
        const size_t a = (first + i) * kSide, b = a + half * kSide;
        JoinRows(&grid.re[a], &grid.im[a], &grid.re[b], &grid.im[b], turn.cosine[i * step],
                 turn.sine[i * step]);
      }
    }
  }
}

void Transpose(std::array<float, kGridCells>& values) {
  constexpr size_t kBlock = 16;
  for (size_t by = 0; by < kSide; by += kBlock) {
    for (size_t bx = by; bx < kSide; bx += kBlock) {
      for (size_t y = by; y < by + kBlock; ++y) {
        for (size_t x = std::max(bx, by == bx ? y + 1 : bx); x < bx + kBlock; ++x) {
          std::swap(values[y * kSide + x], values[x * kSide + y]);
        }
      }
    }
  }
}

// Where the frequencies next to each row's stand: transforms leave rows in the order of their
// index with its bits reversed.
struct Neighbours {
  std::array<size_t, kSide> lower, higher;
};
Neighbours MakeNeighbours() {
  constexpr int kBits = std::countr_zero(kSide);
  const auto reversed = [](size_t index) {
    size_t out = 0;
    for (int bit = 0; bit < kBits; ++bit) out = out << 1 | (index >> bit & 1);
    return out;
  };
  Neighbours near;
  for (size_t i = 0; i < kSide; ++i) {
    near.lower[i] = reversed((reversed(i) - 1) % kSide);
    near.higher[i] = reversed((reversed(i) + 1) % kSide);
  }
  return near;
}

Twiddles MakeTwiddles() {
  Twiddles turn;
  for (size_t i = 0; i < kSide; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kGridSide;
    turn.cosine[i] = static_cast<float>(std::cos(angle));
    turn.sine[i] = static_cast<float>(std::sin(angle));
  }
  return turn;
}

void RunForward(MarkGrid& grid) {
  static const Twiddles turn = MakeTwiddles();
  SplitColumns(grid, turn);
  Transpose(grid.re);
  Transpose(grid.im);
  SplitColumns(grid, turn);
}

void RunBackward(MarkGrid& grid) {
  static const Twiddles turn = MakeTwiddles();
  JoinColumns(grid, turn);
  Transpose(grid.re);
  Transpose(grid.im);
  JoinColumns(grid, turn);
}

void RunCorrelatePair(const MarkGrid& a, const MarkGrid& b, const MarkGrid& c, MarkGrid& out) {
  const D d;
  for (size_t i = 0; i < kGridCells; i += hn::Lanes(d)) {
    const auto ar = hn::Load(d, &a.re[i]), ai = hn::Load(d, &a.im[i]);
    // conj(b) + i * conj(c)
    const auto tr = hn::Add(hn::Load(d, &b.re[i]), hn::Load(d, &c.im[i]));
    const auto ti = hn::Sub(hn::Load(d, &c.re[i]), hn::Load(d, &b.im[i]));
    hn::Store(hn::NegMulAdd(ai, ti, hn::Mul(ar, tr)), d, &out.re[i]);
    hn::Store(hn::MulAdd(ai, tr, hn::Mul(ar, ti)), d, &out.im[i]);
  }
}

// Each row becomes the sum of itself and the rows of the next lower and next higher frequency.
void AddNeighbours(const std::array<float, kGridCells>& from, std::array<float, kGridCells>& to) {
  static const Neighbours near = MakeNeighbours();
  const D d;
  for (size_t y = 0; y < kSide; ++y) {
    const float* const here = &from[y * kSide];
    const float* const lower = &from[near.lower[y] * kSide];
    const float* const higher = &from[near.higher[y] * kSide];
    for (size_t x = 0; x < kSide; x += hn::Lanes(d)) {
      const auto sum = hn::Add(hn::Load(d, lower + x), hn::Load(d, higher + x));
      hn::Store(hn::Add(hn::Load(d, here + x), sum), d, &to[y * kSide + x]);
    }
  }
}

void RunWhiten(MarkGrid& spectrum) {
  const D d;
  alignas(64) std::array<float, kGridCells> power, sums;
  for (size_t i = 0; i < kGridCells; i += hn::Lanes(d)) {
    const auto re = hn::Load(d, &spectrum.re[i]), im = hn::Load(d, &spectrum.im[i]);
    hn::Store(hn::MulAdd(re, re, hn::Mul(im, im)), d, &power[i]);
  }
  AddNeighbours(power, sums);
  Transpose(sums);
  AddNeighbours(sums, power);
  Transpose(power);
  const auto least = hn::Set(d, 1e-20f);
  for (size_t i = 0; i < kGridCells; i += hn::Lanes(d)) {
    const auto size = hn::Sqrt(hn::Add(hn::Load(d, &power[i]), least));
    hn::Store(hn::Div(hn::Load(d, &spectrum.re[i]), size), d, &spectrum.re[i]);
    hn::Store(hn::Div(hn::Load(d, &spectrum.im[i]), size), d, &spectrum.im[i]);
  }
}

Peak RunPeakOf(const std::array<float, kGridCells>& values) {
  const D d;
  auto most = hn::Load(d, values.data());
  auto squares = hn::Zero(d);
  for (size_t i = 0; i < kGridCells; i += hn::Lanes(d)) {
    const auto value = hn::Load(d, &values[i]);
    most = hn::Max(most, value);
    squares = hn::MulAdd(value, value, squares);
  }
  return {hn::GetLane(hn::MaxOfLanes(d, most)), hn::GetLane(hn::SumOfLanes(d, squares))};
}

HWY_INLINE void AddRow(const float* HWY_RESTRICT from, size_t count, float* HWY_RESTRICT to) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, to + i), hn::LoadU(d, from + i)), d, to + i);
  }
  for (; i < count; ++i) to[i] += from[i];
}

// The cell that position `i` of `count` falls on.
HWY_INLINE size_t CellOf(int i, int count, double cells_per_px, double shift) {
  const double place = (i + 0.5 - 0.5 * count) * cells_per_px + shift;
  return static_cast<size_t>(static_cast<int>(std::floor(place)) & (kGridSide - 1));
}

void RunFold(const TurnedPlane& plane, double cell_px, FoldShift shift, std::vector<float>& scratch,
             MarkGrid& out) {
  const size_t stride = static_cast<size_t>(plane.stride);
  scratch.assign(kSide * stride, 0.0f);
  for (int x = 0; x < plane.width; ++x) {
    AddRow(&plane.values[static_cast<size_t>(x) * stride], stride,
           &scratch[CellOf(x, plane.width, 1 / cell_px, shift.x) * stride]);
  }
  out.re.fill(0);
  out.im.fill(0);
  // Now [column of the grid][y]. Sixteen y at a time are turned and added to their rows.
  alignas(64) std::array<float, 16 * kSide> turned;
  for (int first = 0; first < plane.height; first += 16) {
    const size_t rows = static_cast<size_t>(std::min(16, plane.height - first));
    for (size_t x = 0; x < kSide; ++x) {
      const float* const from = &scratch[x * stride + static_cast<size_t>(first)];
      for (size_t y = 0; y < rows; ++y) turned[y * kSide + x] = from[y];
    }
    for (size_t y = 0; y < rows; ++y) {
      AddRow(
          &turned[y * kSide], kSide,
          &out.re[CellOf(first + static_cast<int>(y), plane.height, 1 / cell_px, shift.y) * kSide]);
    }
  }
}

}  // namespace aozora::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora {

HWY_EXPORT(RunForward);
HWY_EXPORT(RunBackward);
HWY_EXPORT(RunCorrelatePair);
HWY_EXPORT(RunWhiten);
HWY_EXPORT(RunPeakOf);
HWY_EXPORT(RunFold);

void TransformForward(MarkGrid& grid) { HWY_DYNAMIC_DISPATCH(RunForward)(grid); }
void TransformBackward(MarkGrid& grid) { HWY_DYNAMIC_DISPATCH(RunBackward)(grid); }
void CorrelatePair(const MarkGrid& a, const MarkGrid& b, const MarkGrid& c, MarkGrid& out) {
  HWY_DYNAMIC_DISPATCH(RunCorrelatePair)(a, b, c, out);
}
void Whiten(MarkGrid& spectrum) { HWY_DYNAMIC_DISPATCH(RunWhiten)(spectrum); }
Peak PeakOf(const std::array<float, kGridCells>& values) {
  return HWY_DYNAMIC_DISPATCH(RunPeakOf)(values);
}
void Fold(const TurnedPlane& plane, double cell_px, FoldShift shift, std::vector<float>& scratch,
          MarkGrid& out) {
  CHECK(plane.stride >= plane.height && cell_px > 0);
  HWY_DYNAMIC_DISPATCH(RunFold)(plane, cell_px, shift, scratch, out);
}

}  // namespace aozora
#endif  // HWY_ONCE
