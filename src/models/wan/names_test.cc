// SPDX-License-Identifier: Apache-2.0
#include "models/wan/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "models/wan/name_table.h"
#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TensorFile FileWith(std::initializer_list<std::string> names) {
  TensorFile file;
  const Weight weight = MakeWeight(std::vector<float>{1}, {1}, DType::kF32);
  for (const std::string& name : names) file.tensors.push_back({name, weight});
  return file;
}

TEST(NameTable, NumbersAndTailsAreKept) {
  const NameTable table({{"a.#.b.#", "x.#.y.#"}, {"norm", "last"}});
  EXPECT_EQ(table.ToCanonical("x.12.y.3.weight"), "a.12.b.3.weight");
  EXPECT_EQ(table.FromCanonical("a.0.b.3"), "x.0.y.3");
  EXPECT_EQ(table.ToCanonical("x..y.3"), std::nullopt);
  EXPECT_EQ(table.ToCanonical("last2.weight"), std::nullopt);
  EXPECT_EQ(table.FromCanonical("norm.lora_A.weight"), "last.lora_A.weight");
}

TEST(Names, DiffusersCountsTheNormsInOrderOfUse) {
  const NetworkLayout diffusers = {Network::kDit, Layout::kDiffusers};
  EXPECT_EQ(CanonicalName(diffusers, "blocks.29.norm2.weight"), "blocks.29.norm3.weight");
  EXPECT_EQ(CanonicalName(diffusers, "scale_shift_table"), "head.modulation");
  EXPECT_EQ(CanonicalName(diffusers, "blocks.3.scale_shift_table"), "blocks.3.modulation");
  EXPECT_EQ(CanonicalName(diffusers, "blocks.0.attn2.to_out.0.bias"), "blocks.0.cross_attn.o.bias");
  EXPECT_EQ(StoredName(diffusers, "blocks.0.ffn.0.weight"), "blocks.0.ffn.net.0.proj.weight");
}

TEST(Names, Vae21LevelsAreNumberedThrough) {
  const NetworkLayout diffusers = {Network::kVae21, Layout::kDiffusers};
  EXPECT_EQ(CanonicalName(diffusers, "decoder.up_blocks.1.resnets.0.conv_shortcut.weight"),
            "decoder.upsamples.4.shortcut.weight");
  EXPECT_EQ(CanonicalName(diffusers, "decoder.up_blocks.2.upsamplers.0.resample.1.bias"),
            "decoder.upsamples.11.resample.1.bias");
  EXPECT_EQ(CanonicalName(diffusers, "decoder.up_blocks.3.resnets.2.norm2.gamma"),
            "decoder.upsamples.14.residual.3.gamma");
  EXPECT_EQ(CanonicalName(diffusers, "encoder.down_blocks.5.time_conv.weight"),
            "encoder.downsamples.5.time_conv.weight");
  EXPECT_EQ(CanonicalName(diffusers, "post_quant_conv.weight"), "conv2.weight");
}

TEST(Names, Vae22LevelsAreNested) {
  const NetworkLayout diffusers = {Network::kVae22, Layout::kDiffusers};
  EXPECT_EQ(CanonicalName(diffusers, "decoder.up_blocks.1.upsampler.time_conv.weight"),
            "decoder.upsamples.1.upsamples.3.time_conv.weight");
  EXPECT_EQ(CanonicalName(diffusers, "encoder.down_blocks.2.downsampler.resample.1.weight"),
            "encoder.downsamples.2.downsamples.2.resample.1.weight");
  EXPECT_EQ(CanonicalName(diffusers, "encoder.down_blocks.2.resnets.1.conv1.weight"),
            "encoder.downsamples.2.downsamples.1.residual.2.weight");
}

