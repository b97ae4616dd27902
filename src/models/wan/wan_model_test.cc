// SPDX-License-Identifier: Apache-2.0
// Whole checkpoints on disk, in the layouts that people have, with small random networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "models/wan/family.h"
#include "models/wan/names.h"
#include "models/wan/random_weights.h"
#include "models/wan/wan_testonly.h"
#include "text/tokenizer.h"
#include "text/tokenizer_model.h"

namespace aozora::wan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

DitConfig SmallDit(int64_t channels = 16) {
  DitConfig config;
  config.width = 128;
  config.ffn_width = 96;
  config.layer_count = 2;
  config.text_width = 32;
  config.in_channel_count = channels;
  config.out_channel_count = channels;
  config.frequency_count = 32;
  return config;
}

Umt5Config SmallUmt5() { return {64, 32, 2, 16, 40, 2}; }

std::string SmallTokenizer() {
  TokenizerModel model;
  model.pieces = {{"<pad>", 0, PieceType::kControl},
                  {"</s>", 0, PieceType::kControl},
                  {"<unk>", 0, PieceType::kUnknown},
                  {"\u2581", -2, PieceType::kNormal}};
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    model.pieces.push_back({std::string(1, letter), -4, PieceType::kNormal});
  }
  return SerializeTokenizerModel(model);
}

// The weights of a plan in a layout, behind a prefix.
std::vector<NamedWeight> Stored(const std::vector<TensorPlan>& plan, const NetworkLayout& layout,
                                const std::string& prefix = "", uint64_t seed = 1) {
  std::vector<NamedWeight> weights;
  for (const TensorPlan& tensor : plan) {
    weights.push_back(
        {prefix + StoredName(layout, tensor.name), RandomWeight(tensor, DType::kF32, seed)});
  }
  return weights;
}

constexpr NetworkLayout kDit = {Network::kDit, Layout::kOriginal};
constexpr NetworkLayout kUmt5 = {Network::kUmt5, Layout::kOriginal};
constexpr NetworkLayout kVae21 = {Network::kVae21, Layout::kOriginal};

// Everything but the denoiser, as the original repositories have it.
void PutOtherParts(const TestFolder& folder) {
  folder.Put("models_t5.safetensors", Stored(PlanUmt5(SmallUmt5()), kUmt5));
  folder.Put("Wan2.1_VAE.safetensors", Stored(PlanVae21(8), kVae21));
  folder.Put("google/umt5-xxl/spiece.model", SmallTokenizer());
}

void PutOriginal(const TestFolder& folder) {
  folder.Put("diffusion_pytorch_model.safetensors", Stored(PlanDit(SmallDit()), kDit));
  PutOtherParts(folder);
}

Result<std::unique_ptr<Model>> Open(const CheckpointPaths& paths,
                                    const std::vector<LoraChoice>& loras = {}) {
  static const WanFamily family;
  const Family* const all[] = {&family};
  return OpenModel(all, paths, loras);
}

std::string OpenError(const TestFolder& folder, const std::vector<LoraChoice>& loras = {}) {
  const auto model = Open({.model = folder.path()}, loras);
  return model.ok() ? "opened" : model.error().message();
}

// What the model makes of a prompt and a fixed latent.
std::vector<float> Velocity(const Model& model, uint32_t index = 0) {
  TestDevice device(BackendKind::kCpu);
  const auto ids = model.OpenTokenizer().value()->Encode("a cat", 512).value();
  const auto text = model.OpenTextEncoder(*device).value()->Encode(*device, ids).value();
  const auto denoiser = model.OpenDenoiser(*device, index).value();
  const auto prompt = denoiser->PreparePrompt(*device, text).value();
  const LatentSize size = {model.capabilities().latent.channel_count, 1, 4, 4};
  const std::vector<float> latent = RandomValues(size.count(), 2), timesteps = {500};
  std::vector<float> velocity(latent.size());
  denoiser
      ->Predict(*device, *prompt, {.latent = latent, .size = size, .timesteps = timesteps},
                velocity)
      .value();
  return velocity;
}

bool Near(const std::vector<float>& a, const std::vector<float>& b) {
  return CompareGolden("", "", a, b, {1e-5, 5e-5}).ok;
}

