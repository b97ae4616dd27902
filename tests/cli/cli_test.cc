// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/sanitized_testonly.h"
#include "media/clip_reader.h"
#include "media/image_io.h"
#include "process_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

// Everything here runs on small random checkpoints: the path is the real one, the picture is noise.
class Cli : public testing::Test {
 protected:
  void MakeCheckpoint(const std::string& preset, const std::string& layout = "original") {
    const ProcessResult made =
        RunProcess({MAKE_RANDOM_CHECKPOINT_BINARY, Model(), "--preset", preset, "--layout", layout},
                   scratch_.path());
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::string Model() const { return (scratch_ / "model").string(); }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }

  std::vector<std::string> GenerateArgs(const std::string& output,
                                        const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv = {AOZORA_BINARY, "generate", "a boat",    "--model",
                                     Model(),       "--size",   "64x32",     "--seed",
                                     "7",           "-o",       Path(output)};
    argv.insert(argv.end(), more.begin(), more.end());
    return argv;
  }
  ProcessResult Generate(const std::string& output, const std::vector<std::string>& more = {}) {
    return RunProcess(GenerateArgs(output, more), scratch_.path());
  }
  // The frames of a file that must be readable.
  std::vector<Image> Frames(const std::string& name) {
    std::vector<Image> frames;
    Result<std::unique_ptr<ClipReader>> reader = ClipReader::Open(Path(name));
    EXPECT_TRUE(reader.ok()) << reader.error().message();
    if (!reader.ok()) return frames;
    for (;;) {
      Result<std::optional<Image>> frame = (*reader)->Next();
      EXPECT_TRUE(frame.ok());
      if (!frame.ok() || !frame->has_value()) return frames;
      frames.push_back(**frame);
    }
  }
  // Files in the scratch folder that nobody should have left.
  bool HasLeftovers() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.path())) {
      if (entry.path().filename().string().find(".part-") != std::string::npos) return true;
    }
    return false;
  }

  ScratchFolder scratch_;
};

class CliLayout : public Cli, public testing::WithParamInterface<const char*> {};

