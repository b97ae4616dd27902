// SPDX-License-Identifier: Apache-2.0
// What libtorch makes of the exported weights, for the engine to be compared with.
#include <fmt/core.h>

#include "trainer/captions.h"
#include "trainer/denoiser.h"
#include "trainer/painter_data.h"
#include "trainer/presets.h"

namespace aozora::trainer {
namespace {

constexpr const char* kPrompt = "a red sailboat drifts across a calm sea at sunset";
constexpr uint32_t kWidthPx = 96, kHeightPx = 54;
constexpr double kInstantsS[] = {0, 1.37, 3.9};
constexpr uint64_t kSceneSeed = 11;

// [T, 4, 72] slots to the engine's latent [18, T, 2, 8].
torch::Tensor ToEngine(const torch::Tensor& slots) {
  return slots.view({slots.size(0), kSlotCount, kSlotValues / 4, 2, 2})
      .permute({2, 0, 3, 1, 4})
      .reshape({kSlotValues / 4, slots.size(0), 2, 2 * kSlotCount})
      .contiguous();
}

}  // namespace

Status WriteGoldens(const RunOptions& options) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(options.seed);
  const Tokenizer tokenizer = TRY(Tokenizer::FromFile(options.out / "tokenizer.model"));
  TextToSlots model(tokenizer.vocabulary_size(), DenoiserConfig());
  TRY(LoadParameters(*model->text, options.out / "text_encoder.safetensors"));
  TRY(LoadParameters(*model->denoiser, options.out / "denoiser.safetensors"));
  Painter painter;
  TRY(LoadParameters(*painter, options.out / "painter.safetensors"));

  const auto [ids, lengths] = ToIds({kPrompt}, tokenizer, torch::kCPU);
  const torch::Tensor text = model->text(ids, lengths);
  world::Scene scene = OnKnownGround(SampleScene(kSceneSeed, options.subset()));
  scene.duration_s = 4;
  const SlotLatent latent = EncodeScene(scene);
  const torch::Tensor slots =
      torch::tensor(latent.values).view({latent.frame_count, kSlotCount, kSlotValues});
  const double sigma = 0.6;
  const torch::Tensor noisy = slots * (1 - sigma) + torch::randn_like(slots) * sigma;
  torch::Tensor timesteps = torch::full({1, latent.frame_count}, sigma * 1000, torch::kFloat32);
  timesteps[0][0] = 0;
  const torch::Tensor clean = model->denoiser(noisy.unsqueeze(0), timesteps, text, lengths)[0];
  const torch::Tensor noise = torch::randn_like(slots);
  const torch::Tensor sampled =
      Sample(model, noise.unsqueeze(0), ids, lengths, tokenizer.end_id(), {})[0];
  std::vector<std::pair<std::string, torch::Tensor>> tensors = {
      {"ids", ids[0].to(torch::kFloat32)},
      {"text", text[0]},
      {"latent", ToEngine(slots)},
      {"noisy", ToEngine(noisy)},
      {"timesteps", timesteps[0]},
      {"clean", ToEngine(clean)},
      {"noise", ToEngine(noise)},
      {"sampled", ToEngine(sampled)},
      {"instants", torch::tensor(std::vector<double>(std::begin(kInstantsS), std::end(kInstantsS)))
                       .to(torch::kFloat32)}};
  for (size_t i = 0; i < std::size(kInstantsS); ++i) {
    FrameCollector collector;
    collector.Add(latent, kInstantsS[i], FootprintOf(kWidthPx, kHeightPx));
    const torch::Tensor colour =
        painter->Paint(collector.Finish(torch::kCPU), PicturePoints(kWidthPx, kHeightPx), 0).colour;
    tensors.emplace_back(fmt::format("picture{}", i), colour.view({kHeightPx, kWidthPx, 3}));
  }
  const SamplerSettings sampler;
  return SaveTensors(options.out / "golden.safetensors", tensors,
                     {{"golden", "mini"},
                      {"prompt", kPrompt},
                      {"steps", std::to_string(sampler.steps)},
                      {"shift", fmt::format("{}", sampler.shift)},
                      {"guidance", fmt::format("{}", sampler.guidance)}});
}

}  // namespace aozora::trainer
