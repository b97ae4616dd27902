// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "media/clip_reader.h"
#include "media/video_writer.h"
#include "mini_fixture.h"

namespace aozora {
namespace {

using testing::HasSubstr;

std::vector<Image> Make(const Model& model, const GenerateRequest& request, uint32_t thread_count) {
  mini::TestDevice device(thread_count);
  const Plan plan = MakePlan(model, request, SomeMachine()).value();
  KeepingSink sink;
  uint32_t last_done = 0;
  GeneratorOptions options;
  options.progress = [&](const Progress& progress) {
    if (progress.stage == "decode") last_done = progress.done;
  };
  const Status made = Generate(model, *device, plan, nullptr, SystemClock(), options, sink);
  EXPECT_TRUE(made.ok()) << made.error().message();
  EXPECT_GE(last_done, plan.settings.clip.frame_count);
  return std::move(sink.frames);
}

TEST_F(Mini, MakesAFileThatPlays) {
  const Plan plan = MakePlan(*model_, SomeRequest(), SomeMachine()).value();
  EXPECT_EQ(plan.settings.clip, (ClipSize{128, 72, 48}));  // two seconds
  mini::TestDevice device;
  VideoSettings settings;
  settings.frame_rate = FrameRate::Parse("24").value();
  const std::unique_ptr<VideoWriter> writer =
      VideoWriter::Create(Path("out.mp4"), 128, 72, settings).value();
  ASSERT_TRUE(Generate(*model_, *device, plan, nullptr, SystemClock(), {}, *writer).ok());
  ASSERT_TRUE(writer->Finish().ok());
  const std::unique_ptr<ClipReader> reader = ClipReader::Open(Path("out.mp4")).value();
  size_t frame_count = 0;
  int contrast = 0;
  for (;;) {
    const std::optional<Image> frame = reader->Next().value();
    if (!frame) break;
    ++frame_count;
    EXPECT_EQ(frame->width_px, 128u);
    EXPECT_EQ(frame->height_px, 72u);
    const auto [low, high] = std::minmax_element(frame->rgb.begin(), frame->rgb.end());
    contrast = std::max(contrast, *high - *low);
  }
  EXPECT_EQ(frame_count, 48u);
  EXPECT_GT(contrast, 20);
}

TEST_F(Mini, AnySizeAndLengthGivesExactlyWhatWasAskedFor) {
  GenerateRequest request = SomeRequest();
  for (const auto& [width, height, frames] :
       {std::array<uint32_t, 3>{64, 64, 1}, {66, 118, 49}, {130, 74, 50}}) {
    request.width_px = width;
    request.height_px = height;
    request.frame_count = frames;
    const std::vector<Image> made = Make(*model_, request, 2);
    ASSERT_EQ(made.size(), frames);
    EXPECT_EQ(made[0].width_px, width);
    EXPECT_EQ(made[0].height_px, height);
  }
}

TEST_F(Mini, ThreadsDoNotChangeTheFrames) {
  GenerateRequest request = SomeRequest();
  request.frame_count = 9;
  const std::vector<Image> one = Make(*model_, request, 1);
  for (const uint32_t thread_count : {2u, 3u}) {
    const std::vector<Image> more = Make(*model_, request, thread_count);
    ASSERT_EQ(more.size(), one.size());
    for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(more[i].rgb, one[i].rgb) << i;
  }
}

TEST_F(Mini, RefusesWhatItCannotMake) {
  const auto error = [&](const auto& change) {
    GenerateRequest request = SomeRequest();
    change(request);
    const Result<Plan> plan = MakePlan(*model_, request, SomeMachine());
    return plan.ok() ? "made" : plan.error().message();
  };
  EXPECT_THAT(error([](GenerateRequest& r) { r.width_px = 65; }), HasSubstr("multiples of 2"));
  EXPECT_THAT(error([](GenerateRequest& r) { r.height_px = 62; }), HasSubstr("64 to 4096"));
  EXPECT_THAT(error([](GenerateRequest& r) { r.frame_count = 5000; }), HasSubstr("1 to 4096"));
  EXPECT_THAT(error([](GenerateRequest& r) { r.decoder = DecoderKind::kTiny; }), HasSubstr("tiny"));
}

// Beside the program, under the name that it has when none is given.
TEST_F(Mini, IsTheProgramsOwnModel) {
  std::filesystem::create_directories(scratch_ / "weights");
  std::filesystem::copy(folder_.path(), scratch_ / "weights/mini");
  setenv("AOZORA_WEIGHTS", Path("weights").c_str(), 1);
  const std::vector<std::string> generate = {AOZORA_BINARY, "generate", "a boat", "--seed",
                                             "3",           "--frames", "5",      "-o"};
  std::vector<std::string> argv = generate;
  argv.push_back(Path("default.mp4"));
  ProcessResult result = RunProcess(argv, scratch_.path());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  argv = generate;
  argv.insert(argv.end(), {Path("named.mp4"), "--model", "mini"});
  result = RunProcess(argv, scratch_.path());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(FilmOf(Path("default.mp4")), FilmOf(Path("named.mp4")));
  result = RunProcess({AOZORA_BINARY, "inspect", "mini"}, scratch_.path());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Aozora small"));
  result = RunProcess({AOZORA_BINARY, "models"}, scratch_.path());
  EXPECT_THAT(result.out, HasSubstr("mini"));
  setenv("AOZORA_WEIGHTS", Path("nowhere").c_str(), 1);
  result = RunProcess(argv, scratch_.path());
  EXPECT_EQ(result.exit_code, 3);
  unsetenv("AOZORA_WEIGHTS");
}

}  // namespace
}  // namespace aozora