TEST_P(CliLayout, GeneratesAVideo) {
  MakeCheckpoint("tiny", GetParam());
  const ProcessResult result = Generate("out.mp4", {"--frames", "9", "--steps", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<Image> frames = Frames("out.mp4");
  ASSERT_EQ(frames.size(), 9u);
  EXPECT_EQ(frames[0].width_px, 64u);
  EXPECT_EQ(frames[0].height_px, 32u);
  // Noise, not one colour: the networks did something.
  const auto [low, high] = std::minmax_element(frames[0].rgb.begin(), frames[0].rgb.end());
  EXPECT_GT(*high - *low, 20);
  EXPECT_THAT(result.out, HasSubstr("\"event\":\"done\""));
  EXPECT_FALSE(HasLeftovers());
}

INSTANTIATE_TEST_SUITE_P(All, CliLayout, testing::Values("original", "diffusers", "comfyui"));

TEST_F(Cli, EveryLayoutGivesTheSameBytes) {
  std::vector<std::string> videos;
  for (const std::string layout : {"original", "diffusers", "comfyui"}) {
    std::filesystem::remove_all(Model());
    MakeCheckpoint("tiny", layout);
    ASSERT_EQ(Generate(layout + ".mp4", {"--frames", "5", "--steps", "2"}).exit_code, 0);
    videos.push_back(FilmOf(Path(layout + ".mp4")));
    EXPECT_FALSE(videos.back().empty());
  }
  EXPECT_EQ(videos[0], videos[1]);
  EXPECT_EQ(videos[0], videos[2]);
}

TEST_F(Cli, ThreadsDoNotChangeTheBytes) {
  MakeCheckpoint("tiny");
  const std::vector<std::string> size = {"--frames", "9", "--steps", "3", "--threads"};
  auto with = [&](const std::string& threads) {
    std::vector<std::string> more = size;
    more.push_back(threads);
    return more;
  };
  ASSERT_EQ(Generate("one.mp4", with("1")).exit_code, 0);
  ASSERT_EQ(Generate("two.mp4", with("2")).exit_code, 0);
  ASSERT_EQ(Generate("three.mp4", with("3")).exit_code, 0);
  EXPECT_EQ(FilmOf(Path("one.mp4")), FilmOf(Path("two.mp4")));
  EXPECT_EQ(FilmOf(Path("one.mp4")), FilmOf(Path("three.mp4")));
}

TEST_F(Cli, AKilledRunResumesToTheSameBytes) {
  MakeCheckpoint("tiny");
  const std::vector<std::string> size = {"--frames", "17", "--steps", "12", "--size", "128x64"};
  ASSERT_EQ(Generate("whole.mp4", size).exit_code, 0);
  std::vector<std::string> resumable = size;
  resumable.insert(resumable.end(), {"--resume", Path("run")});
  ASSERT_TRUE(RunAndKillWhenExists(GenerateArgs("resumed.mp4", resumable), scratch_.path(),
                                   scratch_ / "run/segment-0.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(Path("resumed.mp4")));
  const ProcessResult second = Generate("resumed.mp4", resumable);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(FilmOf(Path("whole.mp4")), FilmOf(Path("resumed.mp4")));
  EXPECT_FALSE(std::filesystem::exists(Path("run")));
}

TEST_F(Cli, ResumeRefusesAnotherRun) {
  MakeCheckpoint("tiny");
  const std::vector<std::string> size = {"--frames", "9", "--steps", "12", "--resume", Path("run")};
  ASSERT_TRUE(RunAndKillWhenExists(GenerateArgs("a.mp4", size), scratch_.path(),
                                   scratch_ / "run/segment-0.safetensors"));
  std::vector<std::string> other = size;
  other.insert(other.end(), {"--shift", "3"});
  const ProcessResult result = Generate("a.mp4", other);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("another run"));
}

TEST_F(Cli, StartsFromAPictureAndContinues) {
  MakeCheckpoint("tiny-ti2v");
  Image picture = Image::Black(96, 96);
  for (size_t i = 0; i < picture.rgb.size(); i += 3) picture.rgb[i] = 200;
  ASSERT_TRUE(WriteImage(scratch_ / "first.png", picture, ImageFormat::kPng).ok());
  const ProcessResult result =
      Generate("out.mp4", {"--image", Path("first.png"), "--frames", "125", "--steps", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("made in 2 pieces"));
  EXPECT_EQ(Frames("out.mp4").size(), 125u);
}

// Models that are given pictures at both ends: back to the first one, and over into another clip.
TEST_F(Cli, AClipIsClosedAndLedIntoAnother) {
  MakeCheckpoint("tiny-i2v");
  ASSERT_TRUE(WriteImage(scratch_ / "first.png", Image::Black(96, 96), ImageFormat::kPng).ok());
  const auto generate = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), {"--steps", "1"});
    return Generate(name, more);
  };
  for (const char* name : {"a", "b"}) {
    const ProcessResult made =
        generate(fmt::format("{}.mp4", name),
                 {"--image", Path("first.png"), "--frames", "9", "--keep-latent", Path(name)});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  const ProcessResult loop = generate("loop.mp4", {"--extend", Path("a"), "--loop", "--frames", "6",
                                                   "--keep-latent", Path("loop")});
  ASSERT_EQ(loop.exit_code, 0) << loop.err;
  EXPECT_EQ(Frames("loop.mp4").size(), 15u);
  const ProcessResult blend =
      generate("blend.mp4", {"--extend", Path("a"), "--blend-into", Path("b"), "--frames", "6"});
  ASSERT_EQ(blend.exit_code, 0) << blend.err;
  EXPECT_EQ(Frames("blend.mp4").size(), 24u);
  // What was kept of a loop is a clip like others.
  const ProcessResult longer = generate("longer.mp4", {"--extend", Path("loop"), "--frames", "3"});
  ASSERT_EQ(longer.exit_code, 0) << longer.err;
  EXPECT_EQ(Frames("longer.mp4").size(), 18u);
}

// Models that go on from a picture: the source is decoded again, then its last picture encoded.
TEST_F(Cli, AClipGoesOnFromItsLastPicture) {
  MakeCheckpoint("tiny-ti2v");
  const std::vector<std::string> clean = CleanCopy(AOZORA_BINARY, scratch_);
  const auto generate = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), clean.begin(), clean.end());
    return Generate(name, more);
  };
  ASSERT_EQ(generate("a.mp4", {"--frames", "9", "--steps", "1", "--keep-latent", Path("latent")})
                .exit_code,
            0);
  const ProcessResult whole =
      generate("b.mp4", {"--frames", "6", "--steps", "1", "--extend", Path("latent")});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const std::vector<Image> source = Frames("a.mp4");
  const auto expect_begins_as_source = [&](const std::vector<Image>& frames, size_t count) {
    for (size_t i = 0; i < count; ++i) {  // encoded twice, so not to the bit
      double sum = 0;
      for (size_t k = 0; k < source[i].rgb.size(); ++k) {
        sum += std::abs(int{source[i].rgb[k]} - frames[i].rgb[k]);
      }
      EXPECT_LT(sum / static_cast<double>(source[i].rgb.size()), 8) << i;
    }
  };
  const std::vector<Image> frames = Frames("b.mp4");
  ASSERT_EQ(frames.size(), 15u);
  expect_begins_as_source(frames, source.size());
  const ProcessResult cut = generate(
      "cut.mp4", {"--frames", "6", "--steps", "1", "--extend", Path("latent"), "--keep", "0.25"});
  ASSERT_EQ(cut.exit_code, 0) << cut.err;
  const std::vector<Image> after_cut = Frames("cut.mp4");
  ASSERT_EQ(after_cut.size(), 10u);  // 4 of the 9, at 16 a second
  expect_begins_as_source(after_cut, 4);
  const ProcessResult part = Generate(
      "c.mp4", {"--frames", "6", "--steps", "1", "--extend", Path("latent"), "--only-new"});
  ASSERT_EQ(part.exit_code, 0) << part.err;
  EXPECT_EQ(Frames("c.mp4").size(), 6u);
  const ProcessResult other =
      Generate("d.mp4", {"--frames", "6", "--extend", Path("latent"), "--fps", "12"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("its own"));
}

