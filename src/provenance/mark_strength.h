// SPDX-License-Identifier: Apache-2.0
// How strongly each chip of a frame is drawn: as much as the picture hides, no more than the limit
// on the difference allows, and more for the bits that the picture itself contradicts.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "provenance/mark_code.h"
#include "provenance/mark_pattern.h"

namespace aozora {

// What a frame has under each chip, with a border of one chip on each side: [row][column].
struct ChipField {
  int columns = 0, rows = 0;  // with the border
  std::vector<float> luma;    // mean, 0..255
  std::vector<float> detail;  // mean difference between neighbours, levels
};

struct MarkStrengthLimits {
  // Of a chip where nothing hides it, levels of 8 bits at its middle.
  double flat_levels = 2.0;
  double levels_max = 7;
  // Every frame's luma keeps this peak signal to noise ratio. A little above the 42 dB that are
  // promised: colours that are cut off at black and white, and rounding, are not in the sum.
  double psnr_db_min = 42.4;
};

// One for each clip: it remembers what the frames before said. One thread at a time.
class MarkStrength {
 public:
  MarkStrength(const MarkPattern& pattern, uint32_t id, const MarkStrengthLimits& limits);

  // What to add at the middle of each chip, levels, in the order of `field`.
  const std::vector<float>& Of(const ChipField& field);

 private:
  void MeasureHost(const ChipField& field);
  void ChooseAmplitudes(const ChipField& field);
  void ChooseGains(const ChipField& field);
  void Draw(const ChipField& field);

  const MarkPattern pattern_;
  const MarkCodeword word_;
  const std::array<int8_t, kTileChips> chips_;
  const MarkStrengthLimits limits_;
  uint64_t frame_count_ = 0;
  std::vector<float> scratch_, smooth_, level_, amplitude_, delta_;
  std::array<double, kMarkCodedBits> host_ = {};  // what the pictures say of each bit, lately
  std::array<float, kMarkCodedBits> gain_ = {};
};

}  // namespace aozora
