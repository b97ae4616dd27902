// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <future>

#include "base/rng.h"
#include "trainer/judge.h"
#include "trainer/latent.h"
#include "trainer/presets.h"
#include "world/dice.h"

namespace aozora::trainer {
namespace {

constexpr int kBatch = 48;
constexpr int kExamCount = 512;
constexpr uint64_t kExamSeed = 1u << 28;

AdamSettings Settings() {
  AdamSettings settings;
  settings.rate = 1.5e-3;
  settings.weight_decay = 0.02;
  settings.ema_decay = 0.995;
  return settings;
}

struct Examples {
  torch::Tensor clips;                 // [B, 8, 3, 72, 128]
  std::vector<torch::Tensor> answers;  // of each of kJudged, [B]
};

// What encoders, scalers and other painters do to a picture: softer, noisier, a little off.
torch::Tensor Wear(const torch::Tensor& clip, world::Dice& dice) {
  torch::Tensor worn = clip;
  if (dice.Chance(0.4f)) {
    const torch::Tensor soft =
        torch::avg_pool2d(torch::replication_pad2d(clip, {1, 1, 1, 1}), 3, 1);
    worn = worn + (soft - worn) * dice.Unit();
  }
  if (dice.Chance(0.4f)) worn = worn + torch::randn_like(worn) * (0.03f * dice.Unit());
  const float gain = dice.Between(0.94f, 1.06f), lift = dice.Between(-0.02f, 0.02f);
  return (worn * gain + lift).clamp(0, 1);
}

Examples MakeExamples(uint64_t seed, int count, const RunOptions& options, world::Split split) {
  world::Dice dice(SplitSeed(seed, 79));
  std::vector<torch::Tensor> clips;
  std::vector<std::vector<int64_t>> answers(kJudged.size());
  for (int i = 0; i < count; ++i) {
    const world::Scene scene = OnKnownGround(
        SampleScene(SplitSeed(seed, static_cast<uint64_t>(i) + 100), options.subset(), split));
    const torch::Tensor clip = ToJudge(RealFrames(scene, kJudgeWidthPx, kJudgeHeightPx));
    clips.push_back(split == world::Split::kTrain ? Wear(clip, dice) : clip);
    for (size_t k = 0; k < kJudged.size(); ++k) answers[k].push_back(scene.ValueOf(kJudged[k]));
  }
  Examples examples;
  examples.clips = torch::stack(clips).to(options.device);
  for (const auto& values : answers) {
    examples.answers.push_back(torch::tensor(values).to(options.device));
  }
  return examples;
}

}  // namespace

Status TrainJudge(const RunOptions& options) {
  torch::manual_seed(options.seed);
  Judge judge;
  judge->to(options.device);
  TrainingState state(*judge, Settings());
  Run run(options, "judge", state);
  if (!options.from.empty()) TRY(state.TakeExported("", options.from / "judge.safetensors"));
  TRY(run.Resume());
  const int count = options.batch > 0 ? static_cast<int>(options.batch) : kBatch;
  const auto batch_of = [&](int64_t step) {
    return MakeExamples(SplitSeed(options.seed ^ 0x1Du, static_cast<uint64_t>(step)), count,
                        options, world::Split::kTrain);
  };
  const auto examine = [&]() -> Status {
    const TrainingState::Averaged averaged(state);
    const torch::NoGradGuard no_grad;
    std::vector<std::pair<std::string, double>> shares(kJudged.size());
    for (size_t k = 0; k < kJudged.size(); ++k) shares[k].first = AttributeName(kJudged[k]);
    for (int i = 0; i < kExamCount; i += kBatch) {
      const Examples exam = MakeExamples(kExamSeed + static_cast<uint64_t>(i), kBatch, options,
                                         world::Split::kHeldOut);
      const auto logits = judge->forward(exam.clips);
      for (size_t k = 0; k < kJudged.size(); ++k) {
        shares[k].second += (logits[k].argmax(-1) == exam.answers[k]).sum().item<double>();
      }
    }
    fmt::print("exam at {:.1f} min:", run.minutes());
    const double all = (kExamCount + kBatch - 1) / kBatch * kBatch;
    for (const auto& [name, right] : shares) fmt::print(" {} {:.3f}", name, right / all);
    fmt::print("\n");
    return state.Export(options.out / "judge.safetensors", torch::kFloat16);
  };
  auto next = std::async(std::launch::async, batch_of, run.step());
  double sum = 0, steps = 0;
  for (;;) {
    if (!TRY(run.Continue())) break;
    const Examples batch = next.get();
    next = std::async(std::launch::async, batch_of, run.step() + 1);
    const auto logits = judge->forward(batch.clips);
    torch::Tensor loss = torch::zeros({}, batch.clips.options());
    for (size_t k = 0; k < kJudged.size(); ++k) {
      loss = loss + torch::nn::functional::cross_entropy(logits[k], batch.answers[k]);
    }
    loss.backward();
    state.Step(run.RateShare(0.7));
    sum += loss.item<double>(), steps += 1;
    if (run.step() < 3 || run.Due(0.5, "log")) {
      TRY(run.Log({{"loss", sum / steps}, {"rate", run.RateShare(0.7)}}));
      sum = steps = 0;
    }
    if (run.Due(4, "exam")) TRY(examine());
  }
  return examine();
}

}  // namespace aozora::trainer
