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

 private:
  struct Class {
    MarkPattern pattern;
    MarkGrid sync, sync_flipped;
  };
  std::vector<std::unique_ptr<Class>> classes_;
  std::unique_ptr<MarkGrid> chip_;  // the spectrum of one chip's shape
};

}  // namespace aozora