TEST(WanModel, OpensTheOriginalLayout) {
  TestFolder folder;
  PutOriginal(folder);
  const auto model = Open({.model = folder.path()});
  ASSERT_TRUE(model.ok()) << model.error().message();
  const Capabilities& can = (*model)->capabilities();
  EXPECT_EQ(can.family, "Wan");
  EXPECT_EQ(can.latent.channel_count, 16u);
  EXPECT_EQ(can.latent.space_stride, 8u);
  EXPECT_TRUE(can.has_full_decoder);
  EXPECT_TRUE(can.has_encoder);
  EXPECT_FALSE(can.has_tiny_decoder);
  EXPECT_EQ(can.text_token_count_max, 512u);
  std::vector<std::string> parts;
  for (const PartInfo& part : (*model)->parts()) parts.push_back(part.part);
  EXPECT_THAT(parts, ElementsAre("denoiser", "text encoder", "decoder"));
  EXPECT_EQ((*model)->parts()[0].dtypes, "f32");
  EXPECT_THAT((*model)->parts()[0].sizes, HasSubstr("2 layers, width 128, 1 heads"));

  const Cost text = (*model)->TextEncoderCost(10);
  EXPECT_EQ(text.weight_bytes, (*model)->parts()[1].bytes);
  EXPECT_GT((*model)->DecoderCost({32, 32, 1}, DecoderKind::kFull).flops, 0);
  EXPECT_EQ((*model)->DenoiserCost({16, 1, 4, 4}, 5).weight_bytes, (*model)->parts()[0].bytes);
  TestDevice device;
  EXPECT_TRUE((*model)->OpenDecoder(*device, DecoderKind::kFull).ok());
  EXPECT_TRUE((*model)->OpenEncoder(*device).ok());
  EXPECT_THAT((*model)->OpenDecoder(*device, DecoderKind::kTiny).error().message(),
              HasSubstr("taew2_1"));
}

TEST(WanModel, EveryLayoutIsTheSameModel) {
  TestFolder original, diffusers, comfy;
  PutOriginal(original);
  const std::vector<float> expected = Velocity(*Open({.model = original.path()}).value());

  diffusers.Put("transformer/diffusion_pytorch_model.safetensors",
                Stored(PlanDit(SmallDit()), {Network::kDit, Layout::kDiffusers}));
  diffusers.Put("transformer/config.json", R"({"attention_head_dim": 128, "text_dim": 32})");
  diffusers.Put("text_encoder/model.safetensors",
                Stored(PlanUmt5(SmallUmt5()), {Network::kUmt5, Layout::kHuggingFace}));
  diffusers.Put("vae/diffusion_pytorch_model.safetensors",
                Stored(PlanVae21(8), {Network::kVae21, Layout::kDiffusers}));
  diffusers.Put("tokenizer/spiece.model", SmallTokenizer());
  const auto from_diffusers = Open({.model = diffusers.path()});
  ASSERT_TRUE(from_diffusers.ok()) << from_diffusers.error().message();
  EXPECT_TRUE(Near(Velocity(**from_diffusers), expected));

  // ComfyUI: one file named, the others in its neighbours, the tokenizer inside the text encoder.
  comfy.Put("diffusion_models/wan.safetensors",
            Stored(PlanDit(SmallDit()), kDit, "model.diffusion_model."));
  std::vector<NamedWeight> text =
      Stored(PlanUmt5(SmallUmt5()), {Network::kUmt5, Layout::kHuggingFace});
  const std::string tokenizer = SmallTokenizer();
  std::vector<float> unsigned_bytes;
  for (const char c : tokenizer) unsigned_bytes.push_back(static_cast<unsigned char>(c));
  const Shape shape = {static_cast<int64_t>(tokenizer.size())};
  text.push_back({"spiece_model", MakeWeight(unsigned_bytes, shape, DType::kU8)});
  comfy.Put("text_encoders/umt5.safetensors", text);
  comfy.Put("vae/wan_2.1_vae.safetensors", Stored(PlanVae21(8), kVae21));
  comfy.Put("vae_approx/taew2_1.safetensors",
            Stored(PlanTinyDecoder(16, 1, {16, 8, 8, 8}), {Network::kTinyVae, Layout::kOriginal}));
  comfy.Put("vae_approx/taew2_2.safetensors",
            Stored(PlanTinyDecoder(48, 2, {16, 8, 8, 8}), {Network::kTinyVae, Layout::kOriginal}));
  const auto from_comfy = Open({.model = comfy / "diffusion_models/wan.safetensors"});
  ASSERT_TRUE(from_comfy.ok()) << from_comfy.error().message();
  EXPECT_TRUE(Near(Velocity(**from_comfy), expected));
  EXPECT_TRUE((*from_comfy)->capabilities().has_tiny_decoder);
  EXPECT_THAT((*from_comfy)->parts().back().file, HasSubstr("taew2_1"));
}

