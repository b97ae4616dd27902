// SPDX-License-Identifier: Apache-2.0
// The judge of all backends is judged by numbers that a person can check, and by what two ways of
// saying the same must have in common.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "op/device.h"
#include "ops/reference/backend.h"

namespace aozora::ops {
namespace {

using op::Activation;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::Pointwise;

class Reference : public testing::Test {
 protected:
  op::Tensor Of(const std::vector<float>& values, const Shape& shape) {
    return device_.Upload(values, shape);
  }
  // Numbers that are all different and sum to nothing special.
  op::Tensor Some(const Shape& shape, float phase = 0) {
    std::vector<float> values(static_cast<size_t>(shape.count()));
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = std::sin(static_cast<float>(i) * 1.3f + phase);
    }
    return Of(values, shape);
  }
  Weight WeightOf(const op::Tensor& tensor) {
    Weight weight;
    weight.view = tensor;
    return weight;
  }
  std::vector<float> Run(const op::Op& op, const op::Tensor& y) {
    EXPECT_TRUE(device_.Run(op).ok());
    const std::span<float> values = y.view().f32_span();
    return {values.begin(), values.end()};
  }
  static std::vector<std::unique_ptr<op::Backend>> Backends() {
    std::vector<std::unique_ptr<op::Backend>> backends;
    backends.push_back(MakeReferenceBackend());
    return backends;
  }

