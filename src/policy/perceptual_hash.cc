// SPDX-License-Identifier: Apache-2.0
#include "policy/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace aozora::policy {
namespace {

constexpr size_t kSide = 32;
constexpr size_t kKept = 8;
// Mean square of the kept frequencies but the mean, in grey levels: compression leaves more than
// this on no plain surface.
constexpr double kEnergyMin = 1.0;

using Grey = std::array<double, kSide * kSide>;
using Spectrum = std::array<double, kKept * kKept>;  // row: vertical frequency

// The mean grey of each of 32x32 parts; of small pictures, pixels are repeated.
Grey Shrink(const Image& picture) {
  Grey grey;
  for (size_t cell_y = 0; cell_y < kSide; ++cell_y) {
    const auto begin_y = static_cast<uint32_t>(cell_y * picture.height_px / kSide);
    const auto end_y = static_cast<uint32_t>((cell_y + 1) * picture.height_px / kSide);
    for (size_t cell_x = 0; cell_x < kSide; ++cell_x) {
      const auto begin_x = static_cast<uint32_t>(cell_x * picture.width_px / kSide);
      const auto end_x = static_cast<uint32_t>((cell_x + 1) * picture.width_px / kSide);
      uint64_t sum = 0, count = 0;
      for (uint32_t y = begin_y; y < std::max(end_y, begin_y + 1); ++y) {
        const uint8_t* row = picture.row(y).data();
        for (uint32_t x = begin_x; x < std::max(end_x, begin_x + 1); ++x, ++count) {
          const uint8_t* rgb = row + size_t{3} * x;
          sum += 299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2];
        }
      }
      grey[cell_y * kSide + cell_x] =
          static_cast<double>(sum) / (1000.0 * static_cast<double>(count));
    }
  }
  return grey;
}

// Orthonormal DCT-II, its lowest frequencies.
const std::array<double, kKept * kSide>& Basis() {
  static const std::array<double, kKept* kSide> basis = [] {
    std::array<double, kKept * kSide> table;
    for (size_t k = 0; k < kKept; ++k) {
      const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / kSide);
      for (size_t n = 0; n < kSide; ++n) {
        const double angle = std::numbers::pi * static_cast<double>((2 * n + 1) * k) / (2 * kSide);
        table[k * kSide + n] = scale * std::cos(angle);
      }
    }
    return table;
  }();
  return basis;
}

Spectrum LowFrequencies(const Grey& grey) {
  const auto& basis = Basis();
  std::array<double, kSide* kKept> rows = {};
  for (size_t y = 0; y < kSide; ++y) {
    for (size_t k = 0; k < kKept; ++k) {
      for (size_t x = 0; x < kSide; ++x) {
        rows[y * kKept + k] += basis[k * kSide + x] * grey[y * kSide + x];
      }
    }
  }
  Spectrum spectrum = {};
  for (size_t v = 0; v < kKept; ++v) {
    for (size_t k = 0; k < kKept; ++k) {
      for (size_t y = 0; y < kSide; ++y) {
        spectrum[v * kKept + k] += basis[v * kSide + y] * rows[y * kKept + k];
      }
    }
  }
  spectrum[0] = 0;  // the brightness
  return spectrum;
}

uint64_t AboveMedian(const Spectrum& spectrum) {
  Spectrum sorted = spectrum;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  const double median = sorted[sorted.size() / 2];
  uint64_t bits = 0;
  for (const double value : spectrum) bits = bits << 1 | (value > median ? 1u : 0u);
  return bits;
}

}  // namespace

std::optional<PictureHash> HashPicture(const Image& picture) {
  if (picture.width_px == 0 || picture.height_px == 0) return std::nullopt;
  Spectrum spectrum = LowFrequencies(Shrink(picture));
  double energy = 0;
  for (const double value : spectrum) energy += value * value;
  if (energy / (kSide * kSide) < kEnergyMin) return std::nullopt;
  PictureHash hash;
  hash.bits = AboveMedian(spectrum);
  // A mirror turns the sign of every odd horizontal frequency.
  for (size_t i = 1; i < spectrum.size(); i += 2) spectrum[i] = -spectrum[i];
  hash.mirrored = AboveMedian(spectrum);
  return hash;
}

}  // namespace aozora::policy
