// SPDX-License-Identifier: Apache-2.0
// The model that comes with the program, as a person meets it: the real weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

#include "base/sanitized_testonly.h"
#include "media/clip_reader.h"
#include "media/image_io.h"
#include "process_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Mini : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  ProcessResult Generate(const std::string& prompt, const std::string& output,
                         const std::vector<std::string>& more = {},
                         const std::string& seconds = "0.5") {
    std::vector<std::string> argv = {AOZORA_BINARY, "generate", prompt,      "--size",
                                     "64x64",       "--seed",   "5",         "--seconds",
                                     seconds,       "-o",       Path(output)};
    argv.insert(argv.end(), more.begin(), more.end());
    return RunProcess(argv, scratch_.path());
  }
  ScratchFolder scratch_;
};

TEST_F(Mini, IsWhatRunsWhenNoModelIsNamed) {
  const ProcessResult result =
      RunProcess({AOZORA_BINARY, "generate", "a red sailboat on a calm sea", "--plan", "--json"},
                 scratch_.path());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\"width\":1920"));
  EXPECT_THAT(result.out, HasSubstr("\"frames\":240"));
  EXPECT_THAT(result.out, HasSubstr("\"frame_rate\":24.0"));
}

TEST_F(Mini, SameBytesOnAnyNumberOfThreads) {
  for (const std::string threads : {"1", "2", "3"}) {
    const ProcessResult result =
        Generate("a yellow balloon over a lake", threads + ".mp4", {"--threads", threads});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(FilmOf(Path("1.mp4")), FilmOf(Path("2.mp4")));
  EXPECT_EQ(FilmOf(Path("1.mp4")), FilmOf(Path("3.mp4")));
}

// 8-bit steps.
double MeanDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  EXPECT_EQ(a.size(), b.size());
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - b[i]);
  return sum / static_cast<double>(a.size());
}

// From each frame of a clip to the next.
std::vector<double> Changes(const std::string& path) {
  std::vector<double> changes;
  const std::unique_ptr<ClipReader> reader = ClipReader::Open(path).value();
  std::optional<Image> before;
  for (;;) {
    std::optional<Image> frame = reader->Next().value();
    if (!frame) return changes;
    if (before) changes.push_back(MeanDifference(frame->rgb, before->rgb));
    before = std::move(frame);
  }
}

std::vector<uint8_t> FirstFrame(const std::string& path) {
  return ClipReader::Open(path).value()->Next().value()->rgb;
}

TEST_F(Mini, AClipGoesOnWithoutAJump) {
  const auto generate = [&](const std::string& prompt, const std::vector<std::string>& more) {
    std::vector<std::string> argv = {AOZORA_BINARY, "generate", prompt};
    argv.insert(argv.end(), more.begin(), more.end());
    const ProcessResult result = RunProcess(argv, scratch_.path());
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  generate(
      "a red sailboat drifts to the right on a calm sea at sunset",
      {"--size", "128x72", "--seed", "5", "--keep-latent", Path("a.latent"), "-o", Path("a.mp4")});
  generate("a red sailboat on a calm sea at sunset, the camera zooms in",
           {"--extend", Path("a.latent"), "--seconds", "3", "--seed", "1", "-o", Path("b.mp4")});
  generate("a red sailboat on a calm sea at sunset, the camera zooms in",
           {"--extend", Path("a.latent"), "--keep", "6", "--seconds", "3", "--seed", "1", "-o",
            Path("c.mp4")});
  const auto expect_no_jump = [&](const std::string& name, size_t kept) {
    const std::vector<double> changes = Changes(Path(name));
    ASSERT_EQ(changes.size(), kept + 72 - 1);
    const size_t seam = kept - 1;
    double most = 0;
    for (size_t at = seam - 24; at < seam + 24; ++at) {
      if (at != seam) most = std::max(most, changes[at]);
    }
    EXPECT_LE(changes[seam], 1.5 * most + 0.1) << name;
  };
  expect_no_jump("b.mp4", 240);
  expect_no_jump("c.mp4", 144);
  const ProcessResult between =
      Generate("a sailboat", "d.mp4", {"--extend", Path("a.latent"), "--keep", "5"});
  EXPECT_EQ(between.exit_code, 2);
  EXPECT_THAT(between.err, HasSubstr("keep 4 or 6"));
}

TEST_F(Mini, ARemixOfAllStepsIsAFreshRunAndALittleOneStaysNear) {
  const std::string other = "a blue car on a road at night";
  const std::vector<std::string> clean = CleanCopy(AOZORA_BINARY, scratch_);
  std::vector<std::string> keeping = clean;
  keeping.insert(keeping.end(), {"--keep-latent", Path("latent")});
  const std::string lasts = "4";  // the shortest that the weights were trained on
  ASSERT_EQ(
      Generate("a yellow balloon over a lake at noon", "source.mp4", keeping, lasts).exit_code, 0);
  ASSERT_EQ(Generate(other, "fresh.mp4", clean, lasts).exit_code, 0);
  const auto remix = [&](const std::string& name, const std::string& strength) {
    std::vector<std::string> argv = {AOZORA_BINARY, "generate", other, "--remix", Path("latent"),
                                     "--strength",  strength,   "-o",  Path(name)};
    argv.insert(argv.end(), clean.begin(), clean.end());
    const ProcessResult result = RunProcess(argv, scratch_.path());
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return FirstFrame(Path(name));
  };
  const auto source = FirstFrame(Path("source.mp4")), fresh = FirstFrame(Path("fresh.mp4"));
  EXPECT_EQ(remix("whole.mp4", "1"), fresh);
  EXPECT_LT(MeanDifference(remix("near.mp4", "0.1"), source), 0.5 * MeanDifference(fresh, source));
}

// With a picture of its own world, and words that say nothing, the picture decides what there is.
TEST_F(Mini, AClipBeginsWithAPicture) {
  const std::vector<std::string> clean = CleanCopy(AOZORA_BINARY, scratch_);
  const auto generate = [&](const std::string& prompt, std::vector<std::string> more) {
    more.insert(more.end(), clean.begin(), clean.end());
    const ProcessResult result = Generate(prompt, "clip.mp4", more, "4");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return FirstFrame(Path("clip.mp4"));
  };
  generate("a red sailboat on a calm sea at noon", {"--poster", Path("sea.webp")});
  const std::vector<uint8_t> picture = ReadImage(Path("sea.webp")).value().rgb;
  const double without = MeanDifference(generate("hm", {}), picture);
  const double with = MeanDifference(generate("hm", {"--image", Path("sea.webp")}), picture);
  EXPECT_LT(with, 0.7 * without);
}

TEST_F(Mini, SaysWhatItCannotStartFrom) {
  ASSERT_EQ(Generate("a red car on a road", "a.mp4").exit_code, 0);
  for (const std::string option : {"--image", "--extend"}) {
    const ProcessResult result = Generate("a red car", "b.mp4", {option, Path("a.mp4")});
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("a.mp4"));
    EXPECT_FALSE(std::filesystem::exists(Path("b.mp4")));
  }
}

