// SPDX-License-Identifier: Apache-2.0
#include "op/op.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace aozora::op {
namespace {

// Shapes are all that matters here, so every view may lie in the same memory.
float memory[1 << 14];

View Of(const Shape& shape) { return View(memory, DType::kF32, shape); }
View F16(const Shape& shape) { return View(memory, DType::kF16, shape); }
View Q8(const Shape& shape) { return View(memory, DType::kQ8Affine, shape); }
View Overlapping(const Shape& shape) {
  return View(memory, DType::kF32, shape, shape.item_count() - 1);
}
Weight WeightOf(const Shape& shape, DType dtype = DType::kF32) {
  Weight weight;
  weight.view = ConstView(memory, dtype, shape);
  return weight;
}

const Weight kMatrix = WeightOf({6, 4});
const Weight kKernel = WeightOf({6, 4, 3, 3, 3});
const Weight kPictureKernel = WeightOf({6, 4, 3, 3});

Linear GoodLinear() { return {.x = Of({5, 4}), .weight = &kMatrix, .y = Of({5, 6})}; }
Attention GoodAttention() {
  return {.q = Of({5, 2, 8}), .k = Of({7, 2, 8}), .v = Of({7, 2, 8}), .out = Of({5, 2, 8})};
}
LayerNorm GoodLayerNorm() { return {.x = Of({5, 8}), .y = Of({5, 8})}; }
RmsNorm GoodRmsNorm() { return {.x = Of({5, 8}), .weight = Of({8}), .y = Of({5, 8})}; }
ChannelNorm GoodChannelNorm() {
  return {.x = Of({2, 3, 8}), .weight = Of({8}), .y = Of({2, 3, 8})};
}
Conv3d GoodConv3d() { return {.x = Of({5, 6, 7, 4}), .weight = &kKernel, .y = Of({3, 4, 5, 6})}; }
const int kTurn[] = {2, 0, 1};
Permute GoodPermute() { return {.x = Of({2, 3, 4}), .order = kTurn, .y = Of({4, 2, 3})}; }
Elementwise GoodElementwise() { return {.x0 = Of({5, 8}), .y = Of({5, 8})}; }
MeanLast GoodMeanLast() { return {.x = Of({5, 8}), .y = Of({5})}; }
const int32_t kIds[] = {0, 5, 5};
Gather GoodGather() { return {.table = &kMatrix, .ids = kIds, .y = Of({3, 4})}; }

// Changes a good op and expects that CheckShapes names it and dies.
template <class T>
void ExpectRefused(T op, const std::function<void(T&)>& spoil, const char* name) {
  CheckShapes(op);
  spoil(op);
  EXPECT_DEATH(CheckShapes(op), std::string("shapes fit; ") + name);
}
template <class T>
void ExpectAccepted(T op, const std::function<void(T&)>& change) {
  change(op);
  CheckShapes(op);
}

TEST(CheckShapesDeathTest, Linear) {
  using T = Linear;
  const auto refuse = [](const std::function<void(T&)>& spoil) {
    ExpectRefused<T>(GoodLinear(), spoil, "linear");
  };
  static const Weight ragged = WeightOf({6, 4}, DType::kQ8_0);
  static const uint32_t rows[] = {0, 1, 1, 0, 2};
  refuse([](T& op) { op.x = {}; });
  refuse([](T& op) { op.x = Of({5, 3}); });
  refuse([](T& op) { op.x = Of({5, 4, 1}); });
  refuse([](T& op) { op.x = F16({5, 4}); });
  refuse([](T& op) { op.x = Overlapping({5, 4}); });
  refuse([](T& op) { op.weight = nullptr; });
  refuse([](T& op) { op.weight = &kKernel; });
  refuse([](T& op) { op.weight = &ragged; });
  refuse([](T& op) { op.y = Of({5, 7}); });
  refuse([](T& op) { op.y = Of({4, 6}); });
  refuse([](T& op) { op.y = {}; });
  refuse([](T& op) { op.bias = Of({5}); });
  refuse([](T& op) { op.bias = View(memory, DType::kF32, {6}, 2); });
  refuse([](T& op) { op.residual = Of({5, 4}); });
  refuse([](T& op) { op.gate = Of({1, 5}); });
  refuse([](T& op) { op.gate = Of({0, 6}); });
  refuse([](T& op) {
    op.gate = Of({2, 6});
    op.gate_row = rows;  // asks for row 2
  });
  refuse([](T& op) {
    op.gate = Of({3, 6});
    op.gate_row = RowIndex(rows, 4);
  });
  ExpectAccepted<T>(GoodLinear(), [](T& op) {
    op.bias = Of({6});
    op.gate = Of({3, 6});
    op.gate_row = rows;
    op.residual = op.y;
    op.x = View(memory, DType::kF32, {5, 4}, 9);
  });
}

TEST(CheckShapesDeathTest, Attention) {
  using T = Attention;
  const auto refuse = [](const std::function<void(T&)>& spoil) {
    ExpectRefused<T>(GoodAttention(), spoil, "attention");
  };
  refuse([](T& op) { op.q = Of({5, 16}); });
  refuse([](T& op) { op.k = Of({7, 2, 4}); });
  refuse([](T& op) { op.k = Of({7, 1, 8}); });
  refuse([](T& op) { op.v = Of({6, 2, 8}); });
  refuse([](T& op) { op.out = Of({7, 2, 8}); });
  refuse([](T& op) { op.k = op.v = Of({0, 2, 8}); });  // a softmax over nothing
  refuse([](T& op) { op.last_key_count = 0; });
  refuse([](T& op) { op.bias = Of({2, 7, 5}); });
  refuse([](T& op) { op.v = F16({7, 2, 8}); });
  ExpectAccepted<T>(GoodAttention(), [](T& op) { op.bias = Of({2, 5, 7}); });
}

TEST(CheckShapesDeathTest, Norms) {
  const auto layer = [](const std::function<void(LayerNorm&)>& spoil) {
    ExpectRefused<LayerNorm>(GoodLayerNorm(), spoil, "layer_norm");
  };
  layer([](LayerNorm& op) { op.x = Of({5, 2, 4}); });
  layer([](LayerNorm& op) { op.y = Of({5, 7}); });
  layer([](LayerNorm& op) { op.weight = Of({5}); });
  layer([](LayerNorm& op) { op.scale = Of({8}); });
  layer([](LayerNorm& op) { op.shift = Of({1, 7}); });
  const auto rms = [](const std::function<void(RmsNorm&)>& spoil) {
    ExpectRefused<RmsNorm>(GoodRmsNorm(), spoil, "rms_norm");
  };
  rms([](RmsNorm& op) { op.weight = {}; });
  rms([](RmsNorm& op) { op.y = Of({4, 8}); });
  rms([](RmsNorm& op) { op.rotation = Of({5, 3, 2}); });  // heads of 6 in a row of 8
  rms([](RmsNorm& op) { op.rotation = Of({5, 4, 1}); });
  rms([](RmsNorm& op) { op.rotation = Of({1, 4, 2}); });
  rms([](RmsNorm& op) { op.rotation = Of({5, 0, 2}); });
  ExpectAccepted<RmsNorm>(GoodRmsNorm(), [](RmsNorm& op) { op.rotation = Of({5, 2, 2}); });
  const auto channel = [](const std::function<void(ChannelNorm&)>& spoil) {
    ExpectRefused<ChannelNorm>(GoodChannelNorm(), spoil, "channel_norm");
  };
  channel([](ChannelNorm& op) { op.weight = {}; });
  channel([](ChannelNorm& op) { op.weight = Of({3}); });
  channel([](ChannelNorm& op) { op.y = Of({6, 8}); });
  channel([](ChannelNorm& op) { op.x = {}; });
  channel([](ChannelNorm& op) { op.x = F16({2, 3, 8}); });
  channel([](ChannelNorm& op) { op.y = F16({2, 3, 8}); });
  channel([](ChannelNorm& op) { op.y = Q8({2, 3, 8}); });  // no whole blocks
  ExpectAccepted<ChannelNorm>(GoodChannelNorm(), [](ChannelNorm& op) {
    op.x = Of({2, 3, 32});
    op.weight = Of({32});
    op.y = Q8({2, 3, 32});
  });
}

TEST(CheckShapesDeathTest, Conv3d) {
  using T = Conv3d;
  const auto refuse = [](const std::function<void(T&)>& spoil) {
    ExpectRefused<T>(GoodConv3d(), spoil, "conv3d");
  };
  static const Weight empty_kernel = WeightOf({6, 4, 0, 3, 3});
  refuse([](T& op) { op.weight = nullptr; });
  refuse([](T& op) { op.weight = &kMatrix; });
  refuse([](T& op) { op.weight = &empty_kernel; });
  refuse([](T& op) { op.x = Of({5, 6, 7, 3}); });
  refuse([](T& op) { op.x = Of({2, 6, 7, 4}); });  // fewer frames than taps
  refuse([](T& op) { op.y = Of({3, 4, 4, 6}); });
  refuse([](T& op) { op.y = Of({3, 4, 5, 4}); });
  refuse([](T& op) { op.height.pad_front = 1; });
  refuse([](T& op) { op.width.stride = 0; });
  refuse([](T& op) { op.upsample = 2; });  // needs a larger y
  refuse([](T& op) { op.upsample = 3; });
  refuse([](T& op) { op.residual = Of({5, 6, 7, 4}); });
  refuse([](T& op) { op.bias = Of({4}); });
  refuse([](T& op) { op.depthwise = true; });  // the weight's Cin is not 1
  refuse([](T& op) { op.x = View(memory, DType::kI32, {5, 6, 7, 4}); });
  static const ConstView two[] = {Of({1, 6, 7, 4}), Of({1, 6, 7, 4})};
  static const ConstView other[] = {Of({1, 6, 6, 4})}, none[] = {ConstView()};
  refuse([](T& op) { op.earlier = two; });  // needs a longer y
  refuse([](T& op) {
    op.earlier = other;
    op.y = Of({4, 4, 5, 6});
  });
  refuse([](T& op) {
    op.earlier = none;
    op.y = Of({4, 4, 5, 6});
  });
  ExpectAccepted<T>(GoodConv3d(), [](T& op) {
    op.earlier = two;
    op.y = Of({5, 4, 5, 6});
  });
  refuse([](T& op) { op.x = Q8({5, 6, 7, 4}); });  // no whole blocks
  static const ConstView stored[] = {Of({1, 6, 7, 32}), Q8({1, 6, 7, 32})};
  static const Weight wide_kernel = WeightOf({6, 32, 3, 3, 3});
  ExpectAccepted<T>(GoodConv3d(), [](T& op) {
    op.earlier = stored;
    op.x = Q8({5, 6, 7, 32});
    op.weight = &wide_kernel;
    op.y = Of({5, 4, 5, 6});
  });
  static const Weight depthwise = WeightOf({4, 1, 3, 3});
  ExpectAccepted<T>(GoodConv3d(), [](T& op) {
    op.depthwise = true;
    op.weight = &depthwise;
    op.y = Of({5, 4, 5, 4});
  });
  ExpectAccepted<T>(GoodConv3d(), [](T& op) {
    op.upsample = 2;
    op.time = {.stride = 2, .pad_front = 2};
    op.height = {.stride = 2, .pad_back = 1};
    op.width = {.pad_front = 1, .pad_back = 1};
    op.y = Of({3, 6, 14, 6});
  });
  ExpectAccepted<T>(GoodConv3d(), [](T& op) {
    op.weight = &kPictureKernel;
    op.y = Of({5, 4, 5, 6});
  });
}

TEST(CheckShapesDeathTest, OpsThatMoveData) {
  static const int twice[] = {0, 0, 1}, beyond[] = {0, 1, 3}, negative[] = {0, -1, 2};
  static const int32_t bad_ids[] = {0, 1, 6}, negative_ids[] = {0, 1, -1};
  const auto permute = [](const std::function<void(Permute&)>& spoil) {
    ExpectRefused<Permute>(GoodPermute(), spoil, "permute");
  };
  permute([](Permute& op) { op.order = twice; });
  permute([](Permute& op) { op.order = beyond; });
  permute([](Permute& op) { op.order = negative; });
  permute([](Permute& op) { op.order = op.order.first(2); });
  permute([](Permute& op) { op.y = Of({4, 3, 2}); });
  permute([](Permute& op) { op.y = Of({8, 2, 3}); });  // only an axis of size 1 is repeated
  permute([](Permute& op) { op.x = View(memory, DType::kF32, {2, 3, 4}, 13); });
  ExpectRefused<Permute>(
      {.x = Of({}), .y = Of({})}, [](Permute& op) { op.y = {}; }, "permute");
  ExpectAccepted<Permute>(GoodPermute(), [](Permute& op) {
    op.x = Of({2, 1, 4});
    op.y = Of({4, 2, 9});
  });
  const auto mean = [](const std::function<void(MeanLast&)>& spoil) {
    ExpectRefused<MeanLast>(GoodMeanLast(), spoil, "mean_last");
  };
  mean([](MeanLast& op) { op.y = Of({8}); });
  mean([](MeanLast& op) { op.y = Of({5, 1}); });
  ExpectRefused<MeanLast>(
      {.x = Of({4}), .y = Of({})}, [](MeanLast& op) { op.y = {}; }, "mean_last");
  const auto gather = [](const std::function<void(Gather&)>& spoil) {
    ExpectRefused<Gather>(GoodGather(), spoil, "gather");
  };
  gather([](Gather& op) { op.ids = bad_ids; });
  gather([](Gather& op) { op.ids = negative_ids; });
  gather([](Gather& op) { op.y = Of({2, 4}); });
  gather([](Gather& op) { op.table = nullptr; });
}

TEST(CheckShapesDeathTest, Elementwise) {
  using T = Elementwise;
  const auto refuse = [](const std::function<void(T&)>& spoil) {
    ExpectRefused<T>(GoodElementwise(), spoil, "elementwise");
  };
  refuse([](T& op) { op.y = Of({8, 5}); });
  refuse([](T& op) { op.x1 = Of({5}); });
  refuse([](T& op) { op.x1 = F16({5, 8}); });
  refuse([](T& op) { op.multiply = true; });  // by nothing
  refuse([](T& op) { op.x0 = op.y = {}; });
  ExpectAccepted<T>(GoodElementwise(), [](T& op) { op.x1 = Of({8}); });
  ExpectAccepted<T>(GoodElementwise(), [](T& op) { op.x1 = Of({5, 8}); });
}

TEST(Op, SaysItsNameAndShapes) {
  EXPECT_EQ(Describe(GoodLinear()), "linear [5, 4] by f32 [6, 4] to [5, 6]");
  EXPECT_EQ(Describe(GoodAttention()),
            "attention q [5, 2, 8] k [7, 2, 8] v [7, 2, 8] bias [] out [5, 2, 8]");
  EXPECT_EQ(Describe(GoodLayerNorm()), "layer_norm [5, 8] to [5, 8]");
  EXPECT_EQ(Describe(GoodRmsNorm()), "rms_norm [5, 8] to [5, 8]");
  EXPECT_EQ(Describe(GoodChannelNorm()), "channel_norm [2, 3, 8] to [2, 3, 8]");
  EXPECT_EQ(Describe(GoodConv3d()),
            "conv3d [5, 6, 7, 4] by [6, 4, 3, 3, 3] to [3, 4, 5, 6], stride 1 1 1, upsample 1");
  EXPECT_EQ(Describe(GoodPermute()), "permute [2, 3, 4] to [4, 2, 3]");
  EXPECT_EQ(Describe(GoodElementwise()), "elementwise [5, 8] and [] to [5, 8]");
  EXPECT_EQ(Describe(GoodMeanLast()), "mean_last [5, 8] to [5]");
  EXPECT_EQ(Describe(GoodGather()), "gather 3 ids to [3, 4]");
}

TEST(Op, DescribesEvenWhatIsMissing) {
  for (const Op& op :
       {Op(Linear()), Op(Attention()), Op(LayerNorm()), Op(RmsNorm()), Op(ChannelNorm()),
        Op(Conv3d()), Op(Permute()), Op(Elementwise()), Op(MeanLast()), Op(Gather())}) {
    EXPECT_TRUE(Describe(op).starts_with(Name(op)));
  }
}

TEST(Op, FlopsCountMultiplyAndAddApart) {
  EXPECT_EQ(Flops(GoodLinear()), 2.0 * 5 * 4 * 6);
  // q k^T and the product with v: a multiply-add each for every query, key, head and feature.
  EXPECT_EQ(Flops(GoodAttention()), 2.0 * 2 * 5 * 7 * 2 * 8);
  // An output value is a sum over the channels of 27 taps.
  EXPECT_EQ(Flops(GoodConv3d()), 2.0 * (3 * 4 * 5 * 6) * (4 * 27));
  EXPECT_EQ(Flops(GoodPermute()), 0);
}

}  // namespace
}  // namespace aozora::op
