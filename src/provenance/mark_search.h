// SPDX-License-Identifier: Apache-2.0
// Where a key's tile lies on a folded picture, and what its data chips say there.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "provenance/mark_grid.h"
#include "provenance/mark_pattern.h"

namespace aozora {

// A place where a class's sync chips seem to be, and how far it stands out of everything else.
struct SyncPeak {
  double z = 0;  // in standard deviations of the whole correlation
  uint32_t mark_class = 0;
  bool flipped = false;
  int dx = 0, dy = 0;  // cells, of the tile's origin
};

// The steps of a search, also for those who measure it.
using GridPlane = std::array<float, kGridCells>;
// Adds the sync chips as they are drawn, times `factor`; not transformed yet.
void DrawSync(const MarkPattern& pattern, bool flipped, float factor, GridPlane& plane);
// The highest place of a correlation; class and flip are the caller's.
SyncPeak HighestOf(const GridPlane& correlation);
// `chips`: a fold's correlation with the shape of one chip.
std::array<float, kMarkCodedBits> ReadBits(const MarkPattern& pattern, const GridPlane& chips,
                                           const SyncPeak& place);

// What a key looks for, as spectra. Immutable; any thread.
class MarkTemplates {
 public:
  explicit MarkTemplates(const MarkKey& key);

  // The best place for any class. `spectrum`: of a fold, whitened. `work` is overwritten.
  SyncPeak FindSync(const MarkGrid& spectrum, MarkGrid& work) const;
  // The same for one class, and for one class flipped or not.
  SyncPeak FindSync(const MarkGrid& spectrum, uint32_t mark_class, MarkGrid& work) const;
  SyncPeak FindSync(const MarkGrid& spectrum, uint32_t mark_class, bool flipped,
                    MarkGrid& work) const;

  // Each coded bit's chips at that place, added up with their signs.
  std::array<float, kMarkCodedBits> ReadBits(const MarkGrid& spectrum, const SyncPeak& place,
                                             MarkGrid& work) const;
  // The correlation of a fold with one chip's shape, into the real part.
  void FindChips(const MarkGrid& spectrum, MarkGrid& out) const;

 private:
  struct Class {
    MarkPattern pattern;
    MarkGrid sync, sync_flipped;
  };
  std::vector<std::unique_ptr<Class>> classes_;
  std::unique_ptr<MarkGrid> chip_;  // the spectrum of one chip's shape
};

}  // namespace aozora
