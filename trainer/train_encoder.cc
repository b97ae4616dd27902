// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <array>
#include <future>

#include "base/rng.h"
#include "trainer/encoder.h"
#include "trainer/presets.h"
#include "world/dice.h"
#include "world/render.h"

namespace aozora::trainer {
namespace {

using torch::Tensor;
namespace functional = torch::nn::functional;

constexpr int kBatch = 64;
constexpr int kExamCount = 512;
constexpr uint64_t kExamSeed = 1u << 27;
constexpr double kCurveWeight = 4;  // against cross-entropies
constexpr float kRestShare = 0.5f;  // of pictures shown as rendered, without wear

AdamSettings Settings() {
  AdamSettings settings;
  settings.rate = 1.5e-3;
  settings.weight_decay = 0.02;
  settings.ema_decay = 0.995;
  return settings;
}

// A choice among codes, of the scene or of an actor.
struct Choice {
  const char* name;
  int at, count;
};
constexpr Choice kSceneChoices[] = {{"setting", kSettingAt, kSettingCount},
                                    {"time", kTimeAt, kTimeCount},
                                    {"weather", kWeatherAt, kWeatherCount},
                                    {"look", kLookAt, kLookCount}};
constexpr Choice kActorChoices[] = {{"subject", kSubjectAt, kSubjectCount},
                                    {"colour", kColourAt, kColourCount}};

struct Examples {
  Tensor pictures;  // [B, 3, 108, 192], -1..1
  Tensor slots;     // [B, 4, 48]: codes as stored, curves of the instant
};

// What encoders and scalers do to a picture: softer, noisier, a little off.
Tensor Wear(const Tensor& picture, world::Dice& dice) {
  Tensor worn = picture;
  if (dice.Chance(0.5f)) {
    const Tensor soft = torch::avg_pool2d(torch::replication_pad2d(picture, {1, 1, 1, 1}), 3, 1);
    worn = worn + (soft - worn) * dice.Unit();
  }
  if (dice.Chance(0.5f)) worn = worn + torch::randn_like(worn) * (0.06f * dice.Unit());
  return (worn * dice.Between(0.94f, 1.06f) + dice.Between(-0.04f, 0.04f)).clamp(-1, 1);
}

Tensor ToTensor(const Image& image) {
  const Tensor bytes =
      torch::from_blob(const_cast<uint8_t*>(image.rgb.data()),
                       {int64_t{image.height_px}, int64_t{image.width_px}, 3}, torch::kUInt8);
  return (bytes.to(torch::kFloat32) / 127.5 - 1).permute({2, 0, 1}).unsqueeze(0);
}

Examples MakeExamples(uint64_t seed, int count, const RunOptions& options, bool exam) {
  world::Dice dice(SplitSeed(seed, 80));
  std::vector<Tensor> pictures;
  std::vector<float> slots;
  for (int i = 0; i < count; ++i) {
    // Combinations that captions hold back are no secret here: no text is read.
    const world::Scene scene = OnKnownGround(
        SampleScene(SplitSeed(seed, static_cast<uint64_t>(i) + 100), options.subset()));
    const double time_s = dice.Unit() * scene.duration_s;
    const Tensor picture = ToTensor(RenderFrame(scene, time_s, kEncoderWidthPx, kEncoderHeightPx));
    pictures.push_back(exam || dice.Chance(kRestShare) ? picture : Wear(picture, dice));
    const SlotLatent latent = EncodeWindow(scene, time_s, 1);
    for (int slot = 0; slot < kSlotCount; ++slot) {
      const float* from = latent.slot(0, slot);
      slots.insert(slots.end(), from, from + kCurvesAt);
      for (int q = 0; q < kCurveCount; ++q) slots.push_back(from[kCurvesAt + q * kPointsPerFrame]);
    }
  }
  return {torch::cat(pictures).to(options.device),
          torch::tensor(slots).view({count, kSlotCount, kReadingValues}).to(options.device)};
}

// Cross-entropy of the choices of a slot, where `counts` [B] is 1.
template <size_t N>
Tensor ChoiceLoss(const Tensor& read, const Tensor& slot, const Choice (&choices)[N],
                  const Tensor& counts) {
  Tensor loss = torch::zeros({}, read.options());
  for (const Choice& choice : choices) {
    const Tensor each =
        functional::cross_entropy(read.narrow(-1, choice.at, choice.count),
                                  slot.narrow(-1, choice.at, choice.count).argmax(-1),
                                  functional::CrossEntropyFuncOptions().reduction(torch::kNone));
    loss = loss + (each * counts).mean();
  }
  return loss;
}

Tensor NumberLoss(const Tensor& read, const Tensor& slot, int at, int count, const Tensor& counts) {
  const Tensor error = functional::smooth_l1_loss(
      read.narrow(-1, at, count), slot.narrow(-1, at, count),
      functional::SmoothL1LossFuncOptions().reduction(torch::kNone).beta(0.1));
  return (error.mean(-1) * counts).mean();
}

// Which way somebody looks is one of two; what lies between says nothing.
Tensor SideLoss(const Tensor& read, const Tensor& slot, const Tensor& counts) {
  constexpr double kSteepness = 2;
  const Tensor said = read.select(-1, kCurvesAt + kFlip), is = slot.select(-1, kCurvesAt + kFlip);
  return (functional::softplus(-kSteepness * said * is.sign()) * counts).mean();
}

Tensor LossOf(const Tensor& read, const Tensor& slots) {
  const Tensor always = torch::ones({read.size(0)}, read.options());
  const Tensor scene = read.select(1, 0), real = slots.select(1, 0);
  Tensor loss = ChoiceLoss(scene, real, kSceneChoices, always) +
                kCurveWeight * NumberLoss(scene, real, kCurvesAt, kCurveCount, always) +
                NumberLoss(scene, real, kSunSideAt, 1, always);
  for (int64_t a = 1; a < kSlotCount; ++a) {
    const Tensor actor = read.select(1, a), is = slots.select(1, a);
    const Tensor present = (is.select(-1, kPresentAt) > 0).to(read.scalar_type());
    loss = loss + ChoiceLoss(actor, is, kActorChoices, present) +
           kCurveWeight * NumberLoss(actor, is, kCurvesAt, kCurveCount, present) +
           NumberLoss(actor, is, kStandsAt, 1, present) +
           NumberLoss(actor, is, kPresentAt, 1, always) + SideLoss(actor, is, present);
  }
  return loss;
}

double Mean(const Tensor& values) { return values.to(torch::kFloat32).mean().item<double>(); }

void Examine(Encoder& encoder, const RunOptions& options, double minutes) {
  const torch::NoGradGuard no_grad;
  const Examples exam = MakeExamples(kExamSeed, kExamCount, options, true);
  const Tensor read = encoder->forward(exam.pictures);
  fmt::print("exam at {:.1f} min:", minutes);
  const auto choices = [&](const auto& all, int64_t slot) {
    for (const Choice& choice : all) {
      const auto best = [&](const Tensor& t) {
        return t.select(1, slot).narrow(-1, choice.at, choice.count).argmax(-1);
      };
      fmt::print(" {} {:.3f}", choice.name, Mean(best(read) == best(exam.slots)));
    }
  };
  choices(kSceneChoices, 0);
  choices(kActorChoices, 1);
  const Tensor there = exam.slots.select(-1, kPresentAt) > 0;
  const Tensor right = ((read.select(-1, kPresentAt) > 0) == there).narrow(1, 1, kActorsMax);
  fmt::print(" present {:.3f}", Mean(right));
  const Tensor off = (read - exam.slots).abs().narrow(-1, kCurvesAt, kCurveCount);
  fmt::print(" pan {:.3f}", Mean(off.select(1, 0).select(-1, kPan)));
  for (const auto& [name, curve] : {std::pair{"x", kX}, {"y", kY}, {"size", kLogScale}}) {
    fmt::print(" {} {:.3f}", name, Mean(off.select(1, 1).select(-1, curve)));
  }
  const auto mirrored = [](const Tensor& t) {
    return t.select(1, 1).select(-1, kCurvesAt + kFlip) < 0;
  };
  fmt::print(" side {:.3f}", Mean(mirrored(read) == mirrored(exam.slots)));
  fmt::print("\n");
}

}  // namespace

Status TrainEncoder(const RunOptions& options) {
  torch::manual_seed(options.seed);
  Encoder encoder;
  encoder->to(options.device);
  TrainingState state(*encoder, Settings());
  if (!options.from.empty()) TRY(state.TakeExported("", options.from / "encoder.safetensors"));
  Run run(options, "encoder", state);
  TRY(run.Resume());
  const int count = options.batch > 0 ? static_cast<int>(options.batch) : kBatch;
  const auto batch_of = [&](int64_t step) {
    return MakeExamples(SplitSeed(options.seed ^ 0xE0u, static_cast<uint64_t>(step)), count,
                        options, false);
  };
  const auto examine = [&]() -> Status {
    const TrainingState::Averaged averaged(state);
    Examine(encoder, options, run.minutes());
    return Ok();
  };
  auto next = std::async(std::launch::async, batch_of, run.step());
  double sum = 0, steps = 0;
  for (;;) {
    if (!TRY(run.Continue())) break;
    const Examples batch = next.get();
    next = std::async(std::launch::async, batch_of, run.step() + 1);
    const Tensor loss = LossOf(encoder->forward(batch.pictures), batch.slots);
    loss.backward();
    state.Step(run.RateShare());
    sum += loss.item<double>(), steps += 1;
    if (run.step() < 3 || run.Due(0.5, "log")) {
      TRY(run.Log({{"loss", sum / steps}, {"rate", run.RateShare()}}));
      sum = steps = 0;
    }
    if (run.Due(3, "exam")) TRY(examine());
  }
  TRY(examine());
  return state.Export(options.out / "encoder.safetensors", torch::kFloat16);
}

}  // namespace aozora::trainer
