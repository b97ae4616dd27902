// SPDX-License-Identifier: Apache-2.0
// What libtorch makes of the exported weights, for the engine to be compared with.
#include <fmt/core.h>

#include "trainer/captions.h"
#include "trainer/denoiser.h"
#include "trainer/encoder.h"
#include "trainer/painter_data.h"
#include "trainer/presets.h"

namespace aozora::trainer {
namespace {

constexpr const char* kPrompt = "a red sailboat drifts across a calm sea at sunset";
constexpr uint32_t kWidthPx = 96, kHeightPx = 54;
constexpr float kInstantsS[] = {0, 1.37f, 3.9f};
constexpr double kSigma = 0.6;

// Several of a kind, whose sails stand apart and turn at a pace of their own.
world::Scene SceneOfWindmills(const world::WorldSubset& subset) {
  for (uint64_t seed = 0;; ++seed) {
    world::Scene scene = OnKnownGround(SampleScene(seed, subset));
    const world::Actor& first = scene.first;
    if (first.subject != world::Subject::kWindmill || first.motion != world::Motion::kSpin ||
        scene.count == world::Count::kOne) {
      continue;
    }
    scene.duration_s = 4;
    return scene;
  }
}

using Tensors = std::vector<std::pair<std::string, torch::Tensor>>;

// [T, 4, 72] slots to the engine's latent [18, T, 2, 8].
torch::Tensor ToEngine(const torch::Tensor& slots) {
  return slots.view({slots.size(0), kSlotCount, kSlotValues / 4, 2, 2})
      .permute({2, 0, 3, 1, 4})
      .reshape({kSlotValues / 4, slots.size(0), 2, 2 * kSlotCount})
      .contiguous();
}

// A golden file is a checkpoint with its cases (src/model/golden.h).
Status Write(const std::filesystem::path& path, const torch::nn::Module& network,
             const Tensors& cases, const std::string& model, const std::string& config) {
  Tensors tensors;
  for (const auto& item : network.named_parameters())
    tensors.emplace_back(item.key(), item.value());
  for (const auto& [name, value] : cases) {
    tensors.emplace_back("golden.real." + name, value.to(torch::kFloat32).contiguous());
  }
  return SaveTensors(path, tensors, {{"golden.model", model}, {"golden.config", config}});
}

torch::Tensor Vector(std::initializer_list<float> values) {
  return torch::tensor(std::vector<float>(values));
}

Status WritePainter(const RunOptions& options, const SlotLatent& latent,
                    const torch::Tensor& slots) {
  Painter painter;
  TRY(LoadParameters(*painter, options.out / "painter.safetensors"));
  std::vector<torch::Tensor> pictures;
  for (const float time_s : kInstantsS) {
    pictures.push_back(PaintPicture(painter, latent, time_s, kWidthPx, kHeightPx, torch::kCPU));
  }
  return Write(options.out / "golden" / "mini_painter.safetensors", *painter,
               {{"in.latent", ToEngine(slots)},
                {"in.size", Vector({kWidthPx, kHeightPx})},
                {"in.time_s", Vector({kInstantsS[0], kInstantsS[1], kInstantsS[2]})},
                {"out.pictures", torch::stack(pictures)}},
               "mini_painter", "{}");
}

Status WriteEncoder(const RunOptions& options, const world::Scene& scene) {
  Encoder encoder;
  TRY(LoadParameters(*encoder, options.out / "encoder.safetensors"));
  const Image image = RenderFrame(scene, kInstantsS[1], kEncoderWidthPx, kEncoderHeightPx);
  const torch::Tensor picture =
      torch::tensor(std::vector<float>(image.rgb.begin(), image.rgb.end()))
              .view({kEncoderHeightPx, kEncoderWidthPx, 3}) /
          127.5 -
      1;
  const torch::Tensor reading = encoder->forward(picture.permute({2, 0, 1}).unsqueeze(0));
  return Write(options.out / "golden" / "mini_encoder.safetensors", *encoder,
               {{"in.picture", picture}, {"out.reading", reading.flatten(1)}}, "mini_encoder",
               "{}");
}

}  // namespace

Status WriteGoldens(const RunOptions& options) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(options.seed);
  std::filesystem::create_directories(options.out / "golden");
  const world::Scene scene = SceneOfWindmills(options.subset());
  const SlotLatent latent = EncodeScene(scene);
  const torch::Tensor slots =
      torch::tensor(latent.values).view({latent.frame_count, kSlotCount, kSlotValues});
  TRY(WritePainter(options, latent, slots));
  TRY(WriteEncoder(options, scene));

  const Tokenizer tokenizer = TRY(Tokenizer::FromFile(options.out / "tokenizer.model"));
  TextToSlots model(tokenizer.vocabulary_size(), DenoiserConfig());
  TRY(LoadParameters(*model->text, options.out / "text_encoder.safetensors"));
  TRY(LoadParameters(*model->denoiser, options.out / "denoiser.safetensors"));
  const auto [ids, lengths] = ToIds({kPrompt}, tokenizer, torch::kCPU);
  const torch::Tensor text = model->text(ids, lengths);
  TRY(Write(options.out / "golden" / "mini_text.safetensors", *model->text,
            {{"in.ids", ids}, {"in.mask", torch::ones_like(ids)}, {"out.hidden", text}}, "umt5",
            "{}"));
  const torch::Tensor noisy = slots * (1 - kSigma) + torch::randn_like(slots) * kSigma;
  torch::Tensor timesteps = torch::full({1, latent.frame_count}, kSigma * 1000, torch::kFloat32);
  timesteps[0][0] = 0;
  const torch::Tensor clean = model->denoiser(noisy.unsqueeze(0), timesteps, text, lengths)[0];
  return Write(
      options.out / "golden" / "mini_denoiser.safetensors", *model->denoiser,
      {{"in.latent", ToEngine(noisy)},
       {"in.t", timesteps[0]},
       {"in.context", text[0]},
       {"out.clean", ToEngine(clean)}},
      "mini_denoiser",
      fmt::format("{{\"head_width\": {}, \"text_len\": {}}}",
                  DenoiserConfig().width / DenoiserConfig().heads, TextEncoderConfig::kTokensMax));
}

}  // namespace aozora::trainer
