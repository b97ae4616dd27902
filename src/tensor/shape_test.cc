// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include <gtest/gtest.h>

#include <vector>

namespace aozora {
namespace {

TEST(Shape, CountsValues) {
  const Shape shape{16, 3, 6, 8};
  EXPECT_EQ(shape.rank(), 4);
  EXPECT_EQ(shape[1], 3);
  EXPECT_EQ(shape.count(), 16 * 3 * 6 * 8);
  EXPECT_EQ(shape.item_count(), 3 * 6 * 8);
  EXPECT_EQ(Shape({7}).item_count(), 1);
  EXPECT_EQ(Shape({4, 0, 5}).count(), 0);
}

TEST(Shape, OfRankZeroHasOneValue) {
  EXPECT_EQ(Shape().rank(), 0);
  EXPECT_EQ(Shape().count(), 1);
  EXPECT_TRUE(Shape().sizes().empty());
}

TEST(Shape, ComparesRankAndSizes) {
  EXPECT_EQ(Shape({2, 3}), Shape({2, 3}));
  EXPECT_FALSE(Shape({2, 3}) == Shape({3, 2}));
  EXPECT_FALSE(Shape({2, 3}) == Shape({2, 3, 1}));
  EXPECT_FALSE(Shape() == Shape({0}));
  const std::vector<int64_t> sizes = {2, 3};
  EXPECT_EQ(Shape(std::span<const int64_t>(sizes)), Shape({2, 3}));
}

TEST(Shape, ChangesOneAxisOfACopy) {
  const Shape shape{2, 3};
  EXPECT_EQ(shape.WithAxis(1, 5), Shape({2, 5}));
  EXPECT_EQ(shape, Shape({2, 3}));
}

TEST(Shape, PrintsItsSizes) {
  EXPECT_EQ(ToString(Shape{16, 3, 6, 8}), "[16, 3, 6, 8]");
  EXPECT_EQ(ToString(Shape()), "[]");
}

TEST(ShapeDeathTest, RefusesWhatIsNoShape) {
  EXPECT_DEATH(Shape({-1}), "CHECK failed");
  EXPECT_DEATH(Shape({1, 1, 1, 1, 1, 1, 1, 1, 1}), "CHECK failed");
  EXPECT_DEATH((void)Shape({2})[1], "CHECK failed");
  EXPECT_DEATH((void)Shape({2})[-1], "CHECK failed");
  EXPECT_DEATH((void)Shape({2}).WithAxis(1, 3), "CHECK failed");
  EXPECT_DEATH((void)Shape({2}).WithAxis(-1, 3), "CHECK failed");
  EXPECT_DEATH((void)Shape({2}).WithAxis(0, -3), "CHECK failed");
}

}  // namespace
}  // namespace aozora
