// SPDX-License-Identifier: Apache-2.0
#include "weights/lora.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "weights/name_map.h"
#include "weights/weights_testonly.h"

namespace aozora {
namespace {

Weight F32(const std::vector<float>& values, const Shape& shape) {
  return MakeWeight(values, shape, DType::kF32);
}

// A module of weight [2, 3] and bias [2], and one like a convolution.
class Lora : public ::testing::Test {
 protected:
  Lora() : set_("model") {
    set_.Add("blocks.0.attn.q.weight", F32({1, 2, 3, 4, 5, 6}, {2, 3})).value();
    set_.Add("blocks.0.attn.q.bias", F32({10, 20}, {2})).value();
    set_.Add("blocks.0.modulation", F32({1, 1}, {1, 2})).value();
    set_.Add("patch.weight", F32({0, 0, 0, 0}, {1, 2, 1, 2})).value();
  }

  // Merges with the names as they are, the model's own prefixes stripped.
  Result<LoraReport> Merge(std::vector<StoredTensor> tensors, float strength = 1) {
    TensorFile file;
    file.path = "x/style.safetensors";
    file.metadata = metadata_;
    file.tensors = std::move(tensors);
    return MergeLora(file, map_, strength, &set_);
  }
  std::vector<float> Q() const { return Values(*set_.Find("blocks.0.attn.q.weight")); }

