// SPDX-License-Identifier: Apache-2.0
// Trains the parts of the embedded model.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>

#include "trainer/presets.h"
#include "trainer/torch.h"

namespace {

using aozora::Status;
using aozora::trainer::RunOptions;

const std::map<std::string, std::function<Status(const RunOptions&)>> kPresets = {
    {"painter", aozora::trainer::TrainPainter},
    {"denoiser", aozora::trainer::TrainDenoiser},
    {"encoder", aozora::trainer::TrainEncoder},
    {"judge", aozora::trainer::TrainJudge},
    {"vocabulary", aozora::trainer::WriteVocabulary},
    {"golden", aozora::trainer::WriteGoldens},
    {"words", aozora::trainer::TestWords},
    {"eval", aozora::trainer::Evaluate},
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the parts of the embedded model");
  RunOptions options;
  std::string preset, device = "auto", folder = "build/runs", out = "weights/mini";
  std::string program = "build/release/apps/aozora/aozora", judge = "trainer/judge.safetensors";
  std::string from;
  app.add_option("preset", preset, "what to train")->required();
  app.add_option("--minutes", options.minutes, "of processor time (on a GPU: of time)");
  app.add_option("--planned-minutes", options.planned_minutes, "of the whole schedule, all runs");
  app.add_option("--batch", options.batch, "examples a step; 0: the preset's own");
  app.add_option("--seed", options.seed);
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 256));
  app.add_option("--folder", folder, "checkpoints, logs and sheets");
  app.add_option("--from", from, "engine's files to start from where there is no checkpoint");
  app.add_option(
      "--word-like", options.word_like,
      "denoiser: WORD=OTHER, a word that stayed unlearned begins again at another's place");
  app.add_option("--out", out, "where the engine's files go");
  app.add_option("--program", program, "aozora, for eval");
  app.add_option("--judge", judge, "the judge's weights, for eval");
  app.add_option("--device", device, "auto, cpu, cuda");
  app.add_flag("--full", options.full_world, "all of the world, not the subset for CPUs");
  CLI11_PARSE(app, argc, argv);
  const auto found = kPresets.find(preset);
  if (found == kPresets.end()) {
    fmt::print(stderr, "no preset '{}'; there are:", preset);
    for (const auto& [name, run] : kPresets) fmt::print(stderr, " {}", name);
    fmt::print(stderr, "\n");
    return 2;
  }
  options.folder = folder, options.out = out;
  options.program = program, options.judge = judge, options.from = from;
  if (device == "cuda" || (device == "auto" && torch::cuda::is_available())) {
    options.device = torch::kCUDA;
  }
  torch::set_num_threads(options.threads);
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  const Status status = found->second(options);
  if (!status.ok()) {
    fmt::print(stderr, "{}: {}\n", preset, status.error().message());
    return 1;
  }
  return 0;
}
