// SPDX-License-Identifier: Apache-2.0
// The invisible mark against the matrix, as a table; ./dev bench marks.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <string>

#include "matrix.h"
#include "trials.h"

namespace aozora::marks {

// Texture that stands still: all frames have the same to hide the mark in.
inline constexpr uint32_t kHardClip = 15;

namespace {

struct Options {
  bool quick = false, cost = false;
  uint32_t first = 0, step = 1, clips = 20, frames = 72, threads = HardwareThreadCount();
  uint32_t width_px = 848, height_px = 480;
  uint64_t trials = 0, detections = 0, seed = 1;
  std::string attack;  // only those with this in their name
};

struct Tally {
  int found = 0, lost = 0, wrong = 0, not_run = 0;
  double z_least = 1e9;
};

void Print(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// Every line stands for itself, so that a run in pieces can be put together.
bool RunMatrix(const Options& options, ThreadPool& pool) {
  const Matrix matrix(pool);
  std::map<std::string, Tally> tallies;
  bool kept = true;
  for (uint32_t n = 0; n < options.clips; ++n) {
    const uint32_t i = options.first + n * options.step;
    const auto clip = matrix.Mark(i, {options.width_px, options.height_px, options.frames});
    if (!clip.ok()) {
      Print(clip.error().message());
      return false;
    }
    Print(fmt::format("clip\t{}\t{}\t{:.2f}\t{:.2f}\t{:.4f}", i, clip->name, clip->psnr_y_db,
                      clip->psnr_y_db_worst, clip->ssim));
    kept = kept && clip->psnr_y_db_worst >= 42;
    for (const Attack& attack : AllAttacks()) {
      if (options.quick && attack.promise != Promise::kCore) continue;
      if (attack.name.find(options.attack) == std::string::npos) continue;
      const Outcome outcome = matrix.Run(*clip, attack);
      constexpr const char* kNames[] = {"found", "lost", "WRONG", "not run"};
      Print(fmt::format("run\t{}\t{}\t{}\t{:.2f}\t{:.3f}\t{:.2f} s", i, attack.name,
                        kNames[outcome.kind], outcome.z, outcome.fit, outcome.seconds));
      Tally& tally = tallies[attack.name];
      tally.found += outcome.kind == Outcome::kFound;
      tally.lost += outcome.kind == Outcome::kLost;
      tally.wrong += outcome.kind == Outcome::kWrong;
      tally.not_run += outcome.kind == Outcome::kNotRun;
      if (outcome.kind == Outcome::kFound) tally.z_least = std::min(tally.z_least, outcome.z);
    }
  }
  Print("\n| attack | promised | ids found | least z |\n|---|---|---|---|");
  for (const Attack& attack : AllAttacks()) {
    const auto at = tallies.find(attack.name);
    if (at == tallies.end()) continue;
    const Tally& tally = at->second;
    const bool promised = attack.promise != Promise::kNone;
    const int runs = tally.found + tally.lost + tally.wrong;
    Print(fmt::format("| {} | {} | {} of {} | {} |", attack.name, promised ? "yes" : "no",
                      tally.found, runs,
                      tally.found > 0 ? fmt::format("{:.1f}", tally.z_least) : "-"));
    kept = kept && tally.wrong == 0 && (!promised || tally.lost == 0);
  }
  return kept;
}

// A clip that is easy to encode and one that is hard.
bool PrintCosts(const Options& options, ThreadPool& pool) {
  for (const uint32_t index : {0u, 11u}) {
    const auto cost = MeasureCost(index, options.frames, pool);
    if (!cost.ok()) {
      Print(cost.error().message());
      return false;
    }
    Print(
        fmt::format("clip {} at 1920x1080, ms a frame: invisible mark {:.2f}, visible mark {:.2f}, "
                    "encoder {:.2f}; the invisible mark is {:.1f} % of the encoder",
                    index, cost->invisible_ms, cost->visible_ms, cost->encode_ms,
                    100 * cost->invisible_ms / cost->encode_ms));
  }
  return true;
}

bool Main(const Options& options) {
  ThreadPool pool(options.threads);
  bool kept = true;
  if (options.cost && !PrintCosts(options, pool)) return false;
  if (options.clips > 0) kept = RunMatrix(options, pool);
  if (options.trials > 0) {
    const TrialCounts counts = RunTrials(options.trials, options.seed, {}, pool);
    Print(fmt::format(
        "trials\t{}\thigh z {}\tread {}\tcheck right {}\tfitting {}\tfound {}\tmost z {:.2f}\t"
        "most fit {:.3f}",
        counts.trials, counts.high, counts.read, counts.checked, counts.fitting, counts.found,
        counts.z_most, counts.fit_most));
    kept = kept && counts.found == 0;
  }
  if (options.detections > 0) {
    const uint64_t found = FalseFinds(options.detections, options.seed, pool);
    Print(fmt::format("whole detections without a mark\t{}\tfound {}", options.detections, found));
    kept = kept && found == 0;
  }
  return kept;
}

}  // namespace
}  // namespace aozora::marks

int main(int argc, char** argv) {
  aozora::marks::Options options;
  CLI::App app("The invisible mark against what happens to clips; fails if a promise is broken.");
  app.add_flag("--quick", options.quick,
               "an easy clip and a hard one, the core attacks, some false-positive trials");
  app.add_flag("--cost", options.cost, "measure milliseconds a frame at 1920x1080");
  app.add_option("--first", options.first, "number of the first clip");
  app.add_option("--clips", options.clips, "how many");
  app.add_option("--attack", options.attack, "only those with this in their name");
  app.add_option("--frames", options.frames, "of each clip");
  app.add_option("--width", options.width_px, "of each clip");
  app.add_option("--height", options.height_px);
  app.add_option("--trials", options.trials, "random keys against unmarked clips");
  app.add_option("--detections", options.detections, "whole searches of unmarked clips");
  app.add_option("--seed", options.seed, "of trials and detections");
  app.add_option("--threads", options.threads);
  CLI11_PARSE(app, argc, argv);
  if (options.quick) {
    options.clips = 2;
    options.step = aozora::marks::kHardClip;
    options.frames = 24;
    options.trials = std::max<uint64_t>(options.trials, 2000);
  }
  return aozora::marks::Main(options) ? 0 : 1;
}
