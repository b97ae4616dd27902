// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cmath>
#include <future>
#include <map>

#include "base/rng.h"
#include "media/image_io.h"
#include "trainer/painter_data.h"
#include "trainer/picture_stats.h"
#include "trainer/presets.h"

namespace aozora::trainer {
namespace {

constexpr uint64_t kExamSeed = 1u << 30;
constexpr int kSheetScenes = 12, kWholeScenes = 120;
constexpr uint32_t kExamWidthPx = 256, kExamHeightPx = 144;

AdamSettings Settings() {
  AdamSettings settings;
  settings.rate = 2e-3;
  settings.ema_decay = 0.998;
  settings.rate_factors = {
      {"far_table", 8}, {"sky_", 8}, {"ground_plane", 8}, {"sheets", 8}, {"far_depths", 0.2}};
  return settings;
}

torch::Tensor LossOf(Painter& painter, const PainterBatch& batch,
                     std::vector<std::pair<std::string, double>>* log) {
  const PainterImpl::Painted painted =
      painter->Paint(batch.frames, batch.points, batch.sprites_from);
  const torch::Tensor error = painted.colour - batch.colour;
  const torch::Tensor colour =
      torch::sqrt(error.square() + 1e-4).mean() + 2 * error.square().mean();
  const torch::Tensor outside = (batch.covered < 0.5).to(torch::kFloat32);
  const torch::Tensor sky = (torch::binary_cross_entropy_with_logits(painted.sky_logit, batch.sky,
                                                                     {}, {}, at::Reduction::None) *
                             outside)
                                .mean();
  torch::Tensor loss = colour + 0.05 * sky;
  double covered = 0;
  if (painted.actor_logits.defined()) {
    // Whoever covers a point, the union of all is what the renderer knows.
    const torch::Tensor logit = std::get<0>(painted.actor_logits.max(1));
    const torch::Tensor wanted =
        batch.covered.narrow(1, batch.sprites_from, batch.covered.size(1) - batch.sprites_from);
    const torch::Tensor shape =
        torch::binary_cross_entropy_with_logits(logit.clamp(-12, 12), wanted);
    loss = loss + 0.1 * shape;
    covered = shape.item<double>();
  }
  if (log != nullptr) {
    *log = {{"colour", colour.item<double>()},
            {"psnr", -10 * std::log10(error.square().mean().item<double>())},
            {"sky", sky.item<double>()},
            {"shape", covered}};
  }
  return loss;
}

double PsnrOf(double mean_square) { return -10 * std::log10(mean_square + 1e-12); }

// Square errors of one scene, of values 0..1, and how many pixels they are the sum of.
struct SceneError {
  double all = 0, all_px = 0;
  double subject = 0, subject_px = 0;  // weighted by the share that it covers
};

SceneError ErrorOf(const Image& real, const Image& painted, const world::RenderMaps& maps) {
  SceneError error;
  for (uint32_t y = 0; y < kExamHeightPx; ++y) {
    for (uint32_t x = 0; x < kExamWidthPx; ++x) {
      double square = 0;
      for (size_t c = 0; c < 3; ++c) {
        const size_t at = 3 * (size_t{y} * kExamWidthPx + x) + c;
        const double d = (double{1} * real.rgb[at] - painted.rgb[at]) / 255;
        square += d * d / 3;
      }
      const double share = maps.At(world::MapKind::kFirst, x, y);
      error.all += square, error.all_px += 1;
      error.subject += square * share, error.subject_px += share;
    }
  }
  return error;
}

// PSNR of all their pixels together, which the worst scenes decide, and the mean of each one's.
void PrintErrors(const std::vector<SceneError>& scenes, double minutes) {
  SceneError sum;
  double psnr = 0, subject_psnr = 0, with_subject = 0;
  for (const SceneError& scene : scenes) {
    sum.all += scene.all, sum.all_px += scene.all_px;
    sum.subject += scene.subject, sum.subject_px += scene.subject_px;
    psnr += PsnrOf(scene.all / scene.all_px) / static_cast<double>(scenes.size());
    if (scene.subject_px == 0) continue;  // out of the picture
    subject_psnr += PsnrOf(scene.subject / scene.subject_px), ++with_subject;
  }
  fmt::print(
      "exam at {:.1f} min: {:.2f} dB, subject {:.2f} dB; mean of scenes {:.2f} dB, subject {:.2f} "
      "dB\n",
      minutes, PsnrOf(sum.all / sum.all_px), PsnrOf(sum.subject / sum.subject_px), psnr,
      subject_psnr / with_subject);
}

// Held-out scenes, at instants all over them.
struct ExamScene {
  world::Scene scene;
  double time_s;
};
std::vector<ExamScene> ExamScenes(const RunOptions& options, int count) {
  std::vector<ExamScene> scenes;
  for (int i = 0; i < count; ++i) {
    const uint64_t seed = kExamSeed + static_cast<uint64_t>(i);
    scenes.push_back({OnKnownGround(SampleScene(seed, options.subset(), world::Split::kHeldOut)),
                      1 + 0.7 * (i % kSheetScenes)});
  }
  return scenes;
}

Image PaintScene(Painter& painter, const world::Scene& scene, double time_s,
                 const torch::Device& device) {
  return ToImage(
      PaintPicture(painter, EncodeScene(scene), time_s, kExamWidthPx, kExamHeightPx, device));
}

// The sheet: real above, painted below.
Status Examine(Painter& painter, const RunOptions& options, Run& run) {
  std::vector<Image> real, painted;
  std::vector<SceneError> errors;
  for (const auto& [scene, time_s] : ExamScenes(options, kSheetScenes)) {
    real.push_back(RenderFrame(scene, time_s, kExamWidthPx, kExamHeightPx));
    painted.push_back(PaintScene(painter, scene, time_s, options.device));
    errors.push_back(ErrorOf(real.back(), painted.back(),
                             RenderMapsOf(scene, time_s, kExamWidthPx, kExamHeightPx)));
  }
  PrintErrors(errors, run.minutes());
  std::vector<Image> rows;
  for (size_t i = 0; i < real.size(); i += 6) {
    for (size_t k = i; k < i + 6; ++k) rows.push_back(real[k]);
    for (size_t k = i; k < i + 6; ++k) rows.push_back(painted[k]);
  }
  return WriteImage(run.folder() / "sheet.png", Tile(rows, 6), ImageFormat::kPng);
}

// More scenes than the sheet has, each subject's own figure, and what frames that follow each other
// do: for the model card.
void ExamineWhole(Painter& painter, const RunOptions& options, const Run& run) {
  constexpr double kFrameS = 1.0 / 24;
  std::vector<SceneError> errors;
  std::map<world::Subject, SceneError> of_subject;
  double flicker[2] = {}, sharpness[2] = {};
  for (const auto& [scene, time_s] : ExamScenes(options, kWholeScenes)) {
    std::vector<Image> real, painted;
    for (const double at_s : {time_s - kFrameS, time_s, time_s + kFrameS}) {
      real.push_back(RenderFrame(scene, at_s, kExamWidthPx, kExamHeightPx));
      painted.push_back(PaintScene(painter, scene, at_s, options.device));
    }
    errors.push_back(
        ErrorOf(real[1], painted[1], RenderMapsOf(scene, time_s, kExamWidthPx, kExamHeightPx)));
    SceneError& sum = of_subject[scene.first.subject];
    sum.subject += errors.back().subject, sum.subject_px += errors.back().subject_px;
    flicker[0] += FlickerOf(painted[0], painted[1], painted[2]) / kWholeScenes;
    flicker[1] += FlickerOf(real[0], real[1], real[2]) / kWholeScenes;
    sharpness[0] += SharpnessOf(painted[1]) / kWholeScenes;
    sharpness[1] += SharpnessOf(real[1]) / kWholeScenes;
  }
  fmt::print("{} scenes, flicker {:.3f} (real {:.3f}), sharpness {:.2f} (real {:.2f}); ",
             kWholeScenes, flicker[0], flicker[1], sharpness[0], sharpness[1]);
  PrintErrors(errors, run.minutes());
  for (const auto& [subject, error] : of_subject) {
    fmt::print("  {:<14} {:.2f} dB\n",
               world::ValueName(world::Attribute::kSubject, static_cast<int>(subject)),
               PsnrOf(error.subject / std::max(error.subject_px, 1.0)));
  }
}

}  // namespace

Status TrainPainter(const RunOptions& options) {
  torch::manual_seed(options.seed);
  Painter painter;
  painter->to(options.device);
  TrainingState state(*painter, Settings());
  Run run(options, "painter", state);
  if (!options.from.empty()) TRY(state.TakeExported("", options.from / "painter.safetensors"));
  TRY(run.Resume());
  PainterBatchSize size;
  if (options.batch > 0) size.frame_count = static_cast<int>(options.batch);
  const auto batch_of = [&](int64_t step) {
    return MakePainterBatch(SplitSeed(options.seed, static_cast<uint64_t>(step)), options.subset(),
                            size, options.device);
  };
  auto next = std::async(std::launch::async, batch_of, run.step());
  for (;;) {
    if (!TRY(run.Continue())) break;
    const PainterBatch batch = next.get();
    next = std::async(std::launch::async, batch_of, run.step() + 1);
    std::vector<std::pair<std::string, double>> log;
    const bool logs = run.step() < 3 || run.Due(0.5, "log");
    LossOf(painter, batch, logs ? &log : nullptr).backward();
    state.Step(run.RateShare());
    if (logs) {
      log.emplace_back("rate", run.RateShare());
      TRY(run.Log(log));
    }
    if (run.Due(4, "exam")) {
      const TrainingState::Averaged averaged(state);
      TRY(Examine(painter, options, run));
      TRY(state.Export(run.folder() / "painter.safetensors", torch::kFloat16));
    }
  }
  {
    const TrainingState::Averaged averaged(state);
    TRY(Examine(painter, options, run));
    ExamineWhole(painter, options, run);
  }
  return state.Export(options.out / "painter.safetensors", torch::kFloat16);
}

}  // namespace aozora::trainer
