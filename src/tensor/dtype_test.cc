// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace aozora {
namespace {

TEST(DType, HasAName) {
  std::set<std::string_view> names;
  for (int i = 0; i < kDTypeCount; ++i) names.insert(Name(static_cast<DType>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kDTypeCount));
  EXPECT_EQ(Name(DType::kBF16), "bf16");
  EXPECT_EQ(Name(DType::kQ6_K), "q6_k");
}

TEST(DType, KnowsItsBlocks) {
  EXPECT_FALSE(IsBlockQuantized(DType::kF8E4M3));
  // ggml: a block of 32 has an f16 scale; of 256, in K, the scales of its parts as well.
  EXPECT_EQ(Info(DType::kQ8_0).block_bytes, 2u + 32);
  EXPECT_EQ(Info(DType::kQ4_0).block_bytes, 2u + 32 / 2);
  EXPECT_EQ(Info(DType::kQ4_K).block_bytes, 2u + 2 + 12 + 256 / 2);
  EXPECT_EQ(Info(DType::kQ5_K).block_bytes, 2u + 2 + 12 + 256 / 8 + 256 / 2);
  EXPECT_EQ(Info(DType::kQ6_K).block_bytes, 256u / 2 + 256 / 4 + 256 / 16 + 2);
}

TEST(BytesOf, IsAWholeNumberOfBlocks) {
  EXPECT_EQ(BytesOf(DType::kF32, 3), 12u);
  EXPECT_EQ(BytesOf(DType::kF64, 0), 0u);
  EXPECT_EQ(BytesOf(DType::kBool, 5), 5u);
  EXPECT_EQ(BytesOf(DType::kQ8_0, 64), 68u);
  EXPECT_EQ(BytesOf(DType::kQ8_0, 33), std::nullopt);
  EXPECT_EQ(BytesOf(DType::kQ4_K, 128), std::nullopt);
  EXPECT_EQ(BytesOf(DType::kF32, std::numeric_limits<uint64_t>::max() / 2), std::nullopt);
}

}  // namespace
}  // namespace aozora
