// SPDX-License-Identifier: Apache-2.0
#include "models/wan/variant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diffusion/sampler.h"
#include "models/wan/random_weights.h"

namespace aozora::wan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Variant Detect(const DitConfig& config, uint32_t denoiser_count = 1) {
  return DetectVariant(config, denoiser_count).value();
}

DitConfig WithCondition(DitConfig config) {
  config.in_channel_count = 36;
  return config;
}

TEST(DetectVariant, KnowsThePublishedModels) {
  const Variant small = Detect(Dit1_3B());
  EXPECT_EQ(small.capabilities.variant, "T2V 1.3B");
  EXPECT_EQ(small.capabilities.latent.pixel_multiple(), 16u);
  EXPECT_EQ(small.capabilities.image_conditioning, ImageConditioning::kNone);
  EXPECT_EQ(small.preset.step_count, 50u);
  EXPECT_EQ(small.preset.clip, (ClipSize{832, 480, 81}));

  const Variant middle = Detect(Dit5B());
  EXPECT_EQ(middle.kind, VariantKind::kTI2V5B);
  EXPECT_EQ(middle.capabilities.latent.pixel_multiple(), 32u);
  EXPECT_EQ(middle.capabilities.image_conditioning, ImageConditioning::kFirstLatent);
  EXPECT_TRUE(middle.capabilities.text_to_video);
  EXPECT_EQ(middle.preset.frame_rate, 24);
  EXPECT_EQ(middle.preset.clip, (ClipSize{1280, 704, 121}));
  EXPECT_EQ(middle.capabilities.trained_frame_count, 121u);

  EXPECT_EQ(Detect(Dit14B()).kind, VariantKind::kT2V14B);
  const Variant pair = Detect(Dit14B(), 2);
  EXPECT_EQ(pair.kind, VariantKind::kT2VA14B);
  EXPECT_EQ(pair.preset.shift, 12);
  EXPECT_THAT(pair.preset.guidance, ElementsAre(4, 3));  // much noise first
  const Variant picture = Detect(WithCondition(Dit14B()), 2);
  EXPECT_EQ(picture.kind, VariantKind::kI2VA14B);
  EXPECT_EQ(picture.preset.boundary, 0.9);
  EXPECT_EQ(picture.capabilities.image_conditioning, ImageConditioning::kExtraChannels);
  EXPECT_FALSE(picture.capabilities.text_to_video);
}

TEST(DetectVariant, RefusesOtherChannels) {
  DitConfig config = Dit1_3B();
  config.in_channel_count = 48;
  EXPECT_THAT(DetectVariant(config, 1).error().message(),
              HasSubstr("recognised, not yet supported"));
  config.in_channel_count = config.out_channel_count = 12;
  EXPECT_THAT(DetectVariant(config, 1).error().message(), HasSubstr("latents of 12 channels"));
}

TEST(ChoosePreset, TellsDistillationsByTheirNames) {
  struct Case {
    DitConfig config;
    std::string hint;
    std::string sampler;
    uint32_t step_count;
    double shift;
  };
  const Case cases[] = {
      {Dit1_3B(), "FastVideo/FastWan2.1-T2V-1.3B-Diffusers", "dmd", 3, 8},
      {Dit1_3B(), "FastMetal-1.3B-QAD", "dmd", 3, 8},
      {Dit5B(), "FastWan2.2-TI2V-5B-FullAttn-Diffusers", "dmd", 3, 5},
      {Dit5B(), "Wan2.2-TI2V-5B-Turbo", "lcm", 4, 5},
      {Dit14B(), "Wan2.1-T2V-14B-StepDistill-CfgDistill-Lightx2v", "lcm", 4, 5},
      {Dit14B(), "Wan2.2-Lightning/high_noise_model.safetensors", "lcm", 4, 5},
      {Dit14B(), "wan2.2_t2v_A14b_4steps", "lcm", 4, 5},
      {Dit1_3B(), "rCM_Wan2.1_T2V_1.3B_480p", "rcm", 4, 8},
      {Dit1_3B(), "TurboWan2.1-T2V-1.3B-480P", "rcm", 4, 8},
  };
  for (const Case& c : cases) {
    const Variant variant = Detect(c.config);
    const Preset preset = ChoosePreset(variant, c.hint);
    EXPECT_TRUE(preset.distilled) << c.hint;
    EXPECT_EQ(preset.sampler, c.sampler) << c.hint;
    EXPECT_EQ(preset.step_count, c.step_count) << c.hint;
    EXPECT_EQ(preset.shift, c.shift) << c.hint;
    EXPECT_THAT(preset.guidance, ElementsAre(1)) << c.hint;
    EXPECT_EQ(preset.frame_rate, variant.preset.frame_rate) << c.hint;
    if (!preset.timesteps.empty()) {
      EXPECT_EQ(preset.timesteps.size(), preset.step_count);
    }
  }
}

TEST(ChoosePreset, OrdinaryNamesMeanTheFullModel) {
  for (const char* hint :
       {"Wan2.1-T2V-1.3B", "wan2.1_t2v_1.3B_fp16.safetensors", "farcmodel", ""}) {
    const Preset preset = ChoosePreset(Detect(Dit1_3B()), hint);
    EXPECT_FALSE(preset.distilled) << hint;
    EXPECT_EQ(preset.sampler, "unipc");
    EXPECT_THAT(preset.guidance, ElementsAre(6));
  }
}

TEST(ChoosePreset, EverySamplerExists) {
  for (const char* hint : {"", "fastwan", "rcm", "lightx2v"}) {
    const Preset preset = ChoosePreset(Detect(Dit14B(), 2), hint);
    const auto kind = ParseSamplerKind(preset.sampler);
    ASSERT_TRUE(kind.ok()) << hint;
    EXPECT_TRUE(MakeDefaultSchedule(*kind, static_cast<int>(preset.step_count), preset.shift).ok());
    EXPECT_EQ(preset.guidance.size(), 2u);
    EXPECT_EQ(preset.boundary, 0.875);
  }
}

// research arithmetic of a whole forward, embeddings of text and time left out.
TEST(DitCost, AgreesWithPublishedArithmetic) {
  const LatentGeometry geometry = Detect(Dit1_3B()).capabilities.latent;
  const Cost cost = DitCost(Dit1_3B(), geometry.Latent({832, 480, 81}), 512);
  EXPECT_NEAR(cost.flops / 1e12, 283, 3);
}

}  // namespace
}  // namespace aozora::wan
