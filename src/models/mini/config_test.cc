// SPDX-License-Identifier: Apache-2.0
#include "models/mini/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/mini/mini_testonly.h"

namespace aozora::mini {
namespace {

using testing::HasSubstr;

// The configuration with the value at a path ("/latent/height") replaced by `value` (JSON).
std::string With(const std::string& path, const std::string& value) {
  nlohmann::json json = nlohmann::json::parse(SmallConfig());
  json[nlohmann::json::json_pointer(path)] = nlohmann::json::parse(value);
  return json.dump();
}

TEST(MiniConfig, SaysWhatTheFileSays) {
  EXPECT_TRUE(IsMiniConfig(SmallConfig()));
  const MiniConfig config = ReadMiniConfig(SmallConfig()).value();
  EXPECT_EQ(config.name, "small");
  EXPECT_EQ(config.prediction, Prediction::kClean);
  EXPECT_EQ(config.latent.channel_count, 18u);
  ASSERT_TRUE(config.latent.fixed_grid.has_value());
  EXPECT_EQ(config.latent.fixed_grid->height, 2u);
  EXPECT_EQ(config.latent.fixed_grid->width, 8u);
  EXPECT_EQ(config.latent.LatentFrames(240), 6u);
  EXPECT_EQ(config.head_width, 16);
  EXPECT_EQ(config.text_token_count, 24);
  EXPECT_EQ(config.preset.sampler, "euler");
  EXPECT_EQ(config.preset.step_count, 2u);
  EXPECT_EQ(config.preset.clip, (ClipSize{128, 72, 48}));
  EXPECT_EQ(config.preset.frame_rate, 24);
}

TEST(MiniConfig, LeavesOtherFilesAlone) {
  for (const char* other : {"", "{", "[]", "null", R"({"family": 3})", R"({"family": "other"})",
                            R"({"_class_name": "WanTransformer3DModel"})"}) {
    EXPECT_FALSE(IsMiniConfig(other)) << other;
    if (std::string_view(other).starts_with("{\"")) continue;
    EXPECT_FALSE(ReadMiniConfig(other).ok()) << other;
  }
}

TEST(MiniConfig, NamesWhatIsWrong) {
  struct Case {
    const char* path;
    const char* value;
    const char* says;
  };
  const Case cases[] = {
      {"/version", "4", "version: is 4"},
      {"/version", "-1", "version: is -1"},
      {"/name", "7", "name: is 7"},
      {"/prediction", "\"noise\"", "clean and velocity"},
      {"/latent", "[1]", "latent: is [1]"},
      {"/latent/channels", "0", "latent.channels: is 0 and must be a whole number from 1 to 256"},
      {"/latent/channels", "18.5", "latent.channels"},
      {"/latent/height", "-2", "latent.height: is -2"},
      {"/latent/width", "18446744073709551614", "latent.width"},
      {"/latent/width", "7", "tokens have 2 x 2 cells"},
      {"/latent/time_stride", "100000", "latent.time_stride"},
      {"/latent/time_stride", "\"48\"", "latent.time_stride"},
      {"/denoiser/head_width", "0", "denoiser.head_width"},
      {"/denoiser/text_token_count", "1000000", "denoiser.text_token_count"},
      {"/trained_frame_count", "0", "trained_frame_count"},
      {"/side_px_min", "3", "side_px_min"},
      {"/preset", "null", "preset"},
      {"/preset/sampler", "\"magic\"", "preset.sampler"},
      {"/preset/steps", "0", "preset.steps"},
      {"/preset/shift", "-3", "preset.shift"},
      {"/preset/guidance", "\"much\"", "preset.guidance"},
      {"/preset/frame_rate", "1e9", "preset.frame_rate"},
      {"/preset/width", "1e99", "preset.width"},
      {"/preset/height", "5000", "preset.height"},
      {"/preset/frames", "[]", "preset.frames"},
      {"/preset/distilled", "1", "preset.distilled"},
  };
  for (const Case& c : cases) {
    const Result<MiniConfig> config = ReadMiniConfig(With(c.path, c.value));
    ASSERT_FALSE(config.ok()) << c.path << " " << c.value;
    EXPECT_THAT(config.error().message(), HasSubstr(c.says));
  }
  nlohmann::json missing = nlohmann::json::parse(SmallConfig());
  missing.erase("latent");
  EXPECT_THAT(ReadMiniConfig(missing.dump()).error().message(), HasSubstr("latent.channels"));
}

TEST(MiniConfig, MessagesAreBounded) {
  const std::string endless = "\"" + std::string(100000, 'x') + "\"";
  const Result<MiniConfig> config = ReadMiniConfig(With("/preset/steps", endless));
  ASSERT_FALSE(config.ok());
  EXPECT_LT(config.error().message().size(), 300u);
}

}  // namespace
}  // namespace aozora::mini
