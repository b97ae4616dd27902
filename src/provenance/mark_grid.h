// SPDX-License-Identifier: Apache-2.0
// The tile on a grid of half chips, its Fourier transform, and folding a picture onto it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "provenance/mark_pattern.h"

namespace aozora {

inline constexpr int kGridSide = 2 * kTileSide;
inline constexpr int kGridCells = kGridSide * kGridSide;

// Complex values on the grid, [row][column], wrapping around at its edges. 128 KiB.
struct MarkGrid {
  alignas(64) std::array<float, kGridCells> re;
  alignas(64) std::array<float, kGridCells> im;
};

// The two-dimensional Fourier transform in place. The spectrum's order is the transform's own
// (transposed and bit-reversed): only products of spectra that come from here make sense. Backward
// divides by nothing, so there and back multiplies by kGridCells.
void TransformForward(MarkGrid& grid);
void TransformBackward(MarkGrid& grid);

// out = a * conj(b) + i * a * conj(c): backward, its real part is the correlation of a with b and
// its imaginary part that of a with c, if all three were real.
void CorrelatePair(const MarkGrid& a, const MarkGrid& b, const MarkGrid& c, MarkGrid& out);

// Divides a spectrum by what its frequencies and their eight neighbours come to, so that none
// outweighs the rest. (By its own magnitude alone each would keep nothing but its phase, and those
// that stand out because the mark is in them would lose that.)
void Whiten(MarkGrid& spectrum);

// The largest of the values and the sum of all squares.
struct Peak {
  float value = 0;
  float square_sum = 0;
};
Peak PeakOf(const std::array<float, kGridCells>& values);

// A picture's plane with columns as rows: [x][y], each of `stride` values, of which `height` count.
struct TurnedPlane {
  int width = 0, height = 0, stride = 0;
  std::vector<float> values;
};

// Adds every value of the plane to the cell of the grid that it falls on when the picture's middle
// lies on the grid's origin and a cell is `cell_px` wide; shifted by a share of a cell. The
// imaginary part becomes zero. `scratch` is kept between calls to save allocations.
struct FoldShift {
  double x = 0, y = 0;  // cells
};
void Fold(const TurnedPlane& plane, double cell_px, FoldShift shift, std::vector<float>& scratch,
          MarkGrid& out);

}  // namespace aozora
