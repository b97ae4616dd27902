// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "provenance/mark_grid.h"

namespace aozora {
namespace {

MarkKey Key(uint8_t first) {
  MarkKey key = {};
  key[0] = std::byte{first};
  return key;
}

double Agreement(const MarkPattern& a, const MarkPattern& b) {
  int sum = 0;
  for (size_t i = 0; i < kTileChips; ++i) sum += a.sign[i] * b.sign[i];
  return static_cast<double>(sum) / kTileChips;
}

TEST(MarkPattern, AThirdOfTheChipsIsSyncAndEachBitHasItsShare) {
  const MarkPattern pattern = MakeMarkPattern(Key(1), 0);
  EXPECT_EQ(std::count(pattern.role.begin(), pattern.role.end(), MarkPattern::kSync),
            kTileChips / 3);
  for (int16_t bit = 0; bit < kMarkCodedBits; ++bit) {
    EXPECT_GE(std::count(pattern.role.begin(), pattern.role.end(), bit), 18) << bit;
  }
}

// Two random tiles agree by sqrt(1 / 4096) = 0.016; five times that does not happen.
TEST(MarkPattern, KeysAndClassesHaveNothingToDoWithEachOther) {
  const MarkPattern pattern = MakeMarkPattern(Key(1), 0);
  EXPECT_LT(std::abs(Agreement(pattern, MakeMarkPattern(Key(2), 0))), 0.08);
  for (uint32_t c = 1; c < kMarkClassCount; ++c) {
    EXPECT_LT(std::abs(Agreement(pattern, MakeMarkPattern(Key(1), c))), 0.08);
  }
  EXPECT_EQ(Agreement(pattern, MakeMarkPattern(Key(1), 0)), 1);
}

TEST(MarkPattern, AsManyChipsAreUpAsDown) {
  const MarkPattern pattern = MakeMarkPattern(Key(3), 1);
  int sum = 0;
  for (const int8_t sign : pattern.sign) sum += sign;
  EXPECT_LT(std::abs(sum), 5 * 64);  // five standard deviations
}

TEST(MarkPattern, DataChipsCarryTheirBitAndSyncChipsNone) {
  const MarkPattern pattern = MakeMarkPattern(Key(4), 2);
  MarkCodeword up, down;
  up.fill(1);
  down.fill(-1);
  const auto a = MarkChips(pattern, up), b = MarkChips(pattern, down);
  for (size_t i = 0; i < kTileChips; ++i) {
    EXPECT_EQ(a[i], pattern.sign[i]);
    EXPECT_EQ(b[i] == a[i], pattern.role[i] == MarkPattern::kSync);
  }
}

std::unique_ptr<MarkGrid> RandomGrid(uint32_t seed) {
  std::mt19937 dice(seed);
  std::normal_distribution<float> normal;
  auto grid = std::make_unique<MarkGrid>();
  for (float& value : grid->re) value = normal(dice);
  grid->im.fill(0);
  return grid;
}

TEST(MarkGrid, ThereAndBackIsTheSameTimesTheCells) {
  const auto grid = RandomGrid(1);
  auto back = std::make_unique<MarkGrid>(*grid);
  TransformForward(*back);
  TransformBackward(*back);
  for (size_t i = 0; i < kGridCells; ++i) {
    // Fourteen passes, each rounds by an ulp of values that are about as large as the result.
    ASSERT_NEAR(back->re[i] / kGridCells, grid->re[i], 1e-5);
    ASSERT_NEAR(back->im[i] / kGridCells, 0, 1e-5);
  }
}

TEST(MarkGrid, CorrelationPeaksWhereACopyWasMoved) {
  const auto still = RandomGrid(2), other = RandomGrid(3);
  auto moved = std::make_unique<MarkGrid>();
  moved->im.fill(0);
  for (int y = 0; y < kGridSide; ++y) {
    for (int x = 0; x < kGridSide; ++x) {
      const int to = (y + 100) % kGridSide * kGridSide + (x + 7) % kGridSide;
      moved->re[static_cast<size_t>(to)] = still->re[static_cast<size_t>(y * kGridSide + x)];
    }
  }
  for (MarkGrid* grid : {still.get(), other.get(), moved.get()}) TransformForward(*grid);
  const auto owner = std::make_unique<MarkGrid>();
  MarkGrid& out = *owner;
  CorrelatePair(*moved, *other, *still, out);
  TransformBackward(out);
  const Peak found = PeakOf(out.im), nothing = PeakOf(out.re);
  EXPECT_EQ(std::find(out.im.begin(), out.im.end(), found.value) - out.im.begin(),
            100 * kGridSide + 7);
  EXPECT_GT(found.value, 10 * nothing.value);
}

TEST(MarkGrid, FoldingPutsRepeatsOnTopOfEachOther) {
  TurnedPlane plane;
  plane.width = 3 * kGridSide;
  plane.height = 2 * kGridSide;
  plane.stride = plane.height;
  plane.values.assign(static_cast<size_t>(plane.width * plane.height), 0.0f);
  for (int x = 5; x < plane.width; x += kGridSide) {
    for (int y = 9; y < plane.height; y += kGridSide) {
      plane.values[static_cast<size_t>(x * plane.stride + y)] = 1;
    }
  }
  MarkGrid grid;
  std::vector<float> scratch;
  Fold(plane, 1.0, {}, scratch, grid);
  const Peak peak = PeakOf(grid.re);
  EXPECT_EQ(peak.value, 6);
  EXPECT_EQ(peak.square_sum, 36);  // and nothing elsewhere
}

}  // namespace
}  // namespace aozora
