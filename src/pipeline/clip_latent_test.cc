// SPDX-License-Identifier: Apache-2.0
#include "pipeline/clip_latent.h"

#include <gmock/gmock.h>

#include <fstream>
#include <limits>

#include "pipeline/folder_testonly.h"
#include "weights/safetensors_writer.h"

namespace aozora {
namespace {

using testing::HasSubstr;

class ClipLatentTest : public FolderTest {
 protected:
  std::filesystem::path path_ = folder_ / "clip.latent";
  std::string LoadError() const {
    const Result<ClipLatent> clip = ClipLatent::Load(path_);
    return clip.ok() ? "loaded" : clip.error().message();
  }
};

ClipLatent SomeClip() {
  ClipLatent clip;
  Settings& s = clip.settings;
  s.prompt = "a \"red\" boat\n\u9752";
  s.negative_prompt = "fog";
  s.clip = {128, 72, 7};
  s.frame_rate = 24;
  s.seed = 0xFFFFFFFFFFFFFFFF;
  s.noise = NormalKind::kTwister;
  s.sampler = SamplerKind::kLcm;
  s.step_count = 4;
  s.first_step = 1;
  s.shift = 5;
  s.timesteps = {1000, 750, 500, 250};
  s.guidance = {1, 3.5f};
  s.boundary = 0.875;
  s.decoder = DecoderKind::kExact;
  s.cache_threshold = 0.125f;
  s.has_image = true;
  s.source_use = SourceUse::kRemix;
  s.source_hash = "abc";
  clip.model = "a model";
  clip.pieces.push_back({{1, 2, 1, 3}, {1, -2, 3e-30f, 0, 5, 6}, 0, 5});
  clip.pieces.push_back({{1, 1, 1, 3}, {7, 8, 9}, 1, 2});
  return clip;
}

TEST(Settings, AreReadAsTheyWereWritten) {
  const std::string json = SettingsJson(SomeClip().settings);
  const Result<Settings> read = ParseSettings(json);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(SettingsJson(*read), json);
  EXPECT_EQ(read->seed, 0xFFFFFFFFFFFFFFFF);
  EXPECT_EQ(read->prompt, SomeClip().settings.prompt);
}

TEST(Settings, KeepTheirScenes) {
  Settings settings = SomeClip().settings;
  settings.further_scenes = {{2, "a whale"}, {6, "night"}};
  const std::string json = SettingsJson(settings);
  const Settings read = ParseSettings(json).value();
  EXPECT_EQ(SettingsJson(read), json);
  for (const auto& [from, to] : {std::pair{"\"from_frame\":6", "\"from_frame\":2"},
                                 {"\"from_frame\":6", "\"from_frame\":7"},
                                 {"\"prompt\":\"night\"", "\"prompt\":3"}}) {
    std::string changed = json;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    const Result<Settings> wrong = ParseSettings(changed);
    ASSERT_FALSE(wrong.ok()) << to;
    EXPECT_THAT(wrong.error().message(), HasSubstr("scenes"));
  }
}

TEST(Settings, NameWhatIsWrong) {
  const std::string good = SettingsJson(SomeClip().settings);
  const std::pair<const char*, const char*> changes[] = {
      {"\"width\":128", "\"width\":1e9"},
      {"\"frames\":7", "\"frames\":0"},
      {"\"frame_rate\":24.0", "\"frame_rate\":\"x\""},
      {"\"seed\":18446744073709551615", "\"seed\":-1"},
      {"\"sampler\":\"lcm\"", "\"sampler\":\"magic\""},
      {"\"first_step\":1", "\"first_step\":4"},
      {"\"guidance\":[1.0,3.5]", "\"guidance\":[1,2,3,4,5,6,7,8,9]"},
      {"\"timesteps\":[1000.0,", "\"timesteps\":[null,"},
      {"\"decoder\":\"exact\"", "\"decoder\":7"},
      {"\"image\":true", "\"image\":1"},
      {"\"source\":\"remix\"", "\"source\":\"theft\""}};
  for (const auto& [from, to] : changes) {
    std::string changed = good;
    ASSERT_NE(changed.find(from), std::string::npos) << from << " in " << good;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    const std::string_view key =
        std::string_view(from).substr(1, std::string_view(from).find(':') - 2);
    const Result<Settings> read = ParseSettings(changed);
    ASSERT_FALSE(read.ok()) << to;
    EXPECT_THAT(read.error().message(), HasSubstr(std::string(key)));
  }
  EXPECT_FALSE(ParseSettings("[]").ok());
  EXPECT_FALSE(ParseSettings("{").ok());
}

TEST(Settings, AStepLeftOutLeavesItsLevelOut) {
  Settings settings;
  settings.sampler = SamplerKind::kEuler;
  settings.step_count = 4;
  settings.shift = 1;
  const Schedule all = ScheduleOf(settings).value();
  settings.first_step = 3;
  const Schedule last = ScheduleOf(settings).value();
  ASSERT_EQ(last.step_count(), 1);
  EXPECT_EQ(last.timesteps[0], all.timesteps[3]);
  EXPECT_EQ(last.sigmas, (std::vector<double>{all.sigmas[3], 0}));
}

TEST_F(ClipLatentTest, GivesBackWhatWasSaved) {
  const ClipLatent clip = SomeClip();
  ASSERT_TRUE(clip.Save(path_).ok());
  const Result<ClipLatent> loaded = ClipLatent::Load(path_);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  EXPECT_EQ(loaded->Hash(), clip.Hash());
  ASSERT_EQ(loaded->pieces.size(), 2u);
  EXPECT_EQ(loaded->pieces[0].values, clip.pieces[0].values);
  EXPECT_EQ(loaded->pieces[1].size, clip.pieces[1].size);
  EXPECT_EQ(loaded->pieces[1].frames_skipped, 1u);
  EXPECT_EQ(loaded->model, "a model");
}

TEST(ClipLatent, ItsStartIsAClip) {
  LatentGeometry geometry;
  geometry.channel_count = 1;
  geometry.time_stride = 4;
  const ClipLatent all = SomeClip().Start(geometry, 7);
  EXPECT_EQ(all.Hash(), SomeClip().Hash());
  const ClipLatent six = SomeClip().Start(geometry, 6);
  ASSERT_EQ(six.pieces.size(), 2u);
  EXPECT_EQ(six.pieces[1].frames_delivered, 1u);
  EXPECT_EQ(six.settings.clip.frame_count, 6u);
  const ClipLatent two = SomeClip().Start(geometry, 2);
  ASSERT_EQ(two.pieces.size(), 1u);
  EXPECT_EQ(two.pieces[0].size.frame_count, 2u);  // its second picture is in latent frame 1
  const ClipLatent one = SomeClip().Start(geometry, 1);
  EXPECT_EQ(one.pieces[0].values, (std::vector<float>{1, -2, 3e-30f}));
  EXPECT_NE(one.Hash(), two.Hash());
}

TEST_F(ClipLatentTest, TheHashFollowsAllThatIsKept) {
  const std::string hash = SomeClip().Hash();
  const auto changed = [](const auto& change) {
    ClipLatent clip = SomeClip();
    change(clip);
    return clip.Hash();
  };
  EXPECT_NE(changed([](ClipLatent& c) { c.pieces[1].values[2] += 1e-6f; }), hash);
  EXPECT_NE(changed([](ClipLatent& c) { c.pieces[0].frames_delivered = 4; }), hash);
  EXPECT_NE(changed([](ClipLatent& c) { c.settings.seed = 1; }), hash);
  EXPECT_NE(changed([](ClipLatent& c) { c.model = "another"; }), hash);
}

TEST_F(ClipLatentTest, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(LoadError(), HasSubstr(path_.string()));
  const auto with = [&](const auto& change) {
    ClipLatent clip = SomeClip();
    change(clip);
    EXPECT_TRUE(clip.Save(path_).ok());
    return LoadError();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(with([&](ClipLatent& c) { c.pieces[0].values[1] = nan; }), HasSubstr("no numbers"));
  EXPECT_THAT(with([](ClipLatent& c) { c.settings.clip.frame_count = 9; }),
              HasSubstr("7 pictures"));
  EXPECT_THAT(with([](ClipLatent& c) { c.pieces[1].frames_delivered = 0; }),
              HasSubstr("piece1.delivered"));
  EXPECT_THAT(with([](ClipLatent& c) { c.pieces[1].frames_skipped = 99999; }),
              HasSubstr("piece1.skipped"));
  EXPECT_THAT(with([](ClipLatent& c) { c.pieces[1].size = {1, 1, 3, 1}; }), HasSubstr("differ"));
  EXPECT_THAT(with([](ClipLatent& c) { c.pieces.clear(); }), HasSubstr("0 pieces"));
  EXPECT_THAT(with([](ClipLatent& c) { c.model = std::string(1000, 'x'); }), HasSubstr("model"));
}

TEST_F(ClipLatentTest, OtherFilesAreNotTakenForOne) {
  ASSERT_TRUE(SafetensorsWriter::Create(path_, {}, {{"identity", "a run"}}).value().Finish().ok());
  EXPECT_THAT(LoadError(), HasSubstr("is no latent of a clip"));
  ASSERT_TRUE(SomeClip().Save(path_).ok());
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 5);
  EXPECT_NE(LoadError(), "loaded");
  std::ofstream(path_, std::ios::trunc) << "hello";
  EXPECT_NE(LoadError(), "loaded");
}

TEST_F(ClipLatentTest, NothingIsLeftWhereItCannotBeSaved) {
  EXPECT_FALSE(SomeClip().Save(folder_ / "missing/clip.latent").ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace aozora
