// SPDX-License-Identifier: Apache-2.0
// The ops of a decoder besides its convolutions: channel_norm, permute, mean_last.
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "ops/cpu/kernels.h"
#include "tensor/decode.h"

namespace aozora::ops::cpu {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Random(int64_t count) {
  std::mt19937 rng(1);
  std::uniform_real_distribution<float> uniform(-2, 2);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(rng);
  return values;
}

template <class Op>
void RunOn(uint32_t thread_count, const Op& op, bool cancelled = false) {
  op::CheckShapes(op);
  ASSERT_TRUE(Supports(op).yes);
  ThreadPool pool(thread_count);
  const std::unique_ptr<op::Memory> memory = op::MakeHostMemory();
  CancelToken cancel;
  if (cancelled) cancel.Cancel();
  op::RunContext context{pool, *memory, cancel};
  Run(context, op);
}

struct NormCase {
  Shape shape;
  int64_t gap;  // between the items of x; those of y lie 3 further apart
  op::Activation activation;
};

class ChannelNorms : public testing::TestWithParam<NormCase> {};

TEST_P(ChannelNorms, DivideByTheLengthOfTheRow) {
  const auto& [shape, gap, activation] = GetParam();
  const int64_t channels = shape[shape.rank() - 1];
  const int64_t items = shape.rank() == 1 ? 1 : shape[0];
  const int64_t item = shape.count() / items;
  const std::vector<float> x = Random(items * (item + gap)), weight = Random(channels);
  std::vector<float> y(static_cast<size_t>(items * (item + gap + 3)), kNan), other = y;
  op::ChannelNorm op;
  op.x = ConstView(x.data(), DType::kF32, shape, item + gap);
  op.weight = ConstView(weight.data(), DType::kF32, Shape{channels});
  op.activation = activation;
  op.y = View(y.data(), DType::kF32, shape, item + gap + 3);
  RunOn(2, op);
  // The length is rounded C / 4 times at most along each chain, the rest 6 times; the activation
  // adds some units in the last place of itself and its slope is below 1.1.
  const double tolerance = (static_cast<double>(channels) / 8 + 16) * std::ldexp(1.0, -24);
  for (int64_t i = 0; i < items; ++i) {
    for (int64_t row = 0; row < item / channels; ++row) {
      const float* from = &x[i * (item + gap) + row * channels];
      double squares = 0;
      for (int64_t c = 0; c < channels; ++c) squares += double{from[c]} * from[c];
      for (int64_t c = 0; c < channels; ++c) {
        double value = from[c] / std::sqrt(squares) * std::sqrt(channels) * weight[c];
        if (activation == op::Activation::kSilu) value /= 1 + std::exp(-value);
        const int64_t at = i * (item + gap + 3) + row * channels + c;
        ASSERT_NEAR(y[at], value, tolerance * (1 + std::abs(value))) << at;
      }
    }
    for (int64_t k = 0; k < gap + 3; ++k) {
      ASSERT_TRUE(std::isnan(y[i * (item + gap + 3) + item + k])) << "wrote beside the item";
    }
  }
  op.y = View(other.data(), DType::kF32, shape, item + gap + 3);
  RunOn(3, op);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_TRUE(y[i] == other[i] || std::isnan(y[i]));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ChannelNorms,
                         testing::Values(NormCase{{3, 5, 7, 96}, 0, op::Activation::kSilu},
                                         NormCase{{2, 3, 4, 384}, 8, op::Activation::kSilu},
                                         NormCase{{300, 1024}, 0, op::Activation::kNone},
                                         NormCase{{4, 5, 3}, 1, op::Activation::kSilu},
                                         NormCase{{2, 9, 83}, 0, op::Activation::kNone},
                                         NormCase{{17}, 0, op::Activation::kNone},
                                         NormCase{{7, 1}, 2, {}}));

TEST(ChannelNorm, KeepsRowsOfZerosAndWorksInPlace) {
  std::vector<float> x = Random(5 * 33);
  std::fill_n(x.begin() + 33, 33, 0.0f);
  const std::vector<float> weight = Random(33);
  std::vector<float> y(x.size());
  op::ChannelNorm op;
  op.x = ConstView(x.data(), DType::kF32, Shape{5, 33});
  op.weight = ConstView(weight.data(), DType::kF32, Shape{33});
  op.y = View(y.data(), DType::kF32, Shape{5, 33});
  RunOn(2, op);
  for (int c = 0; c < 33; ++c) EXPECT_EQ(y[33 + c], 0);
  op.y = View(x.data(), DType::kF32, Shape{5, 33});
  RunOn(2, op);
  EXPECT_EQ(x, y);
}

// On every instruction set, as near to the f32 result as EncodeQ8Affine promises.
TEST(ChannelNorm, StoresBlocksOf8Bits) {
  constexpr int64_t kRows = 7, kChannels = 96, kCount = kRows * kChannels;
  std::vector<float> x = Random(kCount);
  std::fill_n(x.begin() + kChannels, kChannels, 0.0f);
  x[2 * kChannels + 40] = kNan;
  const std::vector<float> weight = Random(kChannels);
  const Shape shape{kRows, kChannels};
  std::vector<float> plain(kCount), decoded(kCount);
  std::vector<std::byte> blocks(*BytesOf(DType::kQ8Affine, kCount));
  op::ChannelNorm op;
  op.x = ConstView(x.data(), DType::kF32, shape);
  op.weight = ConstView(weight.data(), DType::kF32, Shape{kChannels});
  op.activation = op::Activation::kSilu;
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    op.y = View(plain.data(), DType::kF32, shape);
    RunOn(2, op);
    op.y = View(blocks.data(), DType::kQ8Affine, shape);
    RunOn(2, op);
    DecodeToF32(DType::kQ8Affine, blocks.data(), kCount, decoded.data());
    for (int64_t i = 0; i < kCount; ++i) {
      if (i / kChannels == 2) {
        ASSERT_TRUE(std::isnan(decoded[i])) << i;
        continue;
      }
      const auto block = plain.begin() + i / 32 * 32;
      const auto [low, high] = std::minmax_element(block, block + 32);
      const double rounding = std::ldexp(1.0, -11);  // of scale and lowest value
      const double step = (*high - *low) / 255;
      const double tolerance = step * (0.5 + 255 * rounding) + std::abs(*low) * rounding;
      ASSERT_NEAR(decoded[i], plain[i], tolerance + 1e-6) << i;
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

struct PermuteCase {
  Shape x;
  std::vector<int> order;
  std::vector<int64_t> repeats = {};  // sizes of y where they are not those of x, else 0
};

// By the definition: each value of y looked up by its indices.
std::vector<float> Permuted(const PermuteCase& test, const Shape& y, const std::vector<float>& x) {
  std::vector<float> out(static_cast<size_t>(y.count()));
  for (int64_t i = 0; i < y.count(); ++i) {
    int64_t rest = i, from = 0;
    for (int axis = y.rank() - 1; axis >= 0; --axis) {
      const int source = test.order[axis];
      const int64_t index = test.x[source] == 1 ? 0 : rest % y[axis];
      rest /= y[axis];
      int64_t stride = 1;
      for (int behind = source + 1; behind < test.x.rank(); ++behind) stride *= test.x[behind];
      from += index * stride;
    }
    out[i] = x[from];
  }
  return out;
}

class Permutes : public testing::TestWithParam<PermuteCase> {};

TEST_P(Permutes, AreLookups) {
  const PermuteCase& test = GetParam();
  std::vector<int64_t> sizes;
  for (size_t axis = 0; axis < test.order.size(); ++axis) {
    const bool repeated = !test.repeats.empty() && test.repeats[axis] != 0;
    sizes.push_back(repeated ? test.repeats[axis] : test.x[test.order[axis]]);
  }
  const Shape shape{std::span<const int64_t>(sizes)};
  const std::vector<float> x = Random(test.x.count());
  const std::vector<float> expected = Permuted(test, shape, x);
  op::Permute op;
  op.x = ConstView(x.data(), DType::kF32, test.x);
  op.order = test.order;
  for (uint32_t thread_count : {1u, 2u, 3u}) {
    std::vector<float> y(expected.size(), kNan);
    op.y = View(y.data(), DType::kF32, shape);
    RunOn(thread_count, op);
    ASSERT_EQ(y, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Orders, Permutes,
    testing::Values(PermuteCase{{}, {}}, PermuteCase{{5}, {0}}, PermuteCase{{70, 300}, {1, 0}},
                    PermuteCase{{300, 700}, {1, 0}}, PermuteCase{{16, 3, 20, 35}, {1, 2, 3, 0}},
                    PermuteCase{{3, 40, 50, 12}, {3, 0, 1, 2}},
                    PermuteCase{{4, 6, 10, 8}, {0, 2, 1, 3}},
                    PermuteCase{{2, 3, 4, 5, 6}, {4, 1, 3, 0, 2}},
                    PermuteCase{{2, 1, 3, 1, 2, 1, 5, 2}, {7, 6, 5, 4, 3, 2, 1, 0}},
                    PermuteCase{{3, 5, 7, 3, 2, 2}, {0, 1, 5, 2, 4, 3}},  // space from channels
                    PermuteCase{{2, 5, 7, 64, 4}, {0, 1, 2, 4, 3}},  // every fourth channel first
                    PermuteCase{
                        {2, 1, 4, 1, 5, 1, 8}, {0, 1, 2, 3, 4, 5, 6}, {0, 2, 0, 2, 0, 2, 0}},
                    PermuteCase{{1, 4, 1}, {2, 1, 0}, {3, 0, 5}}, PermuteCase{{1}, {0}, {100}},
                    PermuteCase{{6, 1, 1}, {1, 0, 2}, {2, 0, 9}}));

TEST(Permute, LeavesTheRestUndoneWhenCancelled) {
  const std::vector<float> x = Random(6);
  std::vector<float> y(6, kNan);
  const int order[] = {1, 0};
  op::Permute op;
  op.x = ConstView(x.data(), DType::kF32, Shape{2, 3});
  op.order = order;
  op.y = View(y.data(), DType::kF32, Shape{3, 2});
  RunOn(1, op, true);
  for (float value : y) EXPECT_TRUE(std::isnan(value));
}

TEST(MeanLast, IsTheMean) {
  for (const Shape& shape :
       {Shape{1}, Shape{7}, Shape{5, 8}, Shape{3, 4, 2}, Shape{2, 100000}, Shape{20000, 12}}) {
    const std::vector<float> x = Random(shape.count());
    const int64_t n = shape[shape.rank() - 1];
    const auto mean_count = static_cast<size_t>(shape.count() / n);
    std::vector<float> y(mean_count, kNan), other(mean_count, kNan);
    op::MeanLast op;
    op.x = ConstView(x.data(), DType::kF32, shape);
    const Shape out(shape.sizes().first(static_cast<size_t>(shape.rank() - 1)));
    op.y = View(y.data(), DType::kF32, out);
    RunOn(2, op);
    for (size_t i = 0; i < mean_count; ++i) {
      double sum = 0;
      for (int64_t k = 0; k < n; ++k) sum += x[i * n + k];
      // Sums in double, one rounding to float of a mean below 2.
      ASSERT_NEAR(y[i], sum / static_cast<double>(n), std::ldexp(1.0, -23));
    }
    op.y = View(other.data(), DType::kF32, out);
    RunOn(3, op);
    EXPECT_EQ(y, other);
  }
}

}  // namespace
}  // namespace aozora::ops::cpu