TEST_F(Cli, DeliversLargerAndSmoother) {
  MakeCheckpoint("tiny");
  const ProcessResult result =
      Generate("out.mp4", {"--frames", "9", "--steps", "1", "--fps", "16", "--upscale", "192x96",
                           "--interpolate", "24", "--poster", Path("p.webp"), "--sprite-sheet",
                           Path("s.jpg"), "--decoder", "tiny"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<Image> frames = Frames("out.mp4");
  ASSERT_EQ(frames.size(), 14u);  // 9 / 16 s at 24/s is 13.5
  EXPECT_EQ(frames[0].width_px, 192u);
  EXPECT_TRUE(ReadImage(Path("p.webp")).ok());
  EXPECT_TRUE(ReadImage(Path("s.jpg")).ok());
}

TEST_F(Cli, WrongRequestsGetOneLineAndLeaveNothing) {
  MakeCheckpoint("tiny");
  struct Case {
    std::vector<std::string> more;
    int exit_code;
    std::string says;
  };
  const std::vector<Case> cases = {
      {{"--size", "65x32"}, 2, "multiples of 16"},
      {{"--size", "64"}, 2, "write it as"},
      {{"--frames", "0"}, 2, "must be 1 to"},
      {{"--frames", "9", "--seconds", "2"}, 2, "one of them"},
      {{"--frames", "200"}, 5, "makes at most 81"},
      {{"--steps", "0"}, 2, "steps"},
      {{"--guidance", "0.5"}, 2, "guidance"},
      {{"--sampler", "magic"}, 2, "unipc"},
      {{"--image", Path("none.png")}, 3, "none.png"},
      {{"--lora", Path("none.safetensors")}, 3, "none.safetensors"},
      {{"--model", Path("nowhere")}, 3, "nowhere"},
      {{"--memory", "1"}, 6, "is free"},
      {{"-o", Path("no/such/folder/out.mp4")}, 3, "no/such/folder"},
      {{"--decoder", "none"}, 2, "full, exact and tiny"},
      {{"--resume", Path("run"), "--codec", "gif"}, 2, "h264"},
  };
  for (const Case& c : cases) {
    // Later options win; the prompt and seed stay.
    std::vector<std::string> argv = {AOZORA_BINARY, "generate", "a boat", "--seed", "7"};
    const auto has = [&](const char* name) {
      return std::find(c.more.begin(), c.more.end(), name) != c.more.end();
    };
    if (!has("--model")) argv.insert(argv.end(), {"--model", Model()});
    if (!has("--size")) argv.insert(argv.end(), {"--size", "64x32"});
    if (!has("-o")) argv.insert(argv.end(), {"-o", Path("out.mp4")});
    argv.insert(argv.end(), c.more.begin(), c.more.end());
    const ProcessResult result = RunProcess(argv, scratch_.path());
    EXPECT_EQ(result.exit_code, c.exit_code) << c.more[0] << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr(c.says));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(Path("out.mp4")));
    EXPECT_FALSE(HasLeftovers());
  }
}

