// SPDX-License-Identifier: Apache-2.0
// The examination: held-out prompts, clips made by the engine's own program, read by the judge.
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "media/clip_reader.h"
#include "media/image_io.h"
#include "trainer/judge.h"
#include "trainer/latent.h"
#include "trainer/picture_stats.h"
#include "trainer/presets.h"
#include "world/caption.h"
#include "world/render.h"

extern char** environ;

namespace aozora::trainer {
namespace {

using nlohmann::json;

constexpr int kPromptCount = 300;
constexpr int kSheetCount = 24;
constexpr uint64_t kPromptSeed = 1u << 27;
constexpr uint32_t kWidthPx = kJudgeWidthPx, kHeightPx = kJudgeHeightPx;
constexpr int kMentionedMin = 3;  // attributes that a prompt tells at least

struct Exam {
  world::Scene scene;
  world::Caption caption;
};

std::vector<Exam> MakeExams(const RunOptions& options) {
  std::vector<Exam> exams;
  for (uint64_t seed = kPromptSeed; exams.size() < kPromptCount; ++seed) {
    Exam exam{OnKnownGround(SampleScene(seed, options.subset(), world::Split::kHeldOut)), {}};
    exam.caption = WriteCaption(exam.scene, world::kLanguages[seed % 2], SplitSeed(seed, 5));
    int told = 0;
    for (const world::Attribute a : kJudged) told += exam.caption.Mentions(a);
    if (told >= kMentionedMin) exams.push_back(exam);
  }
  return exams;
}

Status RunProgram(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, argv[0], &quiet, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  if (failed != 0) return Error::Io("{} cannot be started", arguments[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error::Io("{} failed on \"{}\"", arguments[0], arguments[2]);
  }
  return {};
}

struct Clip {
  std::vector<Image> seen;  // the judge's instants
  double flicker = 0, sharpness = 0;
};

Clip Measure(const std::vector<Image>& frames) {
  Clip clip;
  for (int i = 0; i < kJudgeFrames; ++i) {
    const size_t at = static_cast<size_t>(JudgeInstant(i) * static_cast<double>(frames.size()));
    clip.seen.push_back(frames[at]);
    clip.sharpness += SharpnessOf(frames[at]) / kJudgeFrames;
    const size_t middle = std::clamp<size_t>(at, 1, frames.size() - 2);
    clip.flicker +=
        FlickerOf(frames[middle - 1], frames[middle], frames[middle + 1]) / kJudgeFrames;
  }
  return clip;
}

Result<Clip> Generate(const RunOptions& options, const Exam& exam, int index) {
  const std::filesystem::path path = options.folder / "eval" / fmt::format("{:03}.mp4", index);
  if (!std::filesystem::exists(path)) {
    TRY(RunProgram({options.program.string(), "generate", exam.caption.text, "-o", path.string(),
                    "--model", options.out.string(), "--size",
                    fmt::format("{}x{}", kWidthPx, kHeightPx), "--seconds", "10", "--seed",
                    std::to_string(index), "--json"}));
  }
  const auto reader = TRY(ClipReader::Open(path));
  std::vector<Image> frames;
  for (;;) {
    std::optional<Image> frame = TRY(reader->Next());
    if (!frame) break;
    frames.push_back(std::move(*frame));
  }
  if (frames.size() < 16) return Error::Corrupt("{}: {} frames", path.string(), frames.size());
  return Measure(frames);
}

Clip RenderReal(const Exam& exam) {
  std::vector<Image> frames;
  constexpr int kFrames = 240;
  // Only what is looked at is drawn.
  frames.resize(kFrames);
  for (int i = 0; i < kJudgeFrames; ++i) {
    const int at = static_cast<int>(JudgeInstant(i) * kFrames);
    for (int k = at - 1; k <= at + 1; ++k) {
      frames[static_cast<size_t>(k)] = RenderFrame(exam.scene, k / 24.0, kWidthPx, kHeightPx);
    }
  }
  return Measure(frames);
}

std::vector<int> ReadBy(Judge& judge, const Clip& clip) {
  const torch::NoGradGuard no_grad;
  std::vector<int> values;
  for (const torch::Tensor& logits : judge->forward(ToJudge(clip.seen).unsqueeze(0))) {
    values.push_back(static_cast<int>(logits.argmax(-1).item<int64_t>()));
  }
  return values;
}

struct Score {
  double right = 0, asked = 0;
  void Add(bool ok) { right += ok, asked += 1; }
  double share() const { return asked > 0 ? right / asked : 0; }
};

std::string KeyOf(world::Attribute attribute) {
  return attribute == world::Attribute::kTime ? "time_of_day"
                                              : std::string(AttributeName(attribute));
}

}  // namespace

Status Evaluate(const RunOptions& options) {
  const std::vector<Exam> exams = MakeExams(options);
  Judge judge;
  TRY(LoadParameters(*judge, options.judge));
  std::filesystem::create_directories(options.folder / "eval");
  std::map<size_t, Score> made, real, wrong;
  double flicker[2] = {}, sharpness[2] = {};
  std::vector<Image> sheet;
  for (int i = 0; i < kPromptCount; ++i) {
    const Exam& exam = exams[static_cast<size_t>(i)];
    const Exam& other = exams[static_cast<size_t>((i + 7) % kPromptCount)];
    const Clip clip = TRY(Generate(options, exam, i));
    const Clip truth = RenderReal(exam);
    const std::vector<int> read = ReadBy(judge, clip), best = ReadBy(judge, truth);
    for (size_t k = 0; k < kJudged.size(); ++k) {
      if (exam.caption.Mentions(kJudged[k])) {
        made[k].Add(read[k] == exam.scene.ValueOf(kJudged[k]));
        real[k].Add(best[k] == exam.scene.ValueOf(kJudged[k]));
      }
      if (other.caption.Mentions(kJudged[k])) {
        wrong[k].Add(read[k] == other.scene.ValueOf(kJudged[k]));
      }
    }
    flicker[0] += clip.flicker / kPromptCount, flicker[1] += truth.flicker / kPromptCount;
    sharpness[0] += clip.sharpness / kPromptCount, sharpness[1] += truth.sharpness / kPromptCount;
    if (i < kSheetCount) sheet.push_back(clip.seen[kJudgeFrames / 2]);
    if (i % 20 == 19) fmt::print("{} of {}\n", i + 1, kPromptCount);
  }
  json out;
  fmt::print("{:<12} {:>6} {:>8} {:>8} {:>6} {:>6}\n", "attribute", "asked", "accuracy", "ceiling",
             "floor", "ratio");
  for (size_t k = 0; k < kJudged.size(); ++k) {
    const std::string key = KeyOf(kJudged[k]);
    const double ratio = real[k].share() > 0 ? made[k].share() / real[k].share() : 0;
    fmt::print("{:<12} {:>6} {:>8.3f} {:>8.3f} {:>6.3f} {:>6.3f}\n", key, made[k].asked,
               made[k].share(), real[k].share(), wrong[k].share(), ratio);
    out["asked"][key] = made[k].asked;
    out["accuracy"][key] = made[k].share(), out["ceiling"][key] = real[k].share();
    out["floor"][key] = wrong[k].share(), out["ratio_to_ceiling"][key] = ratio;
  }
  out["prompts"] = kPromptCount;
  out["flicker"] = {{"generated", flicker[0]}, {"real", flicker[1]}};
  out["sharpness"] = {{"generated", sharpness[0]}, {"real", sharpness[1]}};
  fmt::print("flicker {:.3f} (real {:.3f}), sharpness {:.3f} (real {:.3f})\n", flicker[0],
             flicker[1], sharpness[0], sharpness[1]);
  TRY(WriteImage(options.folder / "eval" / "sheet.png", Tile(sheet, 6), ImageFormat::kPng));
  std::ofstream prompts(options.folder / "eval" / "prompts.txt");
  for (const Exam& exam : exams) prompts << exam.caption.text << '\n';
  std::ofstream file(options.out / "eval.json");
  file << out.dump(2) << '\n';
  return file ? Status() : Error::Io("eval.json cannot be written");
}

}  // namespace aozora::trainer
