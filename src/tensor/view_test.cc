// SPDX-License-Identifier: Apache-2.0
#include "tensor/view.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <numeric>
#include <vector>

namespace aozora {
namespace {

std::vector<float> Counting(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TEST(View, OfNothingIsAnAbsentArgument) {
  EXPECT_FALSE(View());
  EXPECT_FALSE(ConstView());
  float value = 0;
  EXPECT_TRUE(View(&value, DType::kF32, {}));
}

TEST(View, ReadsAndWritesWhereItPoints) {
  std::vector<float> values = Counting(6);
  const View view(values.data(), DType::kF32, {2, 3});
  EXPECT_TRUE(view.dense());
  EXPECT_EQ(view.item_stride(), 3);
  EXPECT_EQ(view.dim(1), 3);
  view.f32_span()[5] = 9;
  EXPECT_EQ(values[5], 9);
  const ConstView reader = view;  // and not the other way round
  EXPECT_EQ(reader.f32()[5], 9);
  static_assert(!std::is_convertible_v<ConstView, View>);
}

TEST(View, CutsItems) {
  std::vector<float> values = Counting(24);
  const View view(values.data(), DType::kF32, {4, 2, 3});
  const View middle = view.Items(1, 2);
  EXPECT_EQ(middle.shape(), Shape({2, 2, 3}));
  EXPECT_EQ(middle.f32(), values.data() + 6);
  EXPECT_TRUE(middle.dense());
  EXPECT_EQ(middle.Items(1, 1).f32()[0], 12);
  EXPECT_EQ(view.Items(4, 0).count(), 0);
}

TEST(View, CutsColumnsAndThenItems) {
  std::vector<float> values = Counting(20);
  const View matrix(values.data(), DType::kF32, {4, 5});
  const View columns = matrix.Columns(1, 3);
  EXPECT_EQ(columns.shape(), Shape({4, 3}));
  EXPECT_EQ(columns.item_stride(), 5);
  EXPECT_FALSE(columns.dense());
  EXPECT_EQ(columns.f32()[0], 1);
  const View row = columns.Items(2, 1);  // one row lies together again
  EXPECT_TRUE(row.dense());
  EXPECT_EQ(row.f32_span()[2], 13);
  EXPECT_EQ(columns.Columns(1, 2).Items(3, 1).f32()[0], 17);
}

TEST(View, CountsBytesByItsType) {
  std::array<std::byte, 64> memory = {};
  for (const DType dtype : {DType::kBF16, DType::kI8, DType::kI64}) {
    const View view(memory.data(), dtype, {4, 2});
    const auto* item = static_cast<const std::byte*>(view.Items(1, 1).data());
    EXPECT_EQ(item - memory.data(), ptrdiff_t{2} * Info(dtype).block_bytes);
    const auto* column = static_cast<const std::byte*>(view.Columns(1, 1).data());
    EXPECT_EQ(column - memory.data(), ptrdiff_t{Info(dtype).block_bytes});
  }
}

TEST(View, TakesAnotherShape) {
  std::vector<float> values = Counting(24);
  const View view(values.data(), DType::kF32, {4, 6});
  EXPECT_EQ(view.As({2, 12}).item_stride(), 12);
  EXPECT_EQ(view.As({4, 2, 3}).item_stride(), 6);
  EXPECT_EQ(view.As({24}).dim(0), 24);
  EXPECT_EQ(View(values.data(), DType::kF32, {1}).As({}).count(), 1);
}

TEST(View, KeepsItsStrideWhenItsItemsStay) {
  std::vector<float> values = Counting(32);
  const View heads = View(values.data(), DType::kF32, {4, 8}).Columns(2, 6).As({4, 2, 3});
  EXPECT_EQ(heads.item_stride(), 8);
  EXPECT_FALSE(heads.dense());
  EXPECT_EQ(heads.Items(1, 1).f32()[0], 10);
  EXPECT_EQ(heads.As({4, 6}).item_stride(), 8);
}

TEST(View, OfOneItemIsDenseWhateverItsStride) {
  std::vector<float> values = Counting(8);
  const View view(values.data(), DType::kF32, {1, 4}, 8);
  EXPECT_TRUE(view.dense());
  EXPECT_EQ(view.As({2, 2}).item_stride(), 2);
}

TEST(ViewDeathTest, RefusesWhatLiesOutside) {
  std::vector<float> values = Counting(20);
  const View matrix(values.data(), DType::kF32, {4, 5});
  EXPECT_DEATH((void)matrix.Items(-1, 1), "CHECK failed");
  EXPECT_DEATH((void)matrix.Items(2, 3), "CHECK failed");
  EXPECT_DEATH((void)matrix.Items(2, -1), "CHECK failed");
  EXPECT_DEATH((void)matrix.Columns(3, 3), "CHECK failed");
  EXPECT_DEATH((void)matrix.Columns(-1, 2), "CHECK failed");
  EXPECT_DEATH((void)matrix.As({4, 5, 1}).Columns(0, 1), "CHECK failed");
}

TEST(ViewDeathTest, RefusesToPretend) {
  std::vector<float> values = Counting(20);
  const View matrix(values.data(), DType::kF32, {4, 5});
  EXPECT_DEATH((void)matrix.As({4, 4}), "CHECK failed");
  EXPECT_DEATH((void)matrix.Columns(0, 2).As({8}), "CHECK failed");
  EXPECT_DEATH((void)matrix.Columns(0, 2).f32_span(), "CHECK failed");
  std::array<std::byte, 68> blocks = {};
  const View quantized(blocks.data(), DType::kQ8_0, {2, 32});
  EXPECT_DEATH((void)quantized.Items(1, 1), "CHECK failed");
  EXPECT_DEATH((void)quantized.f32(), "CHECK failed");
}

}  // namespace
}  // namespace aozora
