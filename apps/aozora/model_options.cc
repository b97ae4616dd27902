// SPDX-License-Identifier: Apache-2.0
#include "model_options.h"

#include <cmath>
#include <cstdlib>

#include "engine.h"
#include "model/catalog.h"

namespace aozora::app {
namespace {

constexpr float kLoraStrengthMax = 10;

Result<std::filesystem::path> PathOf(const std::string& model, const Environment& environment) {
  const std::filesystem::path& shipped = environment.shipped_folder;
  if (model.empty()) {
    if (!shipped.empty()) return shipped / kDefaultModel;
    return Error::NotFound(
        "the model that comes with the program ({}) is not beside it: set AOZORA_WEIGHTS to the "
        "folder that holds it, or name another with --model",
        kDefaultModel);
  }
  std::vector<std::filesystem::path> folders = {environment.models_folder};
  if (!shipped.empty()) folders.push_back(shipped);
  return ResolveModel(folders, model);
}

}  // namespace

void ModelOptions::AddTo(CLI::App& app) {
  app.add_option(
      "--model", model,
      "Folder, checkpoint file, or name of an installed model (the one that comes with the "
      "program if left out)");
  app.add_option("--text-encoder", text_encoder, "Text encoder file, if not beside the model");
  app.add_option("--vae", vae, "Full decoder file, if not beside the model");
  app.add_option("--tiny-decoder", tiny_decoder, "Tiny decoder file, if not beside the model");
  app.add_option("--tokenizer", tokenizer, "SentencePiece model file, if not beside the model");
  app.add_option("--lora", loras, "LoRA file, with strength as FILE:0.8; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

Result<LoraChoice> ParseLora(std::string_view text) {
  LoraChoice choice;
  choice.path = text;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return choice;
  const std::string number(text.substr(colon + 1));
  char* end = nullptr;
  const float strength = std::strtof(number.c_str(), &end);
  if (*end != '\0') return choice;
  if (!(std::abs(strength) <= kLoraStrengthMax)) {
    return Error::Invalid("LoRA strength {}: must be between -{} and {}", number, kLoraStrengthMax,
                          kLoraStrengthMax);
  }
  choice.path = text.substr(0, colon);
  choice.strength = strength;
  return choice;
}

Result<std::unique_ptr<Model>> ModelOptions::Open(const Environment& environment) const {
  CheckpointPaths paths;
  paths.model = TRY(PathOf(model, environment));
  paths.text_encoder = text_encoder;
  paths.decoder = vae;
  paths.tiny_decoder = tiny_decoder;
  paths.tokenizer = tokenizer;
  std::vector<LoraChoice> choices;
  for (const std::string& lora : loras) choices.push_back(TRY(ParseLora(lora)));
  return OpenModel(Families(), paths, choices);
}

}  // namespace aozora::app