// Where a prompt means nothing, a clip comes all the same, or one clear line.
TEST_F(Mini, SillyPromptsGiveAClipOrOneClearLine) {
  const std::string prompts[] = {"",
                                 "   ",
                                 std::string(10'000, 'a'),
                                 std::string(100'000, 'a'),
                                 "\xF0\x9F\x8E\x88\xF0\x9F\x9A\x80",
                                 "\xE9\x9D\x92\xE7\xA9\xBA",
                                 "\xD0\xBA\xD1\x80\xD0\xB0\xD1\x81\xD0\xBD\xD1\x8B\xD0\xB9",
                                 "zxqj wvut",
                                 "!!!???",
                                 "a a a a a a a a",
                                 "\xFF\xFE not text",
                                 "DROP TABLE clips;",
                                 "../../etc/passwd",
                                 "<b>red</b> &amp; blue",
                                 "1234567890",
                                 "no no no",
                                 "the the of of",
                                 "red blue green yellow boat car fish",
                                 "un bateau a red boat",
                                 "\n\t\n"};
  constexpr size_t kEach = kSanitized ? 3 : 1;
  for (size_t i = 0; i < std::size(prompts); i += kEach) {
    const std::string& prompt = prompts[i];
    SCOPED_TRACE(prompt.substr(0, 40));
    const std::string name = "silly" + std::to_string(i) + ".mp4";
    const ProcessResult result = Generate(prompt, name);
    if (result.exit_code == 0) {
      const Result<std::unique_ptr<ClipReader>> clip = ClipReader::Open(Path(name));
      EXPECT_TRUE(clip.ok());
    } else {
      EXPECT_EQ(result.exit_code, 2) << result.err;
      EXPECT_THAT(result.err, HasSubstr("prompt"));
      EXPECT_FALSE(std::filesystem::exists(Path(name)));
    }
  }
}

TEST_F(Mini, SaysWhichWordsItDoesNotKnow) {
  const ProcessResult odd = RunProcess(
      {AOZORA_BINARY, "generate", "a dragon over a lake", "--plan", "--json"}, scratch_.path());
  EXPECT_THAT(odd.out, HasSubstr("does not know: dragon;"));
  const ProcessResult known = RunProcess(
      {AOZORA_BINARY, "generate", "a balloon over a lake", "--plan", "--json"}, scratch_.path());
  EXPECT_THAT(known.out, Not(HasSubstr("does not know")));
  const ProcessResult about =
      RunProcess({AOZORA_BINARY, "models", "--about", "mini"}, scratch_.path());
  ASSERT_EQ(about.exit_code, 0) << about.err;
  EXPECT_THAT(about.out, HasSubstr("sailboat"));
}

// The clips come out of the networks alone: nothing of the renderer that the weights were trained
// with is in the program. The tool that shows the world is the proof that the sign would be seen.
TEST_F(Mini, TheProgramHoldsNothingOfTheRenderer) {
  const std::string sign = "6aozora5world";
  const auto has_sign = [&](const std::string& program) {
    return program.find(sign) != std::string::npos;
  };
  EXPECT_FALSE(has_sign(ReadAll(AOZORA_BINARY)));
  EXPECT_TRUE(has_sign(ReadAll(WORLD_SHEET_BINARY)));
}

}  // namespace
}  // namespace aozora
