// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace aozora {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

TEST(Units, AreBinaryWhenWritten) {
  EXPECT_EQ(64_KiB, 65536u);
  EXPECT_EQ(3_MiB, 3u * 1024 * 1024);
  EXPECT_EQ(5_GiB, uint64_t{5} << 30);
}

TEST(HumanBytes, CountsInPowersOfTen) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1000), "1.0 kB");
  EXPECT_EQ(HumanBytes(1'440'000'000), "1.4 GB");
  EXPECT_EQ(HumanBytes(12'345'678), "12.3 MB");
  EXPECT_EQ(HumanBytes(250'000'000'000), "250 GB");
  EXPECT_EQ(HumanBytes(kMax), "18.4 EB");
}

TEST(HumanBytes, NeverSaysAThousand) {
  EXPECT_EQ(HumanBytes(999'499), "999 kB");
  EXPECT_EQ(HumanBytes(999'500), "1.0 MB");
  EXPECT_EQ(HumanBytes(999'999), "1.0 MB");
  EXPECT_EQ(HumanBytes(99'949), "99.9 kB");
  EXPECT_EQ(HumanBytes(99'950), "100 kB");
}

TEST(HumanSeconds, UsesTheUnitThatFits) {
  EXPECT_EQ(HumanSeconds(0), "0 ms");
  EXPECT_EQ(HumanSeconds(0.85), "850 ms");
  EXPECT_EQ(HumanSeconds(1), "1.0 s");
  EXPECT_EQ(HumanSeconds(12.34), "12.3 s");
  EXPECT_EQ(HumanSeconds(99.94), "99.9 s");
  EXPECT_EQ(HumanSeconds(99.96), "1 min 40 s");
  EXPECT_EQ(HumanSeconds(245.4), "4 min 05 s");
  EXPECT_EQ(HumanSeconds(3599.4), "59 min 59 s");
  EXPECT_EQ(HumanSeconds(3599.6), "1 h 00 min");
  EXPECT_EQ(HumanSeconds(2 * 3600 + 3 * 60 + 59), "2 h 03 min");
}

TEST(DivideUp, RoundsUp) {
  EXPECT_EQ(DivideUp(0, 4), 0u);
  EXPECT_EQ(DivideUp(1, 4), 1u);
  EXPECT_EQ(DivideUp(4, 4), 1u);
  EXPECT_EQ(DivideUp(5, 4), 2u);
  EXPECT_EQ(RoundUp(5, 4), 8u);
  EXPECT_EQ(RoundUp(8, 4), 8u);
}

TEST(CheckedMultiply, SaysWhenItDoesNotFit) {
  uint64_t product = 0;
  EXPECT_TRUE(CheckedMultiply(0, kMax, &product));
  EXPECT_EQ(product, 0u);
  EXPECT_TRUE(CheckedMultiply(kMax, 1, &product));
  EXPECT_EQ(product, kMax);
  EXPECT_TRUE(CheckedMultiply(uint64_t{1} << 32, (uint64_t{1} << 32) - 1, &product));
  EXPECT_EQ(product, kMax - 0xFFFFFFFF);
  EXPECT_FALSE(CheckedMultiply(uint64_t{1} << 32, uint64_t{1} << 32, &product));
  EXPECT_FALSE(CheckedMultiply(kMax, 2, &product));
}

}  // namespace
}  // namespace aozora
