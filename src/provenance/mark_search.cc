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
void AddChip(int column, int row, float height, bool flipped, GridPlane& plane) {
  for (int y = -1; y <= 1; ++y) {
    for (int x = -1; x <= 1; ++x) {
      const float weight = (x == 0 ? 1.0f : 0.5f) * (y == 0 ? 1.0f : 0.5f);
      plane[CellAt(column, row, x, y, flipped)] += height * weight;
    }
  }
}

double HeightOf(const Peak& peak) {
  return peak.value / std::sqrt(peak.square_sum / kGridCells + 1e-30f);
}

void MakeSync(const MarkPattern& pattern, bool flipped, MarkGrid& grid) {
  grid.re.fill(0);
  grid.im.fill(0);
  DrawSync(pattern, flipped, 1, grid.re);
  TransformForward(grid);
}

}  // namespace

void DrawSync(const MarkPattern& pattern, bool flipped, float factor, GridPlane& plane) {
  for (int row = 0; row < kTileSide; ++row) {
    for (int column = 0; column < kTileSide; ++column) {
      const size_t chip = static_cast<size_t>(row * kTileSide + column);
      if (pattern.role[chip] != MarkPattern::kSync) continue;
      AddChip(column, row, factor * pattern.sign[chip], flipped, plane);
    }
  }
}

SyncPeak HighestOf(const GridPlane& correlation) {
  const Peak peak = PeakOf(correlation);
  SyncPeak place;
  place.z = HeightOf(peak);
  const auto at = std::find(correlation.begin(), correlation.end(), peak.value);
  const int cell = static_cast<int>(at - correlation.begin());
  place.dx = cell % kGridSide;
  place.dy = cell / kGridSide;
  return place;
}

std::array<float, kMarkCodedBits> ReadBits(const MarkPattern& pattern, const GridPlane& chips,
                                           const SyncPeak& place) {
  std::array<float, kMarkCodedBits> bits = {};
  for (int row = 0; row < kTileSide; ++row) {
    for (int column = 0; column < kTileSide; ++column) {
      const size_t chip = static_cast<size_t>(row * kTileSide + column);
      if (pattern.role[chip] == MarkPattern::kSync) continue;
      bits[static_cast<size_t>(pattern.role[chip])] +=
          pattern.sign[chip] * chips[CellAt(column, row, place.dx, place.dy, place.flipped)];
    }
  }
  return bits;
}

MarkTemplates::MarkTemplates(const MarkKey& key) : chip_(std::make_unique<MarkGrid>()) {
  for (uint32_t c = 0; c < kMarkClassCount; ++c) {
    auto made = std::make_unique<Class>();
    made->pattern = MakeMarkPattern(key, c);
    MakeSync(made->pattern, false, made->sync);
    MakeSync(made->pattern, true, made->sync_flipped);
    classes_.push_back(std::move(made));
  }
  chip_->re.fill(0);
  chip_->im.fill(0);
  AddChip(0, 0, 1, false, chip_->re);
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
  const SyncPeak straight = FindSync(spectrum, mark_class, false, work);
  SyncPeak mirrored = HighestOf(work.im);
  mirrored.mark_class = mark_class;
  mirrored.flipped = true;
  return mirrored.z > straight.z ? mirrored : straight;
}

SyncPeak MarkTemplates::FindSync(const MarkGrid& spectrum, uint32_t mark_class, bool flipped,
                                 MarkGrid& work) const {
  const Class& of = *classes_[mark_class];
  CorrelatePair(spectrum, of.sync, of.sync_flipped, work);
  TransformBackward(work);
  SyncPeak place = HighestOf(flipped ? work.im : work.re);
  place.mark_class = mark_class;
  place.flipped = flipped;
  return place;
}

void MarkTemplates::FindChips(const MarkGrid& spectrum, MarkGrid& out) const {
  CorrelatePair(spectrum, *chip_, *chip_, out);
  TransformBackward(out);
}

std::array<float, kMarkCodedBits> MarkTemplates::ReadBits(const MarkGrid& spectrum,
                                                          const SyncPeak& place,
                                                          MarkGrid& work) const {
  FindChips(spectrum, work);
  return aozora::ReadBits(classes_[place.mark_class]->pattern, work.re, place);
}

}  // namespace aozora