TEST_F(Cli, AnEmptyOrEndlessPromptIsRefused) {
  MakeCheckpoint("tiny");
  for (const std::string& prompt : {std::string("  "), std::string(100'000, 'a')}) {
    const ProcessResult result =
        RunProcess({AOZORA_BINARY, "generate", prompt, "--model", Model(), "-o", Path("out.mp4")},
                   scratch_.path());
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("prompt"));
  }
}

TEST_F(Cli, InspectsEveryPart) {
  MakeCheckpoint("tiny");
  const ProcessResult result =
      RunProcess({AOZORA_BINARY, "inspect", Model(), "--json"}, scratch_.path());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* part : {"denoiser", "text encoder", "decoder"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
}

std::string GoldenFolder() {
  return (std::filesystem::path(std::getenv("AOZORA_SOURCE_DIR")) / "tests/goldens").string();
}

TEST_F(Cli, AgreesWithTheGoldens) {
  for (const std::string backend : {"cpu", "reference"}) {
    if (kSanitized && backend == "reference") continue;
    const ProcessResult result = RunProcess(
        {AOZORA_BINARY, "golden", GoldenFolder(), "--backend", backend}, scratch_.path());
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr(" 0 failed"));
    EXPECT_THAT(result.out, HasSubstr("wan_pipeline_ti2v_tiny"));
  }
}

// Pipelines too: their networks lie in several files, of which one is the pipeline's own.
TEST_F(Cli, AgreesWithTheGoldensFromOtherLayoutsAndTypes) {
  if (kSanitized) GTEST_SKIP() << "the same numbers, from files that have tests of their own";
  struct Case {
    std::string layout, dtype;
  };
  const std::vector<Case> cases = {
      {"diffusers", "f16"}, {"comfyui", "bf16"}, {"original", "q8_0"}, {"comfyui", "f32"}};
  for (const auto& [layout, dtype] : cases) {
    SCOPED_TRACE(layout + " " + dtype);
    const ProcessResult result =
        RunProcess({AOZORA_BINARY, "golden", GoldenFolder(), "--rewrite", layout, "--dtype", dtype},
                   scratch_.path());
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr(" 0 failed"));
    EXPECT_THAT(result.out, HasSubstr("wan_pipeline_ti2v_tiny"));
  }
  const ProcessResult wrong =
      RunProcess({AOZORA_BINARY, "golden", GoldenFolder(), "--dtype", "q3_k"}, scratch_.path());
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("q8_0"));
}

}  // namespace
}  // namespace aozora
