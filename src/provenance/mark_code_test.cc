// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_code.h"

#include <gtest/gtest.h>

#include <random>

namespace aozora {
namespace {

using Soft = std::array<float, kMarkCodedBits>;

Soft Noisy(const MarkCodeword& word, double sigma, std::mt19937& dice) {
  std::normal_distribution<float> noise(0, static_cast<float>(sigma));
  Soft soft;
  for (size_t i = 0; i < soft.size(); ++i) soft[i] = static_cast<float>(word[i]) + noise(dice);
  return soft;
}

TEST(MarkCode, EveryNumberComesBack) {
  std::mt19937 dice(1);
  std::vector<uint32_t> ids = {0, 1, 0x80000000, 0xffffffff, 0x55555555};
  for (int i = 0; i < 200; ++i) ids.push_back(static_cast<uint32_t>(dice()));
  for (const uint32_t id : ids) {
    const auto decoded = DecodeMark(Noisy(EncodeMark(id), 0, dice));
    ASSERT_TRUE(decoded.has_value()) << id;
    EXPECT_EQ(decoded->id, id);
    EXPECT_NEAR(decoded->fit, 1, 1e-6);
  }
}

TEST(MarkCode, TheScaleOfSoftBitsDoesNotMatter) {
  std::mt19937 dice(2);
  Soft soft = Noisy(EncodeMark(42), 0.5, dice);
  const auto before = DecodeMark(soft);
  for (float& value : soft) value *= 1e-3f;
  const auto after = DecodeMark(soft);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->id, after->id);
  EXPECT_NEAR(before->fit, after->fit, 1e-5);
}

// At the end of a free distance of 18 stand 8 errors that are always mended: fewer than half.
TEST(MarkCode, AnyEightWrongBitsAreMended) {
  std::mt19937 dice(3);
  for (int run = 0; run < 100; ++run) {
    const uint32_t id = static_cast<uint32_t>(dice());
    Soft soft = Noisy(EncodeMark(id), 0, dice);
    for (int i = 0; i < 8; ++i) {
      float& value = soft[dice() % soft.size()];
      value = -value;
    }
    const auto decoded = DecodeMark(soft);
    ASSERT_TRUE(decoded.has_value()) << run;
    EXPECT_EQ(decoded->id, id);
  }
}

// sigma 0.95 flips one bit in seven (the chance that a normal number exceeds 1 / 0.95 is 0.146).
TEST(MarkCode, OneWrongBitInSevenIsMendedNearlyAlways) {
  std::mt19937 dice(4);
  int right = 0;
  for (int run = 0; run < 200; ++run) {
    const uint32_t id = static_cast<uint32_t>(dice());
    const auto decoded = DecodeMark(Noisy(EncodeMark(id), 0.95, dice));
    if (decoded && decoded->id == id) ++right;
  }
  EXPECT_GE(right, 190);
}

TEST(MarkCode, NoiseIsRefused) {
  std::mt19937 dice(5);
  int accepted = 0;
  double fit = 0;
  for (int run = 0; run < 2000; ++run) {
    const auto decoded = DecodeMark(Noisy(MarkCodeword{}, 1, dice));
    if (!decoded) continue;
    ++accepted;
    fit = std::max(fit, decoded->fit);
  }
  // One in 65536 has the right check bits by chance.
  EXPECT_LE(accepted, 2);
  EXPECT_LT(fit, 0.75);
}

TEST(MarkCode, NothingAtAllIsNoCrash) {
  const Soft zero = {};
  const auto decoded = DecodeMark(zero);
  if (decoded) {
    EXPECT_EQ(decoded->fit, 0);
  }
}

TEST(MarkCode, WordsOfDifferentNumbersAreFarApart) {
  std::mt19937 dice(6);
  for (int run = 0; run < 300; ++run) {
    const uint32_t id = static_cast<uint32_t>(dice());
    const MarkCodeword a = EncodeMark(id), b = EncodeMark(id ^ 1u << run % 32);
    int distance = 0;
    for (size_t i = 0; i < a.size(); ++i) distance += a[i] != b[i];
    EXPECT_GE(distance, 18);
  }
}

}  // namespace
}  // namespace aozora
