// SPDX-License-Identifier: Apache-2.0
// Opening a model: what its files say about it, before any network is built.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "model/fingerprint.h"
#include "models/wan/wan_model.h"
#include "text/tokenizer.h"
#include "weights/tensor_file.h"

namespace aozora::wan {
namespace {

constexpr int64_t kTextTokensMax = 4096;

// The number of that name, if it is a sensible one.
std::optional<int64_t> Number(const nlohmann::json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  const auto value = found->get<int64_t>();
  if (value < 1 || value > kTextTokensMax) return std::nullopt;
  return value;
}

// What the tensors' shapes leave open, from the config.json beside the weights: Wan's own has
// "num_heads" and "text_len", diffusers' has "attention_head_dim".
DitHints HintsFor(const Checkpoint& checkpoint, const Part& denoiser) {
  DitHints hints;
  const Weight* patch = denoiser.weights.Find("patch_embedding.bias");
  for (const Checkpoint::TextFile& config : checkpoint.configs) {
    if (config.path.parent_path() != denoiser.file->path.parent_path()) continue;
    if (config.path.filename() != "config.json") continue;
    const auto json = nlohmann::json::parse(config.content, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) continue;
    hints.text_token_count = Number(json, "text_len").value_or(hints.text_token_count);
    const auto heads = Number(json, "num_heads");
    if (heads && patch != nullptr && patch->view.count() % *heads == 0) {
      hints.head_width = patch->view.count() / *heads;
    }
    hints.head_width = Number(json, "attention_head_dim").value_or(hints.head_width);
  }
  return hints;
}

bool HasEncoder(const std::optional<Part>& vae) {
  return vae && vae->weights.Has("encoder.conv1.weight");
}

}  // namespace

Status WanModel::ReadDenoisers() {
  for (const Part& part : parts_.denoisers) {
    const std::string kind = UnsupportedKind(part.weights);
    if (!kind.empty()) {
      return Error::Unsupported(
          "{}: {} is recognised, not yet supported; T2V, TI2V-5B and the "
          "A14B models are",
          part.file->path.filename().string(), kind);
    }
    const DitConfig config = TRY(ReadDitConfig(part.weights, HintsFor(*checkpoint_, part)));
    if (!denoiser_configs_.empty() &&
        (config.width != denoiser_configs_[0].width ||
         config.in_channel_count != denoiser_configs_[0].in_channel_count ||
         config.out_channel_count != denoiser_configs_[0].out_channel_count ||
         config.text_width != denoiser_configs_[0].text_width)) {
      return Error::Invalid("{} and {} are not two experts of one model",
                            parts_.denoisers[0].file->path.string(), part.file->path.string());
    }
    denoiser_configs_.push_back(config);
  }
  const auto count = static_cast<uint32_t>(parts_.denoisers.size());
  variant_ = TRY_WITHIN(parts_.denoisers[0].file->path.filename().string(),
                        DetectVariant(denoiser_configs_[0], count));
  return Ok();
}

Status WanModel::ReadTextEncoder() {
  if (!parts_.text_encoder) {
    return Error::NotFound(
        "no text encoder (UMT5) with {}: put it into text_encoders beside the "
        "model, or name it with --text-encoder",
        checkpoint_->root.string());
  }
  text_config_ = TRY(ReadUmt5Config(parts_.text_encoder->weights));
  if (text_config_.width != denoiser_configs_[0].text_width) {
    return Error::Invalid(
        "{} gives {} numbers a token, and the denoiser takes {}: they do not "
        "belong together",
        parts_.text_encoder->file->path.string(), text_config_.width,
        denoiser_configs_[0].text_width);
  }
  return Ok();
}

void WanModel::ReadDecoders() {
  Capabilities& can = variant_.capabilities;
  can.has_full_decoder = parts_.vae.has_value();
  can.has_tiny_decoder = parts_.tiny_vae.has_value();
  can.has_encoder = HasEncoder(parts_.vae);
  can.bridges = can.has_encoder && can.image_conditioning == ImageConditioning::kExtraChannels;
}

// Everything that people put a model's name into.
std::string WanModel::PresetHint() const {
  std::string hint = checkpoint_->root.filename().string();
  for (const Part& part : parts_.denoisers) {
    const auto& path = part.file->path;
    hint += "\n" + path.parent_path().filename().string() + "\n" + path.filename().string();
    for (const auto& [key, value] : part.file->metadata) hint += "\n" + value;
  }
  for (const OpenedLora& lora : loras_) hint += "\n" + lora.file.path.filename().string();
  return hint;
}

std::string WanModel::MakeFingerprint() const {
  Fingerprint print;
  std::vector<const Part*> all;
  for (const Part& part : parts_.denoisers) all.push_back(&part);
  for (const auto* part : {&parts_.text_encoder, &parts_.vae, &parts_.tiny_vae}) {
    if (*part) all.push_back(&**part);
  }
  for (const Part* part : all) {
    print.Add(fmt::format("part {} {}", Name(part->layout.network), Name(part->layout.layout)));
    print.Add(part->weights);
  }
  for (const OpenedLora& lora : loras_) {
    print.Add(fmt::format("lora {} {} {}", lora.strength, lora.for_high_noise, lora.for_low_noise));
    for (const StoredTensor& tensor : lora.file.tensors) print.Add(tensor.name, tensor.weight);
  }
  for (const std::filesystem::path& path : checkpoint_->tokenizers) print.AddFile(path);
  return print.Hash();
}

Result<std::unique_ptr<Model>> WanModel::Open(std::unique_ptr<const Checkpoint> checkpoint,
                                              std::span<const LoraChoice> loras) {
  auto model = std::make_unique<WanModel>();
  model->checkpoint_ = std::move(checkpoint);
  model->parts_ = TRY(FindParts(*model->checkpoint_));
  TRY(model->ReadDenoisers());
  TRY(model->ReadTextEncoder());
  model->ReadDecoders();
  TRY(model->OpenLoras(loras));
  if (!model->parts_.vae && !model->parts_.tiny_vae) {
    return Error::NotFound(
        "no decoder (VAE) for latents of {} channels with {}: put it into vae "
        "beside the model, or name it with --vae",
        model->variant_.capabilities.latent.channel_count, model->checkpoint_->root.string());
  }
  model->preset_ = ChoosePreset(model->variant_, model->PresetHint());
  model->fingerprint_ = model->MakeFingerprint();
  return std::unique_ptr<Model>(std::move(model));
}

}  // namespace aozora::wan
