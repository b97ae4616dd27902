// SPDX-License-Identifier: Apache-2.0
// Every network against what its original computed, from files in every layout and type, on each
// backend.
#include "models/wan/golden_rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/sanitized_testonly.h"
#include "models/wan/golden.h"
#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The tolerances are 2.4 to 5 times what rounded weights were measured to cost (for q8_0: derived
// from that for bf16), so the worst row must come as near to its tolerance as this.
constexpr double kRoundingSeen = 0.15;
constexpr DType kDTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};
constexpr const char* kGoldens[] = {"wan_dit_tiny",        "umt5_tiny",      "wan_vae21_tiny",
                                    "wan_vae22_tiny",      "taehv_w21_tiny", "taehv_w22_tiny",
                                    "taehv_w22_super_tiny"};

// The rows that a file with one network must give: what it expects, for each prompt of a batch.
size_t RowCount(const GoldenFile& file) {
  size_t count = 0;
  for (const auto& [name, tensors] : file.cases) {
    const auto mask = tensors.find("in.mask");
    const size_t prompts = mask == tensors.end() ? 1 : static_cast<size_t>(mask->second.shape[0]);
    for (const auto& [key, tensor] : tensors) count += key.starts_with("in.") ? 0 : prompts;
  }
  return count;
}

// The reference takes seconds for everything: one case of each kind is enough there.
void KeepSmallCases(GoldenFile* file) {
  const std::set<std::string> small = {"t2v_one_frame", "ti2v", "short", "dec2", "enc5"};
  std::erase_if(file->cases, [&](const auto& item) { return !small.contains(item.first); });
}

NetworkLayout LayoutIn(std::string_view golden, GoldenLayout layout, DType dtype) {
  const bool diffusers = layout == GoldenLayout::kDiffusers;
  const Layout own = diffusers ? Layout::kDiffusers : Layout::kOriginal;
  if (golden == "wan_dit_tiny") return {Network::kDit, own};
  if (golden == "wan_vae21_tiny") return {Network::kVae21, own};
  if (golden == "wan_vae22_tiny") return {Network::kVae22, own};
  if (golden != "umt5_tiny") return {Network::kTinyVae, Layout::kOriginal};
  if (dtype == DType::kQ8_0) return {Network::kUmt5, Layout::kLlamaCpp};
  const bool original = layout == GoldenLayout::kOriginal;
  return {Network::kUmt5, original ? Layout::kOriginal : Layout::kHuggingFace};
}

class GoldenRewrite : public testing::TestWithParam<std::tuple<const char*, BackendKind>> {
 protected:
  GoldenFile Rewritten(const GoldenFile& file, const GoldenStyle& style) {
    return OpenGolden(RewriteGolden(file, style, folder_.path()).value()).value();
  }
  // The largest error (relative) over its tolerance.
  double Worst(const GoldenFile& file) {
    const auto rows = RunGolden(*device_, file);
    EXPECT_TRUE(rows.ok()) << rows.error().message();
    if (!rows.ok()) return 0;
    EXPECT_EQ(rows->size(), RowCount(file));
    double worst = 0;
    for (const GoldenRow& row : *rows) {
      EXPECT_TRUE(row.ok) << row.stage << ": rel " << row.rel_l2 << ", max " << row.max_ratio << " "
                          << row.problem;
      worst = std::max(worst, row.rel_l2 / row.rel_tolerance);
    }
    return worst;
  }

  TestDevice device_{std::get<1>(GetParam())};
  TestFolder folder_;
};

