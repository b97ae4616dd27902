// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit.h"
#include "models/wan/golden.h"

namespace aozora::wan {
namespace {

// Measured floor in float32: 1.6e-6; of rounded weights: 1.0e-3 and 7.4e-3.
constexpr GoldenTolerances kDitTolerances = {{1e-5, 5e-5}, {4e-3, 2e-2}, {2e-2, 1e-1}};

Status RunDitCase(op::Device& device, Denoiser& dit, GoldenCase& golden) {
  const GoldenTensor& latent = *TRY(golden.Find("in.latent"));
  const GoldenTensor& timesteps = *TRY(golden.Find("in.t"));
  const GoldenTensor& context = *TRY(golden.Find("in.context"));
  if (latent.shape.rank() != 4 || context.shape.rank() != 2) {
    return Error::Corrupt("latent {} and context {}", ToString(latent.shape),
                          ToString(context.shape));
  }
  const Probe probe = golden.MakeProbe(device);
  const TextEmbedding text{context.shape[0], context.shape[1], context.values};
  const auto prompt = TRY(dit.PreparePrompt(device, text, probe));
  Denoiser::Input input;
  input.latent = latent.values;
  input.timesteps = timesteps.values;
  input.size = {static_cast<uint32_t>(latent.shape[0]), static_cast<uint32_t>(latent.shape[1]),
                static_cast<uint32_t>(latent.shape[2]), static_cast<uint32_t>(latent.shape[3])};
  if (golden.Has("in.condition")) input.condition = TRY(golden.Find("in.condition"))->values;
  std::vector<float> velocity(latent.values.size());
  TRY(dit.Predict(device, *prompt, input, velocity, probe));
  golden.Compare("out.velocity", velocity);
  return Ok();
}

}  // namespace

Result<std::vector<GoldenRow>> RunDitGolden(op::Device& device, const GoldenFile& file) {
  std::vector<GoldenRow> rows;
  for (const NetworkLayout& layout : FindNetworks(file.weights)) {
    if (layout.network != Network::kDit) continue;
    TensorSet weights = TRY(GoldenWeights(file, layout));
    const GoldenTolerance tolerance = TRY(ToleranceFor(kDitTolerances, weights));
    DitHints hints;
    hints.text_token_count = file.Integer("text_len", hints.text_token_count);
    hints.head_width = file.Integer("head_width", hints.head_width);
    const DitConfig config = TRY(ReadDitConfig(weights, hints));
    const auto dit = TRY(MakeDit(device, std::move(weights), config));
    for (const auto& [name, tensors] : file.cases) {
      GoldenCase golden(file, name, tolerance);
      TRY_WITHIN(name, RunDitCase(device, *dit, golden));
      for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
    }
  }
  if (rows.empty()) return Error::NotFound("no denoiser and no cases");
  return rows;
}

}  // namespace aozora::wan