TEST(WanModel, HeadsAndTextLengthComeFromTheConfig) {
  TestFolder folder;
  PutOriginal(folder);
  folder.Put("config.json", R"({"dim": 128, "num_heads": 2, "text_len": 64})");
  const auto model = Open({.model = folder.path()});
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ((*model)->capabilities().text_token_count_max, 64u);
  EXPECT_THAT((*model)->parts()[0].sizes, HasSubstr("2 heads"));
}

TEST(WanModel, SaysWhichPartIsMissing) {
  {
    TestFolder folder;
    folder.Put("dit.safetensors", Stored(PlanDit(SmallDit()), kDit));
    EXPECT_THAT(OpenError(folder), HasSubstr("no text encoder (UMT5)"));
    folder.Put("t5.safetensors", Stored(PlanUmt5(SmallUmt5()), kUmt5));
    EXPECT_THAT(OpenError(folder), HasSubstr("no decoder (VAE) for latents of 16 channels"));
    // One for other latents does not count.
    folder.Put("Wan2.2_VAE.safetensors",
               Stored(PlanVae22(8, 8), {Network::kVae22, Layout::kOriginal}));
    EXPECT_THAT(OpenError(folder), HasSubstr("no decoder (VAE)"));
    folder.Put("a_vae.safetensors", Stored(PlanVae21(8), kVae21));
    // What needs no words can be done without a tokenizer.
    EXPECT_EQ(OpenError(folder), "opened");
    EXPECT_THAT(Open({.model = folder.path()}).value()->OpenTokenizer().error().message(),
                HasSubstr("no tokenizer"));
    folder.Put("spiece.model", SmallTokenizer());
    EXPECT_EQ(OpenError(folder), "opened");
    folder.Put("b_vae.safetensors", Stored(PlanVae21(8), kVae21));
    EXPECT_THAT(OpenError(folder), HasSubstr("several files could be the VAE"));
    EXPECT_TRUE(Open({.model = folder.path(), .decoder = folder / "b_vae.safetensors"}).ok());
    folder.Put("wan_vae.safetensors", Stored(PlanVae21(8), kVae21));
    EXPECT_EQ(OpenError(folder), "opened");  // the one with the family's name
  }
  {
    TestFolder folder;
    PutOriginal(folder);
    folder.Put("second.safetensors", Stored(PlanDit(SmallDit()), kDit));
    EXPECT_THAT(OpenError(folder), HasSubstr("several denoisers"));
  }
  {
    TestFolder folder;
    PutOriginal(folder);
    Umt5Config other = SmallUmt5();
    other.width = 16;
    folder.Put("models_t5.safetensors", Stored(PlanUmt5(other), kUmt5));
    EXPECT_THAT(OpenError(folder), HasSubstr("16 numbers a token, and the denoiser takes 32"));
    other = SmallUmt5();
    other.vocabulary_count = 20;
    folder.Put("models_t5.safetensors", Stored(PlanUmt5(other), kUmt5));
    const auto model = Open({.model = folder.path()});
    ASSERT_TRUE(model.ok()) << model.error().message();
    EXPECT_THAT((*model)->OpenTokenizer().error().message(), HasSubstr("do not belong together"));
  }
}

TEST(WanModel, RefusesKindsThatItCannotRun) {
  struct Case {
    std::string tensor;
    std::string message;
  };
  for (const auto& [tensor, message] : {
           Case{"blocks.0.cross_attn.k_img.weight", "Wan 2.1 I2V"},
           Case{"img_emb.emb_pos", "FLF2V"},
           Case{"vace_blocks.0.before_proj.weight", "VACE"},
           Case{"pose_patch_embedding.weight", "Animate"},
       }) {
    TestFolder folder;
    PutOtherParts(folder);
    std::vector<NamedWeight> weights = Stored(PlanDit(SmallDit()), kDit);
    weights.push_back({tensor, weights[0].weight});
    folder.Put("dit.safetensors", weights);
    EXPECT_THAT(OpenError(folder), HasSubstr(message));
    EXPECT_THAT(OpenError(folder), HasSubstr("recognised, not yet supported"));
  }
}