// Rounding must also be seen: a tolerance many times wider than what it costs would let a loader
// pass that mixes the types up.
TEST_P(GoldenRewrite, ComputesTheSame) {
  const auto& [golden, backend] = GetParam();
  if (kSanitized && backend == BackendKind::kReference) GTEST_SKIP() << "the plain loops are slow";
  GoldenFile file = OpenTestGolden(golden);
  if (backend == BackendKind::kReference) KeepSmallCases(&file);
  for (const std::string_view layout : kGoldenLayoutNames) {
    for (const DType dtype : kDTypes) {
      SCOPED_TRACE(fmt::format("{} {}", layout, Name(dtype)));
      const GoldenStyle style = ParseGoldenStyle(layout, Name(dtype)).value();
      const GoldenFile rewritten = Rewritten(file, style);
      EXPECT_EQ(rewritten.weights.format, dtype == DType::kQ8_0 ? "gguf" : "safetensors");
      EXPECT_THAT(FindNetworks(rewritten.weights),
                  ElementsAre(LayoutIn(golden, style.layout, dtype)));
      const double worst = Worst(rewritten);
      if (dtype != DType::kF32) {
        EXPECT_GT(worst, kRoundingSeen);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenRewrite,
                         testing::Combine(testing::ValuesIn(kGoldens),
                                          testing::Values(BackendKind::kReference,
                                                          BackendKind::kCpu)),
                         [](const auto& chosen) {
                           const bool cpu = std::get<1>(chosen.param) == BackendKind::kCpu;
                           return fmt::format("{}_{}", std::get<0>(chosen.param),
                                              cpu ? "Cpu" : "Reference");
                         });

std::map<DType, int> DTypesOf(const TensorFile& file) {
  std::map<DType, int> counts;
  for (const StoredTensor& tensor : file.tensors) ++counts[tensor.weight.view.dtype()];
  return counts;
}

TEST(RewriteGolden, ComfyUiPutsAPrefixBeforeTheDenoiser) {
  TestFolder folder;
  const GoldenStyle style = {GoldenLayout::kComfyUi, DType::kBF16};
  const auto path = RewriteGolden(OpenTestGolden("wan_dit_tiny"), style, folder.path()).value();
  const TensorFile file = OpenTensorFile(path).value();
  EXPECT_NE(file.Find("model.diffusion_model.blocks.0.self_attn.q.weight"), nullptr);
  EXPECT_EQ(file.Find("blocks.0.self_attn.q.weight"), nullptr);
}

TEST(RewriteGolden, OnlyWeightsChangeTheirType) {
  TestFolder folder;
  const GoldenFile before = OpenTestGolden("umt5_tiny");
  const GoldenStyle style = {GoldenLayout::kComfyUi, DType::kBF16};
  const GoldenFile after = OpenGolden(RewriteGolden(before, style, folder.path()).value()).value();
  EXPECT_THAT(DTypesOf(after.weights), ElementsAre(std::pair(DType::kBF16, 22)));
  EXPECT_EQ(after.model, before.model);
  EXPECT_EQ(after.config, before.config);
  ASSERT_EQ(after.cases.size(), before.cases.size());
  for (const auto& [name, tensors] : before.cases) {
    for (const auto& [key, tensor] : tensors) {
      EXPECT_EQ(after.cases.at(name).at(key).shape, tensor.shape) << key;
      EXPECT_EQ(after.cases.at(name).at(key).values, tensor.values) << key;
    }
  }
}

// Two layers of seven matrices and the embedding; the tables of positions have rows of two.
TEST(RewriteGolden, QuantisesWhatHasWholeBlocks) {
  TestFolder folder;
  const GoldenStyle style = {GoldenLayout::kOriginal, DType::kQ8_0};
  const auto umt5 = RewriteGolden(OpenTestGolden("umt5_tiny"), style, folder.path()).value();
  EXPECT_EQ(umt5.filename(), "umt5_tiny.gguf");
  EXPECT_THAT(DTypesOf(OpenGolden(umt5).value().weights),
              ElementsAre(std::pair(DType::kF32, 5), std::pair(DType::kF16, 2),
                          std::pair(DType::kQ8_0, 15)));
  const auto vae = RewriteGolden(OpenTestGolden("wan_vae21_tiny"), style, folder.path()).value();
  const TensorFile convolutions = OpenTensorFile(vae).value();
  EXPECT_EQ(convolutions.Find("encoder.conv1.weight")->weight.view.shape(), (Shape{8, 3, 3, 3, 3}));
}

TEST(RewriteGolden, FoldersKeepWhatHasNoNetwork) {
  TestFolder from, to;
  const std::vector<float> values = {1, 2, 3};
  from.Put("latents.safetensors",
           std::vector<NamedWeight>{{"latents", MakeWeight(values, {3}, DType::kBF16)}},
           {{"golden.model", "latents"}, {"format", "pt"}});
  from.Put("notes.txt", "no golden");
  ASSERT_TRUE(
      RewriteGoldens(from.path(), {GoldenLayout::kDiffusers, DType::kQ8_0}, to.path()).ok());
  const auto found = FindGoldenFiles(to.path()).value();
  ASSERT_THAT(found, ElementsAre(to / "latents.gguf"));
  const GoldenFile file = OpenGolden(found[0]).value();
  EXPECT_THAT(DTypesOf(file.weights), ElementsAre(std::pair(DType::kBF16, 1)));
  EXPECT_EQ(file.model, "latents");
}

TEST(ParseGoldenStyle, SaysWhatThereIs) {
  EXPECT_THAT(ParseGoldenStyle("mlx", "f32").error().message(), HasSubstr("comfyui"));
  EXPECT_THAT(ParseGoldenStyle("comfyui", "q4_k").error().message(), HasSubstr("q8_0"));
  const GoldenStyle style = ParseGoldenStyle("diffusers", "f16").value();
  EXPECT_EQ(style.layout, GoldenLayout::kDiffusers);
  EXPECT_EQ(style.dtype, DType::kF16);
}

}  // namespace
}  // namespace aozora::wan
