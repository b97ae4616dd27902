// SPDX-License-Identifier: Apache-2.0
#include "tensor/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace aozora {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

// For every pair of neighbouring codes of a format: the codes themselves survive, what lies between
// goes to the nearer one, and the middle to the even one. That is all there is to know about
// rounding.
template <class Decode, class Encode>
void ExpectRoundsToNearestEven(uint32_t codes, Decode decode, Encode encode) {
  for (uint32_t code = 0; code + 1 < codes; ++code) {
    const float low = decode(code);
    const float high = decode(code + 1);
    ASSERT_LT(low, high);
    ASSERT_EQ(encode(low), code);
    const float middle = low + (high - low) / 2;  // exact: f32 has bits to spare
    ASSERT_EQ(encode(middle), code % 2 == 0 ? code : code + 1) << "middle above code " << code;
    ASSERT_EQ(encode(std::nextafter(middle, 0.0f)), code);
    ASSERT_EQ(encode(std::nextafter(middle, kInf)), code + 1);
    ASSERT_EQ(decode(encode(-low)), -low);
  }
}

TEST(F16, RoundsToNearestEvenOverAllCodes) {
  ExpectRoundsToNearestEven(
      0x7c00, [](uint32_t code) { return F16ToF32(static_cast<uint16_t>(code)); },
      [](float value) { return uint32_t{F32ToF16(value)}; });
}

TEST(F8E4M3, RoundsToNearestEvenOverAllCodes) {
  ExpectRoundsToNearestEven(
      0x7f, [](uint32_t code) { return F8E4M3ToF32(static_cast<uint8_t>(code)); },
      [](float value) { return uint32_t{F32ToF8E4M3(value)}; });
}

TEST(F8E5M2, RoundsToNearestEvenOverAllCodes) {
  ExpectRoundsToNearestEven(
      0x7c, [](uint32_t code) { return F8E5M2ToF32(static_cast<uint8_t>(code)); },
      [](float value) { return uint32_t{F32ToF8E5M2(value)}; });
}

TEST(BF16, RoundsToNearestEven) {
  // The largest binades overflow the middle's computation above; the upper half of f32 they are.
  ExpectRoundsToNearestEven(
      0x7f00, [](uint32_t code) { return BF16ToF32(static_cast<uint16_t>(code)); },
      [](float value) { return uint32_t{F32ToBF16(value)}; });
  EXPECT_EQ(F32ToBF16(std::numeric_limits<float>::max()), 0x7f80);
}

TEST(F16, KnownValues) {
  EXPECT_EQ(F16ToF32(0x3c00), 1.0f);
  EXPECT_EQ(F16ToF32(0xc000), -2.0f);
  EXPECT_EQ(F16ToF32(0x0001), 0x1p-24f);
  EXPECT_EQ(F16ToF32(0x7bff), 65504.0f);
  EXPECT_EQ(F16ToF32(0x7c00), kInf);
  EXPECT_EQ(F16ToF32(0xfc00), -kInf);
  EXPECT_TRUE(std::isnan(F16ToF32(0x7e00)));
  EXPECT_TRUE(std::signbit(F16ToF32(0x8000)));
  EXPECT_EQ(F32ToF16(65519.0f), 0x7bff);
  EXPECT_EQ(F32ToF16(65520.0f), 0x7c00);  // the middle between the largest and what would follow
  EXPECT_EQ(F32ToF16(-kInf), 0xfc00);
  EXPECT_TRUE(std::isnan(F16ToF32(F32ToF16(kNan))));
}

// The range of OCP FP8: e4m3 ends at 448 and has no infinity, e5m2 ends at 57344.
TEST(F8, KnownValues) {
  EXPECT_EQ(F8E4M3ToF32(0x7e), 448.0f);
  EXPECT_EQ(F8E4M3ToF32(0x01), 0x1p-9f);
  EXPECT_EQ(F8E4M3ToF32(0xb8), -1.0f);
  EXPECT_TRUE(std::isnan(F8E4M3ToF32(0x7f)));
  EXPECT_TRUE(std::isnan(F8E4M3ToF32(0xff)));
  EXPECT_EQ(F32ToF8E4M3(464.0f), 0x7e);
  EXPECT_EQ(F32ToF8E4M3(465.0f), 0x7f);
  EXPECT_EQ(F32ToF8E4M3(kInf), 0x7f);
  EXPECT_EQ(F8E5M2ToF32(0x7b), 57344.0f);
  EXPECT_EQ(F8E5M2ToF32(0x7c), kInf);
  EXPECT_TRUE(std::isnan(F8E5M2ToF32(0x7d)));
}

TEST(DecodeToF32, WholeNumbersNeedNoAlignment) {
  std::array<std::byte, 33> memory = {};
  const int64_t values[] = {-1, 1 << 20, INT64_MIN};
  std::memcpy(memory.data() + 1, values, sizeof(values));
  float out[3];
  DecodeToF32(DType::kI64, memory.data() + 1, 3, out);
  EXPECT_EQ(out[0], -1.0f);
  EXPECT_EQ(out[1], 1048576.0f);
  EXPECT_EQ(out[2], -0x1p63f);
  const uint8_t bytes[] = {0, 255, 128};
  DecodeToF32(DType::kU8, bytes, 3, out);
  EXPECT_EQ(out[1], 255.0f);
  DecodeToF32(DType::kI8, bytes, 3, out);
  EXPECT_EQ(out[1], -1.0f);
  DecodeToF32(DType::kBool, bytes, 3, out);
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_EQ(out[1], 1.0f);
}

