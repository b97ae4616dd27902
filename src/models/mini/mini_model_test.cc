// SPDX-License-Identifier: Apache-2.0
// Whole models on disk, with small random networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/rng.h"
#include "models/mini/clean_denoiser.h"
#include "models/mini/family.h"
#include "models/mini/mini_testonly.h"
#include "models/mini/position_denoiser.h"
#include "models/mini/positions.h"
#include "models/mini/steady_denoiser.h"
#include "models/wan/dit.h"
#include "models/wan/family.h"
#include "text/tokenizer.h"
#include "weights/name_map.h"

namespace aozora::mini {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<std::unique_ptr<Model>> Open(const CheckpointPaths& paths,
                                    const std::vector<LoraChoice>& loras = {}) {
  static const MiniFamily mini;
  static const wan::WanFamily wan;
  const Family* const all[] = {&mini, &wan};
  return OpenModel(all, paths, loras);
}

std::string OpenError(const TestFolder& folder) {
  const auto model = Open({.model = folder.path()});
  return model.ok() ? "opened" : model.error().message();
}

TEST(MiniModel, Opens) {
  TestFolder folder;
  PutModel(folder);
  const auto model = Open({.model = folder.path()});
  ASSERT_TRUE(model.ok()) << model.error().message();
  const Capabilities& can = (*model)->capabilities();
  EXPECT_EQ(can.family, "Aozora");
  EXPECT_EQ(can.variant, "small");
  EXPECT_TRUE(can.has_full_decoder);
  EXPECT_FALSE(can.has_tiny_decoder);
  EXPECT_TRUE(can.has_encoder);
  EXPECT_EQ(can.image_conditioning, ImageConditioning::kFirstLatent);
  EXPECT_THAT(can.image_note, HasSubstr("nearest scene"));
  EXPECT_EQ(can.continued_latent_count, 2u);
  EXPECT_EQ(can.text_token_count_max, 24u);
  EXPECT_EQ(can.side_px_min, 64u);
  EXPECT_EQ(can.latent.pixel_multiple(), 2u);
  EXPECT_EQ(can.latent.Latent({1920, 1080, 240}), (LatentSize{18, 6, 2, 8}));
  EXPECT_EQ(can.latent.TokenCount({18, 6, 2, 8}), 24u);
  std::vector<std::string> parts;
  for (const PartInfo& part : (*model)->parts()) parts.push_back(part.part);
  EXPECT_THAT(parts, ElementsAre("denoiser", "text encoder", "decoder", "encoder"));
  EXPECT_GT((*model)->DenoiserCost({18, 6, 2, 8}, 10).flops, 0);
  EXPECT_GT((*model)->DecoderCost({128, 72, 48}, DecoderKind::kFull).flops, 0);
  TestDevice device;
  EXPECT_FALSE((*model)->OpenDecoder(*device, DecoderKind::kTiny).ok());
  EXPECT_TRUE((*model)->OpenEncoder(*device).ok());
}

TEST(MiniModel, NeedNotHaveAnEncoder) {
  TestFolder folder;
  PutModel(folder);
  const std::string with = Open({.model = folder.path()}).value()->fingerprint();
  std::filesystem::remove(folder.path() / "encoder.safetensors");
  const auto model = Open({.model = folder.path()}).value();
  EXPECT_FALSE(model->capabilities().has_encoder);
  EXPECT_EQ(model->capabilities().image_conditioning, ImageConditioning::kNone);
  EXPECT_NE(model->fingerprint(), with);
  TestDevice device;
  EXPECT_FALSE(model->OpenEncoder(*device).ok());
}

TEST(MiniModel, PartsGoTogether) {
  TestFolder folder;
  PutModel(folder);
  const auto model = Open({.model = folder.path()}).value();
  TestDevice device;
  const auto ids = model->OpenTokenizer().value()->Encode("a cat", 24).value();
  const auto text = model->OpenTextEncoder(*device).value()->Encode(*device, ids).value();
  EXPECT_EQ(text.token_count, static_cast<int64_t>(ids.size()));
  const auto denoiser = model->OpenDenoiser(*device, 0).value();
  const auto prompt = denoiser->PreparePrompt(*device, text).value();
  const LatentSize size = {18, 2, 2, 8};
  std::vector<float> latent(size.count()), velocity(size.count());
  TwisterNormal(1).Fill(latent);
  const std::vector<float> timesteps = {500};
  ASSERT_TRUE(denoiser
                  ->Predict(*device, *prompt,
                            {.latent = latent, .size = size, .timesteps = timesteps}, velocity)
                  .ok());
  const auto painter = model->OpenDecoder(*device, DecoderKind::kFull).value();
  ASSERT_TRUE(painter->Begin(*device, size, {64, 64, 49}).ok());
  int picture_count = 0;
  for (int frame = 0; frame < 2; ++frame) {
    ASSERT_TRUE(painter
                    ->Decode(*device, std::span(velocity).first(size.count() / 2),
                             [&](ConstView) {
                               ++picture_count;
                               return Ok();
                             })
                    .ok());
  }
  EXPECT_EQ(picture_count, 49);
}

// The small model's denoiser as a network, opened as often as a test needs it.
class NetworkTest : public testing::Test {
 protected:
  void SetUp() override {
    PutModel(folder_);
    file_ = OpenTensorFile(folder_.path() / "denoiser.safetensors").value();
    weights_ = MakeTensorSet(file_, SameNames()).value();
    config_ = wan::ReadDitConfig(weights_, {.head_width = 16, .text_token_count = 24}).value();
  }
  std::unique_ptr<Denoiser> Network() { return wan::MakeDit(*device_, weights_, config_).value(); }
  std::unique_ptr<Denoiser> WithPositions() { return MakeWithPositions(Network()); }
  std::unique_ptr<Denoiser::Prompt> PromptFor(Denoiser& denoiser) {
    return denoiser.PreparePrompt(*device_, {1, 32, std::vector<float>(32, 0.3f)}).value();
  }

