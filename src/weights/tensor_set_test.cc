// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "weights/layout.h"
#include "weights/name_map.h"
#include "weights/weights_testonly.h"

namespace aozora {
namespace {

using ::testing::ElementsAre;

Weight F32(const std::vector<float>& values) {
  return MakeWeight(values, {static_cast<int64_t>(values.size())}, DType::kF32);
}

Weight Text(std::string_view text) {
  std::vector<float> codes;
  for (const char c : text) codes.push_back(static_cast<float>(c));
  return MakeWeight(codes, {static_cast<int64_t>(codes.size())}, DType::kU8);
}

TensorFile FileOf(std::vector<StoredTensor> tensors) {
  TensorFile file;
  file.path = "folder/model.safetensors";
  file.tensors = std::move(tensors);
  return file;
}

TEST(TensorSet, GivesWhatIsAskedForByNameAndShape) {
  TensorSet set("model.gguf");
  ASSERT_OK(set.Add("blocks.0.weight", F32({1, 2})));
  const auto weight = set.Take("blocks.0.weight", {2});
  ASSERT_OK(weight);
  EXPECT_EQ(Values(*weight), (std::vector<float>{1, 2}));
  EXPECT_ERROR(set.Take("blocks.0.weight", Shape({2, 1})), "has shape [2] and should have [2, 1]");
  EXPECT_ERROR(set.Take("blocks.1.weight", {2}), "the nearest name is \"blocks.0.weight\"");
  EXPECT_ERROR(set.Add("blocks.0.weight", F32({1})), "two tensors mean \"blocks.0.weight\"");
}

TEST(TensorSet, OptionalMeansAbsentNotWrong) {
  TensorSet set("m");
  ASSERT_OK(set.Add("a", F32({1, 2})));
  const auto absent = set.TakeOptional("b", {2});
  ASSERT_OK(absent);
  EXPECT_FALSE(static_cast<bool>(*absent));
  EXPECT_ERROR(set.TakeOptional("a", {3}), "should have [3]");
  EXPECT_ERROR(TensorSet("none").Take("a", {1}), "none at all");
}

TEST(TensorSet, CountsWhatWasNeverTaken) {
  TensorSet set("m");
  for (const char* name : {"a", "b", "c", "d", "e"}) ASSERT_OK(set.Add(name, F32({1})));
  ASSERT_OK(set.Take("a", {1}));
  EXPECT_ERROR(set.CheckAllTaken(),
               "4 tensors that this kind of model has no place for: "
               "\"b\", \"c\", \"d\", ...");
  EXPECT_OK(set.CheckAllTaken([](std::string_view name) { return name > "a"; }));
  EXPECT_EQ(set.bytes(), 20u);
  EXPECT_THAT(set.Names(), ElementsAre("a", "b", "c", "d", "e"));
}

TEST(TensorSet, ReplaceKeepsTheName) {
  TensorSet set("m");
  ASSERT_OK(set.Add("a", F32({1})));
  set.Replace("a", F32({7, 8}));
  EXPECT_EQ(Values(*set.Find("a")), (std::vector<float>{7, 8}));
  EXPECT_DEATH(set.Replace("b", F32({1})), "CHECK failed");
}

TEST(MakeTensorSet, RenamesAndLeavesOut) {
  const TensorFile file = FileOf({{"x.a", F32({1})}, {"y.a", F32({2})}});
  const auto set = MakeTensorSet(file, [](std::string_view name) -> std::optional<std::string> {
    if (name.starts_with("y.")) return std::nullopt;
    return std::string(name.substr(2));
  });
  ASSERT_OK(set);
  EXPECT_THAT(set->Names(), ElementsAre("a"));
  EXPECT_EQ(set->origin(), "model.safetensors");
  EXPECT_ERROR(MakeTensorSet(file, [](std::string_view) { return std::optional("same"); }),
               "two tensors mean");
}

TEST(MakeTensorSet, FoldsScales) {
  const auto set = MakeTensorSet(
      FileOf({{"a.weight", MakeWeight(std::vector<float>{1, -2}, {2}, DType::kF8E4M3)},
              {"a.scale_weight", F32({0.5f})},
              {"a.scale_input", F32({3})},
              {"b.weight", F32({1})},
              {"b.weight_scale", MakeWeight(std::vector<float>{4}, {}, DType::kBF16)},
              {"b.input_scale", F32({3})},
              {"c.weight", F32({1})},
              {"c.comfy_quant", Text(R"({"format":"float8_e4m3fn"})")},
              {"scaled_fp8", MakeWeight({}, {0}, DType::kF8E4M3)}}),
      SameNames());
  ASSERT_OK(set);
  EXPECT_THAT(set->Names(), ElementsAre("a.weight", "b.weight", "c.weight"));
  EXPECT_EQ(Values(*set->Find("a.weight")), (std::vector<float>{0.5f, -1}));
  EXPECT_EQ(set->Find("b.weight")->scale, 4.0f);
  EXPECT_EQ(Values(ToF32(*set->Find("b.weight"))), (std::vector<float>{4}));
}

TEST(MakeTensorSet, RefusesScalesItCannotApply) {
  const auto with = [](StoredTensor companion) {
    return MakeTensorSet(FileOf({{"a.weight", F32({1})}, std::move(companion)}), SameNames());
  };
  EXPECT_ERROR(with({"a.weight_scale", F32({1, 2})}), "holds 2 scales");
  EXPECT_ERROR(with({"a.weight_scale", F32({std::nanf("")})}), "not a finite number");
  EXPECT_ERROR(with({"z.weight_scale", F32({1})}), "there is no \"z.weight\"");
  EXPECT_ERROR(with({"a.comfy_quant", Text(R"({"format":"int8_tensorwise"})")}),
               "format \"int8_tensorwise\"");
  EXPECT_ERROR(with({"a.comfy_quant", Text("{")}), "does not name a format");
  EXPECT_ERROR(MakeTensorSet(FileOf({{"a.weight", F32({1})},
                                     {"a.weight_scale", F32({1})},
                                     {"a.scale_weight", F32({1})}}),
                             SameNames()),
               "two scales");
}

TEST(NameMap, StripsThePrefixesOfTools) {
  EXPECT_EQ(StripModelPrefix("model.diffusion_model.blocks.0.x"), "blocks.0.x");
  EXPECT_EQ(StripModelPrefix("diffusion_model.head.x"), "head.x");
  EXPECT_EQ(StripModelPrefix("model.head.x"), "head.x");
  EXPECT_EQ(StripModelPrefix("models.head.x"), "models.head.x");
  EXPECT_EQ(*WithoutModelPrefix(SameNames())("model.a"), "a");
}

TEST(MakeWeight, RoundTripsThroughEveryPlainType) {
  const std::vector<float> values = {0, 1, -2, 3, 0.5f, -0.25f};
  for (const DType dtype :
       {DType::kF32, DType::kF16, DType::kBF16, DType::kF8E4M3, DType::kF8E5M2, DType::kF64}) {
    EXPECT_EQ(Values(MakeWeight(values, {2, 3}, dtype)), values) << Name(dtype);
  }
  EXPECT_EQ(Values(MakeWeight(values, {6}, DType::kI8)), (std::vector<float>{0, 1, -2, 3, 0, 0}));
}

// The bytes that ggml's quantize_row_q8_0_ref and quantize_row_q4_0_ref (ggml-org/ggml at d99724f2)
// make of these values.
TEST(MakeWeight, QuantizesAsGgmlDoes) {
  std::vector<float> values(64);
  uint32_t state = 777;
  for (size_t i = 0; i < values.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    const auto random = static_cast<float>(static_cast<int>(state >> 24) - 128);
    values[i] = random / 37.0f * (i < 32 ? 1 : 0.01f);
  }
  const auto hex = [](const Weight& weight) {
    std::string text;
    for (const std::byte byte : weight.stored()) {
      text += fmt::format("{:02x}", std::to_integer<int>(byte));
    }
    return text;
  };
  EXPECT_EQ(hex(MakeWeight(values, {2, 32}, DType::kQ8_0)),
            "7c260a455cecb519befd4cb3d45c24f1e92e3998e02fff62a57fb50e2c23394e700e"
            "6e0c5d0b4019aa5e91e8e0d3e4c5d6f80e6c3c2412be97487f93dba0eb4461744ea7");
  EXPECT_EQ(hex(MakeWeight(values, {2, 32}, DType::kQ4_0)),
            "6fb647f4a2598d26ec08d37d5b6246391975"
            "659c426774c6fd320ffaaaeb9a4c2b1937e1");
}

TEST(MakeWeight, QuantizedValuesAreWithinHalfAStep) {
  const std::vector<float> values = Ramp(64, 0.37f, -11);
  const std::vector<float> q8 = Values(MakeWeight(values, {64}, DType::kQ8_0));
  for (size_t i = 0; i < values.size(); ++i) {
    float largest = 0;
    for (size_t j = i / 32 * 32; j < i / 32 * 32 + 32; ++j) {
      largest = std::max(largest, std::fabs(values[j]));
    }
    const float step = largest / 127;
    // Half a step, and the rounding of the step to f16 (2^-11) for each of up to 127 steps.
    EXPECT_NEAR(q8[i], values[i], step / 2 + largest * 0x1p-11f);
  }
}

TEST(MakeWeight, QuantizesNonsenseWithoutHarm) {
  std::vector<float> values(32, std::numeric_limits<float>::quiet_NaN());
  values[3] = std::numeric_limits<float>::infinity();
  values[4] = 1e-44f;
  for (const DType dtype : {DType::kQ8_0, DType::kQ4_0, DType::kI8}) {
    MakeWeight(values, {32}, dtype);
    MakeWeight(std::vector<float>(32, 1e-44f), {32}, dtype);
  }
}

TEST(DecodeValues, ReadsRunsOfBlocks) {
  const std::vector<float> values = Ramp(96, 1, -40);
  const Weight weight = MakeWeight(values, {96}, DType::kQ8_0);
  const std::vector<float> all = Values(weight);
  std::vector<float> part(32);
  DecodeValues(weight, 64, 32, part.data());
  EXPECT_EQ(part, std::vector<float>(all.begin() + 64, all.end()));
  EXPECT_DEATH(DecodeValues(weight, 1, 32, part.data()), "CHECK failed");
  EXPECT_DEATH(DecodeValues(weight, 96, 32, part.data()), "CHECK failed");
}

}  // namespace
}  // namespace aozora
