// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/rng.h"

namespace aozora::world {

// Random choices that are the same everywhere: Philox words of a seed, one after the other.
class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(seed) {}

  uint32_t Word() {
    if (index_ == 4) {
      words_ = Philox4x32({block_++, 0, 0, 0},
                          {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
      index_ = 0;
    }
    return words_[index_++];
  }
  uint32_t Below(uint32_t end) {  // 0 .. end - 1
    return static_cast<uint32_t>(uint64_t{Word()} * end >> 32);
  }
  float Unit() { return static_cast<float>(Word() >> 8) * 0x1p-24f; }  // [0, 1)
  float Between(float low, float high) { return low + (high - low) * Unit(); }
  bool Chance(float probability) { return Unit() < probability; }

 private:
  uint64_t seed_;
  uint32_t block_ = 0;
  size_t index_ = 4;
  std::array<uint32_t, 4> words_ = {};
};

}  // namespace aozora::world
