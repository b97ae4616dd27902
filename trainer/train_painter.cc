// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cmath>
#include <future>

#include "base/rng.h"
#include "media/image_io.h"
#include "trainer/painter_data.h"
#include "trainer/presets.h"

namespace aozora::trainer {
namespace {

constexpr uint64_t kExamSeed = 1u << 30;
constexpr int kExamScenes = 12;
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

// Held-out scenes: real above, painted below; PSNR of all and of where the subject is.
Status Examine(Painter& painter, const RunOptions& options, Run& run) {
  std::vector<Image> real, painted;
  double error_all = 0, error_subject = 0, subject_count = 0;
  double psnr_sum = 0, subject_psnr_sum = 0;
  int with_subject = 0;
  const double area = double{1} * kExamWidthPx * kExamHeightPx;
  const auto psnr = [](double square) { return -10 * std::log10(square + 1e-12); };
  for (int i = 0; i < kExamScenes; ++i) {
    const world::Scene scene = OnKnownGround(SampleScene(kExamSeed + static_cast<uint64_t>(i),
                                                         options.subset(), world::Split::kHeldOut));
    const double time_s = 1 + 0.7 * i;
    real.push_back(RenderFrame(scene, time_s, kExamWidthPx, kExamHeightPx));
    const torch::Tensor colour = PaintPicture(painter, EncodeScene(scene), time_s, kExamWidthPx,
                                              kExamHeightPx, options.device);
    painted.push_back(ToImage(colour));
    const world::RenderMaps maps = RenderMapsOf(scene, time_s, kExamWidthPx, kExamHeightPx);
    double scene_error = 0, scene_subject_error = 0, scene_subject_count = 0;
    for (uint32_t y = 0; y < kExamHeightPx; ++y) {
      for (uint32_t x = 0; x < kExamWidthPx; ++x) {
        double square = 0;
        for (size_t c = 0; c < 3; ++c) {
          const size_t at = 3 * (size_t{y} * kExamWidthPx + x) + c;
          const double d = (double{1} * real.back().rgb[at] - painted.back().rgb[at]) / 255;
          square += d * d / 3;
        }
        scene_error += square;
        const double share = maps.At(world::MapKind::kFirst, x, y);
        scene_subject_error += square * share, scene_subject_count += share;
      }
    }
    error_all += scene_error;
    error_subject += scene_subject_error, subject_count += scene_subject_count;
    psnr_sum += psnr(scene_error / area);
    if (scene_subject_count == 0) continue;  // out of the picture
    subject_psnr_sum += psnr(scene_subject_error / scene_subject_count), ++with_subject;
  }
  fmt::print(
      "exam at {:.1f} min: {:.2f} dB, subject {:.2f} dB; mean of scenes {:.2f} dB, subject {:.2f} "
      "dB\n",
      run.minutes(), psnr(error_all / (area * kExamScenes)), psnr(error_subject / subject_count),
      psnr_sum / kExamScenes, subject_psnr_sum / with_subject);
  std::vector<Image> rows;
  for (size_t i = 0; i < real.size(); i += 6) {
    for (size_t k = i; k < i + 6; ++k) rows.push_back(real[k]);
    for (size_t k = i; k < i + 6; ++k) rows.push_back(painted[k]);
  }
  return WriteImage(run.folder() / "sheet.png", Tile(rows, 6), ImageFormat::kPng);
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
  }
  return state.Export(options.out / "painter.safetensors", torch::kFloat16);
}

}  // namespace aozora::trainer
