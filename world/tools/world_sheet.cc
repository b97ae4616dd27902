// SPDX-License-Identifier: Apache-2.0
// Shows the world: a contact sheet of scenes as a PNG with their captions on the terminal, or one
// clip as an MP4.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include "base/rng.h"
#include "media/image_io.h"
#include "media/video_writer.h"
#include "world/caption.h"
#include "world/render.h"

namespace aozora::world {
namespace {

struct Options {
  std::string out = "sheet.png";
  std::string by;  // an attribute: some scenes of each of its values
  uint64_t seed = 1;
  uint32_t count = 24;
  uint32_t columns = 6;
  uint32_t width_px = 256, height_px = 144;
  double time_s = 5;
  double fps = 24;
  bool plain = false, held_out = false, clip = false, bench = false;
};

constexpr uint32_t kScenesMax = 4096;

std::vector<Scene> ChooseScenes(const Options& o) {
  const WorldSubset all = o.plain ? WorldSubset::Plain() : WorldSubset::Full();
  const Split split = o.held_out ? Split::kHeldOut : Split::kTrain;
  std::vector<Scene> scenes;
  if (o.by.empty()) {
    for (uint32_t i = 0; i < o.count; ++i) scenes.push_back(SampleScene(o.seed + i, all, split));
    return scenes;
  }
  for (int i = 0; i < kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    if (AttributeName(attribute) != o.by) continue;
    for (int value = 0; value < ValueCount(attribute); ++value) {
      uint32_t found = 0;
      for (uint64_t n = 0; found < o.count && n < 20'000; ++n) {
        const Scene scene =
            SampleScene(SplitSeed(o.seed + n, static_cast<uint64_t>(value)), all, split);
        if (scene.ValueOf(attribute) == value) scenes.push_back(scene), ++found;
      }
    }
  }
  return scenes;
}

void Print(const Scene& scene, size_t index, uint64_t seed) {
  for (const Language language : kLanguages) {
    fmt::print("{:4}  {}\n", index, WriteCaption(scene, language, seed + index).text);
  }
}

Status WriteSheet(const Options& o, const std::vector<Scene>& scenes) {
  const uint32_t count = static_cast<uint32_t>(scenes.size());
  if (count == 0 || count > kScenesMax)
    return Error::Invalid("{} scenes: choose 1 to {}", count, kScenesMax);
  const uint32_t rows = (count + o.columns - 1) / o.columns;
  Image sheet = Image::Black(o.columns * o.width_px, rows * o.height_px);
  for (uint32_t i = 0; i < count; ++i) {
    const Image picture = RenderFrame(scenes[i], o.time_s, o.width_px, o.height_px);
    const size_t x = size_t{i % o.columns} * o.width_px, y = size_t{i / o.columns} * o.height_px;
    for (uint32_t row = 0; row < o.height_px; ++row) {
      const auto from = picture.row(row);
      std::copy(from.begin(), from.end(),
                sheet.rgb.begin() + static_cast<ptrdiff_t>(3 * ((y + row) * sheet.width_px + x)));
    }
    Print(scenes[i], i, o.seed);
  }
  return WriteImage(o.out, sheet, ImageFormat::kPng);
}

Status WriteClip(const Options& o, const Scene& scene) {
  VideoSettings settings;
  settings.frame_rate = TRY(FrameRate::Parse(fmt::format("{}", o.fps)));
  auto writer = TRY(VideoWriter::Create(o.out, o.width_px, o.height_px, settings));
  const int frames = static_cast<int>(scene.duration_s * o.fps + 0.5);
  for (int i = 0; i < frames; ++i) {
    const Status status = writer->Write(RenderFrame(scene, i / o.fps, o.width_px, o.height_px));
    if (!status.ok()) return status;
  }
  Print(scene, 0, o.seed);
  return writer->Finish();
}

// Processor time, not the clock's: what else runs on the machine does not count.
void Bench(const Options& o, const std::vector<Scene>& scenes) {
  std::vector<double> seconds(static_cast<size_t>(ValueCount(Attribute::kSetting)));
  std::vector<int> frames(seconds.size());
  for (const Scene& scene : scenes) {
    const std::clock_t begin = std::clock();
    for (int i = 0; i < 8; ++i) RenderFrame(scene, 1.25 * i, o.width_px, o.height_px);
    seconds[static_cast<size_t>(scene.setting)] +=
        static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    frames[static_cast<size_t>(scene.setting)] += 8;
  }
  double total_s = 0;
  int total = 0;
  for (size_t i = 0; i < seconds.size(); ++i) {
    if (frames[i] == 0) continue;
    fmt::print("{:12} {:.3f} ms a frame\n", ValueName(Attribute::kSetting, static_cast<int>(i)),
               1e3 * seconds[i] / frames[i]);
    total_s += seconds[i], total += frames[i];
  }
  fmt::print("{}x{}: {:.3f} ms of one core a frame, {:.0f} frames a second\n", o.width_px,
             o.height_px, 1e3 * total_s / total, total / total_s);
}

Status Run(const Options& o) {
  const std::vector<Scene> scenes = ChooseScenes(o);
  if (scenes.empty()) return Error::Invalid("no scenes: is --by an attribute?");
  if (o.bench) return Bench(o, scenes), Status();
  return o.clip ? WriteClip(o, scenes[0]) : WriteSheet(o, scenes);
}

}  // namespace
}  // namespace aozora::world

int main(int count, char** arguments) {
  using aozora::world::kRenderSidePxMax;
  using aozora::world::kRenderSidePxMin;
  aozora::world::Options o;
  CLI::App app("Contact sheets and clips of the procedural world");
  app.add_option("--out", o.out, "PNG, or MP4 with --clip");
  app.add_option(
      "--by", o.by,
      "attribute: setting, time, weather, subject, colour, motion, camera, look, count, relation");
  app.add_option("--seed", o.seed);
  app.add_option("--count", o.count, "scenes, or scenes of each value with --by");
  app.add_option("--columns", o.columns)->check(CLI::Range(1, 64));
  app.add_option("--width", o.width_px)->check(CLI::Range(kRenderSidePxMin, kRenderSidePxMax));
  app.add_option("--height", o.height_px)->check(CLI::Range(kRenderSidePxMin, kRenderSidePxMax));
  app.add_option("--time", o.time_s, "seconds");
  app.add_option("--fps", o.fps)->check(CLI::Range(1.0, 120.0));
  app.add_flag("--plain", o.plain, "the subset for training without a GPU");
  app.add_flag("--held-out", o.held_out, "combinations that never occur in training");
  app.add_flag("--clip", o.clip, "one clip instead of a sheet");
  app.add_flag("--bench", o.bench, "time of a frame, by setting");
  CLI11_PARSE(app, count, arguments);
  const aozora::Status status = aozora::world::Run(o);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.error().message());
  return status.ok() ? 0 : 1;
}