  ThreadPool pool_{2};
  CancelToken cancel_;
  op::Device device_{Backends(), op::MakeHostMemory(), pool_, cancel_};
};

TEST_F(Reference, LinearByHand) {
  const op::Tensor x = Of({1, 2, 3, 4}, {2, 2}), w = Of({1, 0, 0, 1, 1, -1}, {3, 2});
  const op::Tensor bias = Of({10, 20, 30}, {3}), y = device_.New({2, 3});
  const Weight weight = WeightOf(w);
  EXPECT_THAT(Run(op::Linear{.x = x, .weight = &weight, .bias = bias, .y = y}, y),
              ElementsAre(11, 22, 29, 13, 24, 29));
}

TEST_F(Reference, LinearGatesWhatItActivatedThenAddsTheResidual) {
  const op::Tensor x = Of({-1, 2}, {2, 1}), w = Of({1, -3}, {2, 1});
  const op::Tensor gate = Of({0, 0, 10, 100}, {2, 2}), residual = Of({1, 2, 3, 4}, {2, 2});
  const op::Tensor y = device_.New({2, 2});
  const Weight weight = WeightOf(w);
  const uint32_t rows[] = {1, 1}, mixed[] = {0, 1};
  op::Linear op{.x = x,
                .weight = &weight,
                .activation = Activation::kRelu,
                .gate = gate,
                .gate_row = rows,
                .residual = residual,
                .y = y};
  // x w = -1 3 / 2 -6, relu 0 3 / 2 0, gated 0 300 / 20 0
  EXPECT_THAT(Run(op, y), ElementsAre(1, 302, 23, 4));
  op.gate_row = mixed;
  EXPECT_THAT(Run(op, y), ElementsAre(1, 2, 23, 4));
  op.gate_row = {};  // row 0 for all
  EXPECT_THAT(Run(op, y), ElementsAre(1, 2, 3, 4));
}

TEST_F(Reference, WeightsAreTimesTheirScale) {
  const op::Tensor x = Of({1, 1}, {1, 2}), w = Of({3, 4}, {1, 2}), y = device_.New({1, 1});
  Weight weight = WeightOf(w);
  weight.scale = 0.5f;
  EXPECT_THAT(Run(op::Linear{.x = x, .weight = &weight, .y = y}, y), ElementsAre(3.5f));
}

// Values of torch.nn.functional at 1 and -2, to seven digits.
TEST_F(Reference, ActivationsHaveTheirKnownValues) {
  const op::Tensor x = Of({1, -2}, {2}), y = device_.New({2});
  const auto at = [&](Activation activation) {
    return Run(op::Elementwise{.x0 = x, .activation = activation, .y = y}, y);
  };
  EXPECT_THAT(at(Activation::kSilu),
              ElementsAre(FloatNear(0.7310586f, 1e-7f), FloatNear(-0.2384058f, 1e-7f)));
  EXPECT_THAT(at(Activation::kGeluTanh),
              ElementsAre(FloatNear(0.8411920f, 1e-7f), FloatNear(-0.0454023f, 1e-7f)));
  EXPECT_THAT(at(Activation::kRelu), ElementsAre(1, 0));
  EXPECT_THAT(at(Activation::kTanh),
              ElementsAre(FloatNear(0.7615942f, 1e-7f), FloatNear(-0.9640276f, 1e-7f)));
}

TEST_F(Reference, AttentionIsAMeanOfValues) {
  const op::Tensor q = Of({0, 0}, {1, 1, 2}), k = Some({3, 1, 2});
  const op::Tensor v = Of({1, 2, 3, 4, 5, 9}, {3, 1, 2}), out = device_.New({1, 1, 2});
  EXPECT_THAT(Run(op::Attention{.q = q, .k = k, .v = v, .out = out}, out), ElementsAre(3, 5));
  // A bias of log 2 counts the last key twice.
  const op::Tensor bias = Of({0, 0, std::log(2.f)}, {1, 1, 3});
  EXPECT_THAT(Run(op::Attention{.q = q, .k = k, .v = v, .bias = bias, .out = out}, out),
              ElementsAre(FloatEq(3.5f), FloatEq(6)));
}

TEST_F(Reference, TheLastKeyStandsForItsRepetitions) {
  const op::Tensor q = Some({2, 2, 3}), k = Some({3, 2, 3}, 1), v = Some({3, 2, 3}, 2);
  const op::Tensor many_k = device_.New({6, 2, 3}), many_v = device_.New({6, 2, 3});
  for (int64_t n = 0; n < 6; ++n) {
    device_.Copy(k.view().Items(std::min<int64_t>(n, 2), 1), many_k.view().Items(n, 1));
    device_.Copy(v.view().Items(std::min<int64_t>(n, 2), 1), many_v.view().Items(n, 1));
  }
  const op::Tensor out = device_.New({2, 2, 3}), out_many = device_.New({2, 2, 3});
  const op::Attention one{.q = q, .k = k, .v = v, .scale = 0.7f, .last_key_count = 4, .out = out};
  const op::Attention all{.q = q, .k = many_k, .v = many_v, .scale = 0.7f, .out = out_many};
  EXPECT_THAT(Run(one, out), Pointwise(FloatNear(1e-6f), Run(all, out_many)));
}

TEST_F(Reference, NormsByHand) {
  const op::Tensor row = Of({1, 3}, {1, 2}), y = device_.New({1, 2});
  const op::Tensor weight = Of({2, 10}, {2}), bias = Of({0, 1}, {2});
  const op::Tensor scale = Of({1, 0}, {1, 2}), shift = Of({0, 5}, {1, 2});
  // mean 2, deviation 1
  EXPECT_THAT(Run(op::LayerNorm{.x = row, .y = y}, y), ElementsAre(-1, 1));
  EXPECT_THAT(Run(op::LayerNorm{.x = row, .eps = 3, .y = y}, y), ElementsAre(-0.5f, 0.5f));
  EXPECT_THAT(
      Run(
          op::LayerNorm{
              .x = row, .weight = weight, .bias = bias, .scale = scale, .shift = shift, .y = y},
          y),
      ElementsAre(-4, 16));  // (-1*2 + 0)*2 + 0, (1*10 + 1)*1 + 5
  const op::Tensor side = Of({3, 4}, {1, 2});
  const float root = std::sqrt(12.5f);  // of the mean of squares
  EXPECT_THAT(Run(op::RmsNorm{.x = side, .weight = weight, .y = y}, y),
              ElementsAre(FloatEq(6 / root), FloatEq(40 / root)));
  const float over = std::sqrt(2.f) / 5;  // root of the channel count over the length
  EXPECT_THAT(Run(op::ChannelNorm{.x = side, .weight = weight, .y = y}, y),
              ElementsAre(FloatEq(6 * over), FloatEq(40 * over)));
}

TEST_F(Reference, RmsNormTurnsNeighboursOfEachHead) {
  // Rows of length 1 in the mean of squares, two heads of two; a quarter turn.
  const op::Tensor x = Of({1, 1, -1, 1}, {1, 4}), ones = Of({1, 1, 1, 1}, {4});
  const op::Tensor turn = Of({0, 1}, {1, 1, 2}), y = device_.New({1, 4});
  EXPECT_THAT(Run(op::RmsNorm{.x = x, .weight = ones, .rotation = turn, .y = y}, y),
              ElementsAre(-1, 1, -1, -1));
}

TEST_F(Reference, ConvolutionByHand) {
  // A line of pixels under the kernel 1 10 100, padded behind only.
  const op::Tensor x = Of({1, 2, 3, 4}, {1, 1, 4, 1}), w = Of({1, 10, 100}, {1, 1, 1, 1, 3});
  const Weight weight = WeightOf(w);
  const op::Tensor y = device_.New({1, 1, 3, 1}), half = device_.New({1, 1, 2, 1});
  op::Conv3d op{.x = x, .weight = &weight, .width = {.pad_back = 1}, .y = y};
  EXPECT_THAT(Run(op, y), ElementsAre(321, 432, 43));
  op.width.stride = 2;
  op.y = half;
  EXPECT_THAT(Run(op, half), ElementsAre(321, 43));
}

TEST_F(Reference, ConvolutionAddsBiasAndResidualThenActivates) {
  const op::Tensor x = Of({1, -5}, {1, 1, 2, 1}), w = Of({1, 2}, {2, 1, 1, 1});
  const op::Tensor bias = Of({0.5f, 0}, {2}), residual = Of({1, 1, 10, 11}, {1, 1, 2, 2});
  const op::Tensor y = device_.New({1, 1, 2, 2});
  const Weight weight = WeightOf(w);
  const op::Conv3d op{.x = x,
                      .weight = &weight,
                      .bias = bias,
                      .residual = residual,
                      .activation = Activation::kRelu,
                      .y = y};
  EXPECT_THAT(Run(op, y), ElementsAre(2.5f, 3, 5.5f, 1));
}

TEST_F(Reference, EnlargingIsRepeatingPixelsFirst) {
  const op::Tensor x = Some({2, 2, 3, 2}), w = Some({2, 2, 3, 3}, 1);
  const Weight weight = WeightOf(w);
  // [T, Y, 1, X, 1, C] -> [T, Y, 2, X, 2, C] is the literal enlargement.
  const op::Tensor large = device_.New({2, 4, 6, 2}), y = device_.New({2, 4, 6, 2});
  const int order[] = {0, 1, 2, 3, 4, 5};
  ASSERT_TRUE(device_
                  .Run(op::Permute{.x = x.view().As({2, 2, 1, 3, 1, 2}),
                                   .order = order,
                                   .y = large.view().As({2, 2, 2, 3, 2, 2})})
                  .ok());
  op::Conv3d op{.x = x, .weight = &weight, .upsample = 2, .y = y};
  op.height = op.width = {.pad_front = 1, .pad_back = 1};
  const std::vector<float> at_once = Run(op, y);
  op.x = large;
  op.upsample = 1;
  EXPECT_EQ(at_once, Run(op, y));
}

TEST_F(Reference, EarlierFramesAreFramesOfTheClip) {
  const op::Tensor clip = Some({4, 2, 3, 2}), w = Some({2, 2, 3, 1, 1}, 1);
  const Weight weight = WeightOf(w);
  const op::Tensor y = device_.New({2, 2, 3, 2});
  const std::vector<float> whole = Run(op::Conv3d{.x = clip, .weight = &weight, .y = y}, y);
  const ConstView earlier[] = {clip.view().Items(0, 1), clip.view().Items(1, 1)};
  const op::Conv3d op{.earlier = earlier, .x = clip.view().Items(2, 2), .weight = &weight, .y = y};
  EXPECT_EQ(whole, Run(op, y));
}

TEST_F(Reference, DepthwiseIsADiagonalKernel) {
  const op::Tensor x = Some({1, 3, 3, 2}), y = device_.New({1, 2, 2, 2});
  const op::Tensor own = Of({1, 2, 3, 4, 5, 6, 7, 8}, {2, 1, 2, 2});
  const op::Tensor full = Of({1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8}, {2, 2, 2, 2});
  const Weight weight = WeightOf(own), diagonal = WeightOf(full);
  const std::vector<float> expected = Run(op::Conv3d{.x = x, .weight = &diagonal, .y = y}, y);
  EXPECT_EQ(expected, Run(op::Conv3d{.x = x, .weight = &weight, .depthwise = true, .y = y}, y));
}

TEST_F(Reference, PermuteIsNumpysTranspose) {
  std::vector<float> numbers(6);
  std::iota(numbers.begin(), numbers.end(), 0.f);
  const op::Tensor x = Of(numbers, {1, 2, 3}), y = device_.New({3, 1, 2});
  const int order[] = {2, 0, 1};
  EXPECT_THAT(Run(op::Permute{.x = x, .order = order, .y = y}, y), ElementsAre(0, 3, 1, 4, 2, 5));
  const op::Tensor repeated = device_.New({3, 2, 2});
  EXPECT_THAT(Run(op::Permute{.x = x, .order = order, .y = repeated}, repeated),
              ElementsAre(0, 3, 0, 3, 1, 4, 1, 4, 2, 5, 2, 5));
}

TEST_F(Reference, ElementwiseByHand) {
  const op::Tensor x = Of({1, 2, 3, 4}, {2, 2}), row = Of({10, 20}, {2}), y = device_.New({2, 2});
  EXPECT_THAT(Run(op::Elementwise{.x0 = x, .x1 = row, .a = 2, .b = -1, .y = y}, y),
              ElementsAre(-8, -16, -4, -12));
  EXPECT_THAT(Run(op::Elementwise{.x0 = x, .x1 = row, .multiply = true, .high = 50, .y = y}, y),
              ElementsAre(10, 40, 30, 50));
  EXPECT_THAT(Run(op::Elementwise{.x0 = x, .low = 2, .high = 3, .y = y}, y),
              ElementsAre(2, 2, 3, 3));
}

TEST_F(Reference, MeanAndGatherByHand) {
  const op::Tensor x = Of({1, 3, 5, 9}, {2, 2}), mean = device_.New({2}), y = device_.New({3, 2});
  EXPECT_THAT(Run(op::MeanLast{.x = x, .y = mean}, mean), ElementsAre(2, 7));
  const Weight table = WeightOf(x);
  const int32_t ids[] = {1, 0, 1};
  EXPECT_THAT(Run(op::Gather{.table = &table, .ids = ids, .y = y}, y),
              ElementsAre(5, 9, 1, 3, 5, 9));
}

}  // namespace
}  // namespace aozora::ops