  TestFolder folder_;
  TestDevice device_;
  TensorFile file_;
  TensorSet weights_;
  wan::DitConfig config_;
};
using CleanDenoiserTest = NetworkTest;
using SteadyDenoiserTest = NetworkTest;
using PositionDenoiserTest = NetworkTest;

// What a network of that kind gives, and what a sampler sees of it.
TEST_F(CleanDenoiserTest, GivesTheVelocity) {
  const auto network = WithPositions();
  const auto denoiser = MakeVelocityFromClean(WithPositions());
  const LatentSize size = {18, 3, 2, 8};
  std::vector<float> latent(size.count()), clean(size.count()), velocity(size.count());
  TwisterNormal(1).Fill(latent);
  const auto prompt = PromptFor(*network);
  const auto same_prompt = PromptFor(*denoiser);
  const size_t frame = size.frame_value_count();
  std::vector<float> by_token(12, 700);
  by_token[5] = 300;  // the second frame's second slot
  const std::vector<std::vector<float>> cases = {{700}, {0, 700, 10}, by_token};
  for (const std::vector<float>& timesteps : cases) {
    const Denoiser::Input input{.latent = latent, .size = size, .timesteps = timesteps};
    ASSERT_TRUE(network->Predict(*device_, *prompt, input, clean).ok());
    ASSERT_TRUE(denoiser->Predict(*device_, *same_prompt, input, velocity).ok());
    for (size_t i = 0; i < latent.size(); ++i) {
      const size_t at_frame = i / frame % 3, slot = i % 8 / 2;
      const float timestep = timesteps.size() == 1   ? timesteps[0]
                             : timesteps.size() == 3 ? timesteps[at_frame]
                                                     : timesteps[at_frame * 4 + slot];
      const float sigma = std::max(timestep / 1000, 0.02f);
      EXPECT_FLOAT_EQ(velocity[i], (latent[i] - clean[i]) / sigma) << i;
    }
  }
}

// Codes of frames that are made are the mean of what the network gives; all else stays.
TEST_F(SteadyDenoiserTest, OneClipHasOneWeather) {
  const auto network = WithPositions(), steady = MakeSteady(WithPositions());
  const LatentSize size = {18, 4, 2, 8};
  std::vector<float> latent(size.count()), given(size.count()), settled(size.count());
  TwisterNormal(1).Fill(latent);
  const auto prompt = PromptFor(*network);
  const auto same_prompt = PromptFor(*steady);
  const size_t cells = 16, channel_size = 4 * cells;
  for (const std::vector<float>& timesteps : {std::vector<float>{700}, {0, 700, 700, 700}}) {
    const size_t first = timesteps.size() == 1 ? 0 : 1;
    const Denoiser::Input input{.latent = latent, .size = size, .timesteps = timesteps};
    ASSERT_TRUE(network->Predict(*device_, *prompt, input, given).ok());
    ASSERT_TRUE(steady->Predict(*device_, *same_prompt, input, settled).ok());
    for (size_t i = 0; i < given.size(); ++i) {
      const size_t channel = i / channel_size, frame = i % channel_size / cells;
      float expected = given[i];
      if (channel < kCodeCount / 4 && frame >= first) {
        float sum = 0;
        for (size_t f = first; f < 4; ++f)
          sum += given[channel * channel_size + f * cells + i % cells];
        expected = sum / static_cast<float>(4 - first);
      }
      EXPECT_NEAR(settled[i], expected, 1e-5) << i;
    }
  }
}

TEST(Positions, NoTwoTokensShareOne) {
  for (const uint32_t frame_count : {1u, 2u, 6u, 11u}) {
    std::vector<std::array<float, kPositionChannels>> all;
    for (uint32_t frame = 0; frame < frame_count; ++frame) {
      for (uint32_t slot = 0; slot < 4; ++slot) {
        all.push_back(PositionOf(frame, frame_count, slot));
        for (const float value : all.back()) EXPECT_LE(std::fabs(value), 1);
      }
    }
    for (size_t a = 0; a < all.size(); ++a) {
      for (size_t b = 0; b < a; ++b) {
        float apart = 0;
        for (size_t i = 0; i < kPositionChannels; ++i) apart += std::fabs(all[a][i] - all[b][i]);
        EXPECT_GT(apart, 0.1f) << frame_count << " frames, tokens " << a << " and " << b;
      }
    }
  }
}

// What the network takes and gives besides the latent, and what becomes of it.
TEST_F(PositionDenoiserTest, TellsTheNetworkAndAddsWhatGoesWithTime) {
  const auto network = Network(), denoiser = WithPositions();
  const auto prompt = PromptFor(*network);
  const auto same_prompt = PromptFor(*denoiser);
  const std::vector<float> timesteps = {700};
  for (const uint32_t frame_count : {3u, 2u, 1u}) {
    const LatentSize size = {18, frame_count, 2, 8}, wide = {26, frame_count, 2, 8};
    std::vector<float> latent(size.count()), given(wide.count()), filled(size.count());
    TwisterNormal(1).Fill(latent);
    std::vector<float> in = latent;
    for (size_t channel = 0; channel < kPositionChannels; ++channel) {
      for (uint32_t cell = 0; cell < frame_count * 16; ++cell) {
        in.push_back(PositionOf(cell / 16, frame_count, cell % 8 / 2)[channel]);
      }
    }
    ASSERT_TRUE(network
                    ->Predict(*device_, *prompt,
                              {.latent = in, .size = wide, .timesteps = timesteps}, given)
                    .ok());
    const Denoiser::Input input{.latent = latent, .size = size, .timesteps = timesteps};
    ASSERT_TRUE(denoiser->Predict(*device_, *same_prompt, input, filled).ok());
    const size_t plane = frame_count * 16;
    for (size_t i = 0; i < filled.size(); ++i) {
      const size_t channel = i / plane, cell = i % plane;
      float wanted = given[i];
      if (channel >= 10) {  // curves
        const auto point = static_cast<uint32_t>(cell / 8 % 2 * 2 + cell % 2);
        const float ramp = RampOf(static_cast<uint32_t>(cell / 16), frame_count, point);
        wanted += ramp * given[(channel + 8) * plane + cell];
      }
      EXPECT_FLOAT_EQ(filled[i], wanted) << i;
    }
    Denoiser::Input conditioned = input;
    conditioned.condition = latent;
    EXPECT_FALSE(denoiser->Predict(*device_, *same_prompt, conditioned, filled).ok());
  }
}

TEST(Positions, TheRampRisesEvenlyFromStartToEnd) {
  EXPECT_EQ(RampOf(0, 1, 0), 0);
  for (uint32_t point = 0; point < 4; ++point) EXPECT_EQ(RampOf(0, 6, point), -1);
  float before = -1;
  for (uint32_t at = 0; at < 20; ++at) {
    const float ramp = RampOf(1 + at / 4, 6, at % 4);
    EXPECT_NEAR(ramp - before, 0.1f, 1e-6f);
    before = ramp;
  }
  EXPECT_FLOAT_EQ(before, 1);
}

TEST(MiniModel, SaysWhatIsMissing) {
  for (const char* name :
       {"text_encoder.safetensors", "denoiser.safetensors", "painter.safetensors"}) {
    TestFolder folder;
    PutModel(folder);
    std::filesystem::remove(folder.path() / name);
    EXPECT_THAT(OpenError(folder), HasSubstr(name));
  }
  TestFolder folder;
  PutModel(folder);
  std::filesystem::remove(folder.path() / "tokenizer.model");
  const auto model = Open({.model = folder.path()});
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_THAT((*model)->OpenTokenizer().error().message(), HasSubstr("tokenizer.model"));
}

TEST(MiniModel, SaysWhatDoesNotFit) {
  TestFolder folder;
  PutModel(folder);
  std::string config = SmallConfig();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = SmallConfig();
    changed.replace(changed.find(from), from.size(), to);
    folder.Put("config.json", changed);
    return OpenError(folder);
  };
  EXPECT_THAT(with("\"channels\": 18", "\"channels\": 16"), HasSubstr("latent.channels"));
  EXPECT_THAT(with("\"head_width\": 16", "\"head_width\": 15"), HasSubstr("heads of 15"));
  EXPECT_THAT(with("\"width\": 8", "\"width\": 10"), HasSubstr("2 x 8"));
  EXPECT_THAT(with("\"version\": 3", "\"version\": 9"), HasSubstr("update"));
  // Weights from before there were positions, and a configuration that does not know of them.
  EXPECT_THAT(with(", \"position_channels\": 8", ""), HasSubstr("denoiser.position_channels"));
  EXPECT_THAT(with("\"position_channels\": 8", "\"position_channels\": 5"), HasSubstr("8 or none"));
  // The configuration decides the family: without it, the networks are looked at by their names.
  EXPECT_THAT(with("aozora-mini", "another"), testing::Not(HasSubstr("mini: ")));
  folder.Put("config.json", config);
  PutPainter(folder, SmallPainter(), 2);
  EXPECT_EQ(OpenError(folder), "opened");
  PainterSizes narrow = SmallPainter();
  narrow.hidden = 600;
  PutPainter(folder, narrow, 2);
  EXPECT_THAT(OpenError(folder), HasSubstr("backdrop_weight0"));
}

TEST(MiniModel, TakesNoPartsOfOthers) {
  TestFolder folder, other;
  PutModel(folder);
  PutModel(other);
  const auto lora = Open({.model = folder.path()}, {{other.path() / "denoiser.safetensors", 1}});
  EXPECT_THAT(lora.error().message(), HasSubstr("LoRA"));
  const auto named =
      Open({.model = folder.path(), .text_encoder = other.path() / "text_encoder.safetensors"});
  EXPECT_THAT(named.error().message(), HasSubstr("text_encoder.safetensors"));
  const auto file = Open({.model = folder.path() / "denoiser.safetensors"});
  EXPECT_THAT(file.error().message(), HasSubstr("name that folder"));
}

TEST(MiniModel, TheFingerprintFollowsTheFiles) {
  TestFolder folder;
  PutModel(folder);
  const std::string before = Open({.model = folder.path()}).value()->fingerprint();
  EXPECT_EQ(Open({.model = folder.path()}).value()->fingerprint(), before);
  folder.Put("config.json", SmallConfig() + " ");
  EXPECT_NE(Open({.model = folder.path()}).value()->fingerprint(), before);
}

}  // namespace
}  // namespace aozora::mini
