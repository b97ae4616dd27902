// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_search.h"

#include <algorithm>
#include <cmath>

namespace aozora {
namespace {

// The cell where chip `chip` begins; a flipped tile runs to the left.
size_t CellAt(int column, int row, int dx, int dy, bool flipped) {
  const int x = (flipped ? dx - 2 * column : dx + 2 * column) & (kGridSide - 1);
  const int y = (dy + 2 * row) & (kGridSide - 1);
  return static_cast<size_t>(y * kGridSide + x);
}

// A chip's shape as it was drawn, a tent two chips wide, on the grid of half chips.
void AddChip(int column, int row, float sign, bool flipped, MarkGrid& grid) {
  for (int y = -1; y <= 1; ++y) {
    for (int x = -1; x <= 1; ++x) {
      const float weight = (x == 0 ? 1.0f : 0.5f) * (y == 0 ? 1.0f : 0.5f);
      grid.re[CellAt(column, row, x, y, flipped)] += sign * weight;
    }
  }
}

void DrawSync(const MarkPattern& pattern, bool flipped, MarkGrid& grid) {
  grid.re.fill(0);
  grid.im.fill(0);
  for (int row = 0; row < kTileSide; ++row) {
    for (int column = 0; column < kTileSide; ++column) {
      const size_t chip = static_cast<size_t>(row * kTileSide + column);
      if (pattern.role[chip] != MarkPattern::kSync) continue;
      AddChip(column, row, pattern.sign[chip], flipped, grid);
    }
  }
  TransformForward(grid);
}

double Height(const Peak& peak) {
  return peak.value / std::sqrt(peak.square_sum / kGridCells + 1e-30f);
}

SyncPeak PlaceOf(const std::array<float, kGridCells>& correlation, const Peak& peak) {
  SyncPeak place;
  place.z = Height(peak);
  const auto at = std::find(correlation.begin(), correlation.end(), peak.value);
  const int cell = static_cast<int>(at - correlation.begin());
  place.dx = cell % kGridSide;
  place.dy = cell / kGridSide;
  return place;
}

}  // namespace

MarkTemplates::MarkTemplates(const MarkKey& key) : chip_(std::make_unique<MarkGrid>()) {
  for (uint32_t c = 0; c < kMarkClassCount; ++c) {
    auto made = std::make_unique<Class>();
    made->pattern = MakeMarkPattern(key, c);
    DrawSync(made->pattern, false, made->sync);
    DrawSync(made->pattern, true, made->sync_flipped);
    classes_.push_back(std::move(made));
  }
  chip_->re.fill(0);
  chip_->im.fill(0);
  AddChip(0, 0, 1, false, *chip_);
  TransformForward(*chip_);
}

SyncPeak MarkTemplates::FindSync(const MarkGrid& spectrum, MarkGrid& work) const {
  SyncPeak best;
  for (uint32_t c = 0; c < classes_.size(); ++c) {
    const SyncPeak peak = FindSync(spectrum, c, work);
    if (peak.z > best.z) best = peak;
  }
  return best;
}

SyncPeak MarkTemplates::FindSync(const MarkGrid& spectrum, uint32_t mark_class,
                                 MarkGrid& work) const {
  const Class& of = *classes_[mark_class];
  CorrelatePair(spectrum, of.sync, of.sync_flipped, work);
  TransformBackward(work);
  const Peak straight = PeakOf(work.re), mirrored = PeakOf(work.im);
  const bool flipped = Height(mirrored) > Height(straight);
  SyncPeak place = flipped ? PlaceOf(work.im, mirrored) : PlaceOf(work.re, straight);
  place.mark_class = mark_class;
  place.flipped = flipped;
  return place;
}

SyncPeak MarkTemplates::FindSync(const MarkGrid& spectrum, uint32_t mark_class, bool flipped,
                                 MarkGrid& work) const {
  const Class& of = *classes_[mark_class];
  CorrelatePair(spectrum, of.sync, of.sync_flipped, work);
  TransformBackward(work);
  const auto& correlation = flipped ? work.im : work.re;
  SyncPeak place = PlaceOf(correlation, PeakOf(correlation));
  place.mark_class = mark_class;
  place.flipped = flipped;
  return place;
}

std::array<float, kMarkCodedBits> MarkTemplates::ReadBits(const MarkGrid& spectrum,
                                                          const SyncPeak& place,
                                                          MarkGrid& work) const {
  CorrelatePair(spectrum, *chip_, *chip_, work);
  TransformBackward(work);
  const MarkPattern& pattern = classes_[place.mark_class]->pattern;
  std::array<float, kMarkCodedBits> bits = {};
  for (int row = 0; row < kTileSide; ++row) {
    for (int column = 0; column < kTileSide; ++column) {
      const size_t chip = static_cast<size_t>(row * kTileSide + column);
      if (pattern.role[chip] == MarkPattern::kSync) continue;
      bits[static_cast<size_t>(pattern.role[chip])] +=
          pattern.sign[chip] * work.re[CellAt(column, row, place.dx, place.dy, place.flipped)];
    }
  }
  return bits;
}

}  // namespace aozora