// Every name of the golden files has a counterpart of its own in each layout, and comes back.
TEST(Names, TranslateBothWays) {
  struct Case {
    std::string golden;
    NetworkLayout layout;
  };
  const Case cases[] = {{"wan_dit_tiny", {Network::kDit, Layout::kDiffusers}},
                        {"umt5_tiny", {Network::kUmt5, Layout::kHuggingFace}},
                        {"umt5_tiny", {Network::kUmt5, Layout::kLlamaCpp}},
                        {"wan_vae21_tiny", {Network::kVae21, Layout::kDiffusers}},
                        {"wan_vae22_tiny", {Network::kVae22, Layout::kDiffusers}}};
  for (const auto& [golden, layout] : cases) {
    std::set<std::string> stored;
    size_t count = 0, changed = 0;
    for (const StoredTensor& tensor : OpenTestGolden(golden).weights.tensors) {
      const bool huggingface_twin = golden == "umt5_tiny" && (tensor.name.starts_with("encoder.") ||
                                                              tensor.name.starts_with("shared."));
      if (huggingface_twin) continue;
      const std::string name = StoredName(layout, tensor.name);
      EXPECT_EQ(CanonicalName(layout, name), tensor.name);
      stored.insert(name);
      count += 1;
      changed += name != tensor.name ? 1 : 0;
    }
    EXPECT_EQ(stored.size(), count) << golden;
    EXPECT_GE(changed + 2, count) << golden;  // patch_embedding alone keeps its two names
  }
}

TEST(Names, HuggingFaceNamesAreThoseOfTheGolden) {
  const GoldenFile file = OpenTestGolden("umt5_tiny");
  const NetworkLayout layout = {Network::kUmt5, Layout::kHuggingFace};
  size_t found = 0;
  for (const StoredTensor& tensor : file.weights.tensors) {
    if (file.weights.Find(StoredName(layout, tensor.name)) != nullptr &&
        StoredName(layout, tensor.name) != tensor.name) {
      ++found;
    }
  }
  EXPECT_EQ(found, 22u);  // two layers of ten, embedding and last norm
}

TEST(Names, NetworksAreToldByTheirTensors) {
  const auto networks = [](const std::string& golden) {
    return FindNetworks(OpenTestGolden(golden).weights);
  };
  using N = NetworkLayout;
  EXPECT_THAT(networks("wan_dit_tiny"), ElementsAre(N{Network::kDit, Layout::kOriginal}));
  EXPECT_THAT(networks("umt5_tiny"), ElementsAre(N{Network::kUmt5, Layout::kOriginal},
                                                 N{Network::kUmt5, Layout::kHuggingFace}));
  EXPECT_THAT(networks("wan_vae21_tiny"), ElementsAre(N{Network::kVae21, Layout::kOriginal}));
  EXPECT_THAT(networks("wan_vae22_tiny"), ElementsAre(N{Network::kVae22, Layout::kOriginal}));
  for (const char* tiny : {"taehv_w21_tiny", "taehv_w22_tiny", "taehv_w22_super_tiny"}) {
    EXPECT_THAT(networks(tiny), ElementsAre(N{Network::kTinyVae, Layout::kOriginal}));
  }
  EXPECT_THAT(FindNetworks(FileWith({"model.diffusion_model.blocks.0.self_attn.norm_q.weight"})),
              ElementsAre(N{Network::kDit, Layout::kOriginal}));
  const TensorFile net = FileWith({"net.blocks.0.self_attn.norm_q.weight"});
  EXPECT_THAT(FindNetworks(net), ElementsAre(N{Network::kDit, Layout::kOriginal}));
  EXPECT_EQ(CanonicalNames(net, FindNetworks(net)[0])("net.head.head.bias"), "head.head.bias");
  EXPECT_THAT(FindNetworks(FileWith({"double_blocks.0.img_attn.qkv.weight"})), IsEmpty());
}

TEST(Names, TiedEmbeddingsAndTokenizersAreNoWeights) {
  const NetworkLayout layout = {Network::kUmt5, Layout::kHuggingFace};
  const NameMap both = CanonicalNames(
      FileWith({"shared.weight", "encoder.embed_tokens.weight", "spiece_model"}), layout);
  EXPECT_EQ(both("shared.weight"), "token_embedding.weight");
  EXPECT_EQ(both("encoder.embed_tokens.weight"), std::nullopt);
  EXPECT_EQ(both("spiece_model"), std::nullopt);
  const NameMap one = CanonicalNames(FileWith({"encoder.embed_tokens.weight"}), layout);
  EXPECT_EQ(one("encoder.embed_tokens.weight"), "token_embedding.weight");
}

}  // namespace
}  // namespace aozora::wan
