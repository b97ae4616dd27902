// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "model/catalog.h"
#include "model/vocabulary.h"
#include "model_options.h"

namespace aozora::app {
namespace {

struct Needs {
  uint64_t denoise_bytes, decode_bytes, encoder_bytes;
};

// What making a clip of the preset's size takes in memory, stage by stage.
Needs NeedsOf(const Model& model) {
  const LatentSize latent = model.capabilities().latent.Latent(model.preset().clip);
  const Cost denoise = model.DenoiserCost(latent, model.capabilities().text_token_count_max);
  const DecoderKind kind =
      model.capabilities().has_full_decoder ? DecoderKind::kFull : DecoderKind::kTiny;
  const Cost decode = model.DecoderCost(model.preset().clip, kind);
  return {denoise.weight_bytes + denoise.scratch_bytes, decode.weight_bytes + decode.scratch_bytes,
          model.TextEncoderCost(model.capabilities().text_token_count_max).weight_bytes};
}

void PrintJson(const Model& model) {
  const Capabilities& can = model.capabilities();
  const Preset& preset = model.preset();
  nlohmann::json parts = nlohmann::json::array();
  for (const PartInfo& part : model.parts()) {
    parts.push_back({{"part", part.part},
                     {"file", part.file},
                     {"layout", part.layout},
                     {"sizes", part.sizes},
                     {"dtypes", part.dtypes},
                     {"parameters", part.parameter_count},
                     {"bytes", part.bytes}});
  }
  const Needs needs = NeedsOf(model);
  const nlohmann::json json = {
      {"family", can.family},
      {"variant", can.variant},
      {"parts", parts},
      {"text_to_video", can.text_to_video},
      {"image_to_video", can.image_conditioning != ImageConditioning::kNone},
      {"preset",
       {{"name", preset.name},
        {"sampler", preset.sampler},
        {"steps", preset.step_count},
        {"shift", preset.shift},
        {"guidance", preset.guidance},
        {"frame_rate", preset.frame_rate},
        {"size", fmt::format("{}x{}", preset.clip.width_px, preset.clip.height_px)},
        {"frames", preset.clip.frame_count}}},
      {"memory_bytes", {{"denoise", needs.denoise_bytes}, {"decode", needs.decode_bytes}}},
  };
  fmt::print("{}\n", json.dump());
}

void Print(const Model& model) {
  const Capabilities& can = model.capabilities();
  const Preset& preset = model.preset();
  fmt::print("{} {}\n", can.family, can.variant);
  for (const PartInfo& part : model.parts()) {
    fmt::print("  {:13} {}\n                {}; {}; {:.3f} G parameters in {}; {} layout\n",
               part.part, part.file, part.sizes, part.dtypes,
               static_cast<double>(part.parameter_count) * 1e-9, HumanBytes(part.bytes),
               part.layout);
  }
  fmt::print(
      "  preset        {}: {} steps of {}, shift {}, guidance {}; {}x{}, {} frames at {}/s\n",
      preset.name, preset.step_count, preset.sampler, preset.shift,
      preset.guidance.empty() ? 1.0 : preset.guidance[0], preset.clip.width_px,
      preset.clip.height_px, preset.clip.frame_count, preset.frame_rate);
  fmt::print("  makes video   from text: {}; from a picture: {}\n",
             can.text_to_video ? "yes" : "no",
             can.image_conditioning != ImageConditioning::kNone ? "yes" : "no");
  const Needs needs = NeedsOf(model);
  fmt::print(
      "  memory        {} to denoise, {} to decode at that size (text encoder: {} mapped, "
      "passed through once)\n",
      HumanBytes(needs.denoise_bytes), HumanBytes(needs.decode_bytes),
      HumanBytes(needs.encoder_bytes));
}

}  // namespace

Command AddInspect(CLI::App& app) {
  struct InspectCommand {
    ModelOptions model;
    std::string path;
    bool json = false;
  };
  const auto options = std::make_shared<InspectCommand>();
  app.add_option("path", options->path, "Folder, checkpoint file, or installed model")->required();
  app.add_flag("--json", options->json, "Print one JSON object");
  options->model.AddTo(app);
  return [options](const Environment& environment) -> Status {
    options->model.model = options->path;
    const std::unique_ptr<Model> model = TRY(options->model.Open(environment));
    if (options->json) {
      PrintJson(*model);
    } else {
      Print(*model);
    }
    return Ok();
  };
}

namespace {

// What a model knows, topic by topic.
Status PrintAbout(const std::string& name, const Environment& environment) {
  ModelOptions options;
  options.model = name;
  const std::unique_ptr<Model> model = TRY(options.Open(environment));
  Print(*model);
  const auto& vocabulary = model->capabilities().vocabulary;
  if (vocabulary == nullptr) {
    fmt::print("  knows         whatever its makers showed it: any words\n");
    return Ok();
  }
  for (const Vocabulary::Topic& topic : vocabulary->topics()) {
    fmt::print("  {:13} {}\n", topic.name, fmt::join(topic.things, ", "));
  }
  return Ok();
}

}  // namespace

Command AddModels(CLI::App& app) {
  const auto json = std::make_shared<bool>(false);
  const auto about = std::make_shared<std::string>();
  app.add_flag("--json", *json, "Print one JSON object a line");
  app.add_option("--about", *about, "A model: what it is, and what it knows");
  return [json, about](const Environment& environment) -> Status {
    if (!about->empty()) return PrintAbout(*about, environment);
    std::vector<InstalledModel> models = TRY(ListModels(environment.models_folder));
    if (!environment.shipped_folder.empty()) {
      std::vector<InstalledModel> shipped = TRY(ListModels(environment.shipped_folder));
      models.insert(models.end(), shipped.begin(), shipped.end());
    }
    if (models.empty() && !*json) {
      fmt::print("no models in {} (set AOZORA_MODELS for another folder)\n",
                 environment.models_folder.string());
    }
    for (const InstalledModel& installed : models) {
      ModelOptions options;
      options.model = installed.path.string();
      const Result<std::unique_ptr<Model>> model = options.Open(environment);
      const std::string what = model.ok()
                                   ? fmt::format("{} {}", (*model)->capabilities().family,
                                                 (*model)->capabilities().variant)
                                   : fmt::format("cannot be used: {}", model.error().message());
      if (*json) {
        const nlohmann::json line = {{"name", installed.name},
                                     {"path", installed.path.string()},
                                     {"usable", model.ok()},
                                     {"what", what}};
        fmt::print("{}\n", line.dump());
      } else {
        fmt::print("{:32} {}\n", installed.name, what);
      }
    }
    return Ok();
  };
}

}  // namespace aozora::app