// What ggml's dequantize_row_* (ggml-org/ggml at d99724f2) make of a block of the bytes below. The
// weighted sum has different weights for neighbours, so any two values exchanged change it.
struct GgmlBlock {
  DType dtype;
  std::vector<int> scale_offsets;  // f16 that get ordinary values instead of random ones
  double weighted_sum;
  float first;
  float last;
};

std::vector<uint8_t> RandomBlock(const GgmlBlock& expected) {
  std::vector<uint8_t> block(Info(expected.dtype).block_bytes);
  uint32_t state = 12345;  // the generator of Numerical Recipes
  for (uint8_t& byte : block) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(state >> 24);
  }
  const uint16_t scales[] = {0x2e66, 0x2a3d};  // 0.1, 0.0488
  for (size_t i = 0; i < expected.scale_offsets.size(); ++i) {
    std::memcpy(block.data() + expected.scale_offsets[i], &scales[i], sizeof(scales[i]));
  }
  return block;
}

TEST(DecodeToF32, BlocksMeanWhatGgmlSays) {
  const GgmlBlock blocks[] = {
      {DType::kQ8_0, {0}, 1678.29016113, -11.6971436f, 7.39819336f},
      {DType::kQ4_0, {0}, 53.5869140625, 0.299926758f, 0.699829102f},
      {DType::kQ4_K, {0, 2}, 306810.44635, 18.8254395f, 20.2938538f},
      {DType::kQ5_K, {0, 2}, 646162.27655, 82.8098145f, 68.3821106f},
      {DType::kQ6_K, {208}, 26997.9071045, 170.058472f, 78.3808594f},
  };
  for (const GgmlBlock& expected : blocks) {
    const std::vector<uint8_t> block = RandomBlock(expected);
    std::vector<float> values(Info(expected.dtype).block_values);
    DecodeToF32(expected.dtype, block.data(), static_cast<int64_t>(values.size()), values.data());
    double sum = 0;
    double magnitude = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const double weight = static_cast<double>(i * i % 97 + 1);
      sum += weight * static_cast<double>(values[i]);
      magnitude += weight * std::fabs(static_cast<double>(values[i]));
    }
    // One rounding of f32 in each value where a compiler fuses the multiplication and the addition.
    EXPECT_NEAR(sum, expected.weighted_sum, magnitude * 0x1p-23) << Name(expected.dtype);
    EXPECT_FLOAT_EQ(values.front(), expected.first) << Name(expected.dtype);
    EXPECT_FLOAT_EQ(values.back(), expected.last) << Name(expected.dtype);
  }
}

TEST(DecodeToF32, BlocksFollowEachOther) {
  std::vector<uint8_t> two(2 * 34);
  const uint16_t one = 0x3c00;
  std::memcpy(two.data(), &one, 2);
  std::memcpy(two.data() + 34, &one, 2);
  two[2] = 5;
  two[34 + 2 + 31] = 0xff;
  std::vector<float> values(64);
  DecodeToF32(DType::kQ8_0, two.data(), 64, values.data());
  EXPECT_EQ(values[0], 5.0f);
  EXPECT_EQ(values[63], -1.0f);
  EXPECT_EQ(values[32], 0.0f);
}

TEST(Q8Affine, IsHalfAStepOff) {
  // Two blocks: one of values behind silu, one far from zero.
  std::vector<float> values(64), decoded(64);
  for (int i = 0; i < 32; ++i) {
    const float x = static_cast<float>(i) * 0.21f - 3;
    values[i] = x / (1 + std::exp(-x));
    values[32 + i] = 1000 - static_cast<float>(i * i);
  }
  std::vector<std::byte> blocks(*BytesOf(DType::kQ8Affine, 64));
  EncodeQ8Affine(values.data(), 64, blocks.data());
  DecodeToF32(DType::kQ8Affine, blocks.data(), 64, decoded.data());
  for (size_t i = 0; i < 64; ++i) {
    const auto block = values.begin() + static_cast<std::ptrdiff_t>(i / 32 * 32);
    const auto [low, high] = std::minmax_element(block, block + 32);
    // Half a step of the range; 255 steps are off by the rounding of one, 2^-11; so is the lowest.
    const float step = (*high - *low) / 255;
    EXPECT_NEAR(decoded[i], values[i], step * (0.5f + 255 * 0x1p-11f) + std::abs(*low) * 0x1p-11f);
  }
}

TEST(Q8Affine, KeepsWhatIsTheSameEverywhereAndTellsWhatIsNotFinite) {
  std::vector<float> values(96, 0.5f), decoded(96);
  values[40] = std::numeric_limits<float>::quiet_NaN();
  values[70] = std::numeric_limits<float>::infinity();
  std::vector<std::byte> blocks(*BytesOf(DType::kQ8Affine, 96));
  EncodeQ8Affine(values.data(), 96, blocks.data());
  DecodeToF32(DType::kQ8Affine, blocks.data(), 96, decoded.data());
  for (size_t i = 0; i < 32; ++i) EXPECT_EQ(decoded[i], 0.5f);
  for (size_t i = 32; i < 96; ++i) EXPECT_TRUE(std::isnan(decoded[i]));
}

}  // namespace
}  // namespace aozora