TEST(WanModel, TwoExpertsComeInOrder) {
  TestFolder folder;
  PutOtherParts(folder);
  folder.Put("high_noise_model/m.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 1));
  EXPECT_THAT(OpenError(folder), HasSubstr("put the one for little noise beside it"));
  folder.Put("low_noise_model/m.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 2));
  const auto model = Open({.model = folder.path()});
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ((*model)->capabilities().denoiser_count, 2u);
  EXPECT_THAT((*model)->preset().guidance, ElementsAre(4, 3));
  EXPECT_EQ((*model)->preset().boundary, 0.875);
  EXPECT_THAT((*model)->parts()[0].file, HasSubstr("high_noise_model"));
  EXPECT_THAT((*model)->parts()[1].file, HasSubstr("low_noise_model"));

  TestFolder single;
  PutOriginal(single);  // the weights of the first
  EXPECT_TRUE(Near(Velocity(**model, 0), Velocity(*Open({.model = single.path()}).value())));
  EXPECT_FALSE(Near(Velocity(**model, 1), Velocity(**model, 0)));

  TestFolder diffusers;
  PutOtherParts(diffusers);
  diffusers.Put("transformer_2/m.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 2));
  diffusers.Put("transformer/m.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 1));
  const auto same = Open({.model = diffusers.path()});
  ASSERT_TRUE(same.ok()) << same.error().message();
  EXPECT_THAT((*same)->parts()[1].file, HasSubstr("transformer_2"));
}

std::vector<NamedWeight> SmallLora(const std::string& module, int64_t in) {
  return {{module + ".lora_down.weight",
           MakeWeight(RandomValues(static_cast<size_t>(2 * in), 1), {2, in}, DType::kF32)},
          {module + ".lora_up.weight", MakeWeight(RandomValues(256, 2), {128, 2}, DType::kF32)}};
}

TEST(WanModel, LorasChangeTheirExpertOnly) {
  TestFolder folder, loras;
  PutOtherParts(folder);
  folder.Put("x_high_noise.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 1));
  folder.Put("x_low_noise.safetensors", Stored(PlanDit(SmallDit()), kDit, "", 2));
  const auto high =
      loras.Put("style_high_noise.safetensors", SmallLora("diffusion_model.blocks.1.ffn.2", 96));
  // Names of diffusers fit a checkpoint with original names.
  const auto both =
      loras.Put("style.safetensors", SmallLora("transformer.blocks.0.attn1.to_out.0", 128));
  const auto plain = Open({.model = folder.path()}).value();
  const auto none = Open({.model = folder.path()}, {{both, 0}}).value();
  EXPECT_EQ(Velocity(*none, 1), Velocity(*plain, 1));
  const auto high_only = Open({.model = folder.path()}, {{high, 1}}).value();
  EXPECT_FALSE(Near(Velocity(*high_only, 0), Velocity(*plain, 0)));
  EXPECT_EQ(Velocity(*high_only, 1), Velocity(*plain, 1));
  const auto all = Open({.model = folder.path()}, {{both, 1}}).value();
  EXPECT_FALSE(Near(Velocity(*all, 1), Velocity(*plain, 1)));
  EXPECT_NE(all->fingerprint(), plain->fingerprint());

  const auto foreign = loras.Put("foreign.safetensors", SmallLora("double_blocks.0.qkv", 128));
  EXPECT_THAT(OpenError(folder, {{foreign, 1}}), HasSubstr("foreign.safetensors"));
}

TEST(WanModel, LorasBringTheirPreset) {
  TestFolder folder, loras;
  PutOriginal(folder);
  const auto lora = loras.Put("lightx2v_cfg_step_distill.safetensors",
                              SmallLora("diffusion_model.blocks.1.ffn.2", 96));
  EXPECT_FALSE(Open({.model = folder.path()}).value()->preset().distilled);
  const auto model = Open({.model = folder.path()}, {{lora, 1}}).value();
  EXPECT_TRUE(model->preset().distilled);
  EXPECT_EQ(model->preset().step_count, 4u);
}

TEST(WanModel, TheFingerprintIsOfTheNumbersAndTheFiles) {
  TestFolder folder;
  PutOriginal(folder);
  const std::string before = Open({.model = folder.path()}).value()->fingerprint();
  EXPECT_EQ(before.size(), 64u);
  EXPECT_EQ(Open({.model = folder.path()}).value()->fingerprint(), before);
  const std::filesystem::path file = folder / "Wan2.1_VAE.safetensors";
  std::filesystem::last_write_time(file,
                                   std::filesystem::last_write_time(file) + std::chrono::hours(1));
  EXPECT_NE(Open({.model = folder.path()}).value()->fingerprint(), before);
}

}  // namespace
}  // namespace aozora::wan