  TensorSet set_;
  std::map<std::string, std::string> metadata_;
  NameMap map_ = WithoutModelPrefix(SameNames());
  // up * down = [[1, 0, 2], [3, 0, 6]] and alpha / rank = 1 / 2 where there is an alpha.
  const Weight up_ = F32({1, 0, 3, 0}, {2, 2});
  const Weight down_ = F32({1, 0, 2, 7, 7, 7}, {2, 3});
  const Weight alpha_ = F32({1}, {});
  const std::vector<float> whole_ = {2, 2, 5, 7, 5, 12};
  const std::vector<float> half_ = {1.5f, 2, 4, 5.5f, 5, 9};
};

TEST_F(Lora, EveryStyleOfKeysMeansTheSame) {
  const std::pair<std::string, std::pair<std::string, std::string>> styles[] = {
      {"diffusion_model.blocks.0.attn.q", {".lora_up.weight", ".lora_down.weight"}},
      {"blocks.0.attn.q", {".lora_B.weight", ".lora_A.weight"}},
      {"transformer.blocks.0.attn.q", {".lora_B.default.weight", ".lora_A.default.weight"}},
      {"base_model.model.blocks.0.attn.q", {".lora_B", ".lora_A"}},
      {"base_model.model.diffusion_model.blocks.0.attn.q",
       {".lora.up.weight", ".lora.down.weight"}},
      {"lora_unet_blocks_0_attn_q", {".lora_up.weight", ".lora_down.weight"}},
      {"lora_unet__blocks_0_attn_q", {".lora_up.weight", ".lora_down.weight"}},
  };
  for (const auto& [module, suffixes] : styles) {
    set_.Replace("blocks.0.attn.q.weight", F32({1, 2, 3, 4, 5, 6}, {2, 3}));
    const auto report = Merge({{module + suffixes.first, up_}, {module + suffixes.second, down_}});
    ASSERT_OK(report);
    EXPECT_EQ(report->weight_count, 1);
    EXPECT_EQ(report->rank_max, 2);
    EXPECT_EQ(report->bytes, 24u);
    EXPECT_EQ(Q(), whole_) << module;
  }
}

TEST_F(Lora, AlphaAndStrengthScale) {
  ASSERT_OK(Merge({{"blocks.0.attn.q.lora_up.weight", up_},
                   {"blocks.0.attn.q.lora_down.weight", down_},
                   {"blocks.0.attn.q.alpha", alpha_}}));
  EXPECT_EQ(Q(), half_);
  ASSERT_OK(
      Merge({{"blocks.0.attn.q.lora_up.weight", up_}, {"blocks.0.attn.q.lora_down.weight", down_}},
            -0.5f));
  EXPECT_EQ(Q(), (std::vector<float>{1, 2, 3, 4, 5, 6})) << "taken back";
}

TEST_F(Lora, TakesAlphaFromTheMetadata) {
  const std::vector<StoredTensor> pair = {{"blocks.0.attn.q.lora_B.weight", up_},
                                          {"blocks.0.attn.q.lora_A.weight", down_}};
  metadata_["lora_adapter_metadata"] = R"({"transformer.r": 2, "transformer.lora_alpha": 1})";
  ASSERT_OK(Merge(pair));
  EXPECT_EQ(Q(), half_);
  // The module's own alpha wins: 0 makes nothing of it.
  std::vector<StoredTensor> with_own = pair;
  with_own.push_back({"blocks.0.attn.q.alpha", F32({0}, {1})});
  ASSERT_OK(Merge(with_own));
  EXPECT_EQ(Q(), half_);

  metadata_["lora_adapter_metadata"] = R"({"lora_alpha": 3, "use_rslora": true})";
  ASSERT_OK(Merge(pair));
  EXPECT_FLOAT_EQ(Q()[0], half_[0] + 3 / std::sqrt(2.0f));
  for (const char* wrong :
       {"{", R"({"lora_alpha":"much"})", R"({"use_dora":true})", R"({"alpha_pattern":{"q":2}})",
        R"({"transformer.rank_pattern":{"q":2}})"}) {
    metadata_["lora_adapter_metadata"] = wrong;
    EXPECT_FALSE(Merge(pair).ok()) << wrong;
  }
}

TEST_F(Lora, UsesTheNameMapOfTheModel) {
  map_ = [](std::string_view stored) -> std::optional<std::string> {
    if (stored == "blocks.0.attn1.to_q.weight") return "blocks.0.attn.q.weight";
    return std::nullopt;
  };
  ASSERT_OK(Merge({{"transformer.blocks.0.attn1.to_q.lora_B.weight", up_},
                   {"transformer.blocks.0.attn1.to_q.lora_A.weight", down_}}));
  EXPECT_EQ(Q(), whole_);
}

TEST_F(Lora, AddsFullDifferences) {
  const auto report = Merge({{"diffusion_model.blocks.0.attn.q.diff", F32(Ramp(6, 1, 0), {2, 3})},
                             {"diffusion_model.blocks.0.attn.q.diff_b", F32({1, -1}, {2})},
                             {"diffusion_model.blocks.0.diff_m", F32({0, 1}, {1, 2})}},
                            2);
  ASSERT_OK(report);
  EXPECT_EQ(report->weight_count, 3);
  EXPECT_EQ(Values(*set_.Find("blocks.0.modulation")), (std::vector<float>{1, 3}));
  EXPECT_EQ(Q(), (std::vector<float>{1, 4, 7, 10, 13, 16}));
  EXPECT_EQ(Values(*set_.Find("blocks.0.attn.q.bias")), (std::vector<float>{12, 18}));
}

TEST_F(Lora, UpdatesConvolutionsAsMatrices) {
  ASSERT_OK(Merge({{"patch.lora_up.weight", F32({2}, {1, 1, 1, 1})},
                   {"patch.lora_down.weight", F32({1, 2, 3, 4}, {1, 2, 1, 2})}}));
  EXPECT_EQ(Values(*set_.Find("patch.weight")), (std::vector<float>{2, 4, 6, 8}));
  EXPECT_EQ(set_.Find("patch.weight")->view.shape(), (Shape{1, 2, 1, 2}));
}

TEST_F(Lora, KeepsPlainFloatsAndTurnsOthersToF16) {
  const std::pair<DType, DType> expected[] = {
      {DType::kF32, DType::kF32},    {DType::kF16, DType::kF16},  {DType::kBF16, DType::kBF16},
      {DType::kF8E4M3, DType::kF16}, {DType::kQ8_0, DType::kF16},
  };
  for (const auto& [before, after] : expected) {
    const std::vector<float> values(64, 1);
    Weight base = MakeWeight(values, {2, 32}, before);
    base.scale = before == DType::kF8E4M3 ? 0.5f : 1;
    set_.Replace("blocks.0.attn.q.weight", base);
    ASSERT_OK(
        Merge({{"blocks.0.attn.q.lora_up.weight", F32({1, 1}, {2, 1})},
               {"blocks.0.attn.q.lora_down.weight", F32(std::vector<float>(32, 1), {1, 32})}}));
    const Weight& merged = *set_.Find("blocks.0.attn.q.weight");
    EXPECT_EQ(merged.view.dtype(), after) << Name(before);
    EXPECT_EQ(merged.scale, 1.0f);
    // 1 or 0.5, plus 1; q8_0 has 1 as 127 * f16(1/127), off by at most 2^-11.
    for (const float value : Values(merged)) EXPECT_NEAR(value, base.scale + 1, 0x1p-10f);
  }
}

TEST_F(Lora, DoesNotDependOnThreads) {
  constexpr int64_t kRows = 37;
  constexpr int64_t kColumns = 2500;  // more than one pass of a row
  constexpr int64_t kRank = 5;
  const auto merge = [&](ThreadPool* pool) {
    TensorSet set("m");
    set.Add("a.weight", F32(Ramp(kRows * kColumns, 1e-3f), {kRows, kColumns})).value();
    TensorFile file;
    file.tensors = {{"a.lora_A", F32(Ramp(kRank * kColumns, 1e-4f), {kRank, kColumns})},
                    {"a.lora_B", F32(Ramp(kRows * kRank, 0.1f), {kRows, kRank})}};
    MergeLora(file, SameNames(), 0.7f, &set, pool).value();
    return Values(*set.Find("a.weight"));
  };
  const std::vector<float> alone = merge(nullptr);
  ThreadPool pool(3);
  EXPECT_EQ(merge(&pool), alone);
  // Against the definition, in double. Five products and a sum are rounded, and all terms are below
  // 1e2: 6 * 1e2 * 2^-24 and some.
  for (const auto& [row, column] : {std::pair{0, 0}, {36, 2499}, {17, 2048}, {20, 2047}}) {
    double sum = -1 + 1e-3 * static_cast<double>(row * kColumns + column);
    for (int64_t k = 0; k < kRank; ++k) {
      sum += 0.7 * (-1 + 0.1 * static_cast<double>(row * kRank + k)) *
             (-1 + 1e-4 * static_cast<double>(k * kColumns + column));
    }
    EXPECT_NEAR(static_cast<double>(alone[row * kColumns + column]), sum, 1e-4);
  }
}

TEST_F(Lora, RefusesWhatMatchesNothingAndChangesNothing) {
  const std::vector<float> before = Q();
  EXPECT_ERROR(
      Merge({{"lora_te_x.lora_up.weight", up_}, {"lora_te_x.lora_down.weight", down_}}),
      "LoRA style.safetensors: none of its keys belong to this model (2 of 2 do not), so it "
      "was made for another one: \"lora_te_x.lora_up.weight\", "
      "\"lora_te_x.lora_down.weight\"");
  EXPECT_ERROR(Merge({{"blocks.0.attn.q.lora_up.weight", up_},
                      {"blocks.0.attn.q.lora_down.weight", down_},
                      {"blocks.7.attn.q.diff", up_}}),
               "not all of its keys");
  EXPECT_ERROR(Merge({{"patch.diff_b", up_}}), "\"patch.diff_b\"");
  EXPECT_ERROR(Merge({{"something", up_}}), "none of its keys");
  EXPECT_ERROR(Merge({}), "no tensors");
  EXPECT_EQ(Q(), before);
}

TEST_F(Lora, RefusesWrongShapesAndHalves) {
  const std::string q = "blocks.0.attn.q";
  EXPECT_ERROR(Merge({{q + ".lora_up.weight", up_}}), "half of a pair");
  EXPECT_ERROR(Merge({{q + ".lora_up.weight", up_}, {q + ".lora_down.weight", up_}}),
               "no update of a weight [2, 3]");
  EXPECT_ERROR(Merge({{q + ".lora_up.weight", down_}, {q + ".lora_down.weight", down_}}),
               "no update");
  EXPECT_ERROR(
      Merge({{q + ".lora_up.weight", F32({}, {2, 0})}, {q + ".lora_down.weight", F32({}, {0, 3})}}),
      "no update");
  EXPECT_ERROR(Merge({{q + ".diff", up_}}), "no difference");
  EXPECT_ERROR(Merge({{q + ".lora_up.weight", up_}, {q + ".lora_B.weight", up_}}), "say the same");
  EXPECT_ERROR(Merge({{q + ".lora_up.weight", up_},
                      {q + ".lora_down.weight", down_},
                      {q + ".alpha", F32({1, 2}, {2})}}),
               "not one number");
  EXPECT_ERROR(Merge({{q + ".diff", down_}}, std::numeric_limits<float>::infinity()),
               "strength is no number");
}

TEST_F(Lora, NamesOtherAdapters) {
  EXPECT_ERROR(Merge({{"lora_unet_x.hada_w1_a", up_}}), "LoHa");
  EXPECT_ERROR(Merge({{"lora_unet_x.lokr_w1", up_}}), "LoKr");
  EXPECT_ERROR(Merge({{"blocks.0.attn.q.dora_scale", up_}}), "DoRA");
}

}  // namespace
}  // namespace aozora
