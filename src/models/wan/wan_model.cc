// SPDX-License-Identifier: Apache-2.0
#include "models/wan/wan_model.h"

#include <algorithm>

#include "models/wan/decoders.h"
#include "models/wan/dit.h"
#include "models/wan/tokenizer_source.h"
#include "text/tokenizer.h"
#include "weights/lora.h"

namespace aozora::wan {
namespace {

// LoRAs come with the names of any layout; those of diffusers are none of the original's.
NameMap LoraNames() {
  return [](std::string_view stored) -> std::optional<std::string> {
    return CanonicalName({Network::kDit, Layout::kDiffusers}, stored);
  };
}

// The text encoder is used once for a clip: its layers pass through memory one by one.
constexpr WeightPolicy kTextEncoderPolicy = {.pack = false, .release = true};

DecoderOptions OptionsFor(DecoderKind kind) {
  return {.compact_history = kind == DecoderKind::kFull};
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> WanModel::OpenTokenizer() const {
  Tokenizer tokenizer = TRY(ReadTokenizer(*checkpoint_, *parts_.text_encoder->file));
  if (tokenizer.vocabulary_size() > text_config_.vocabulary_count) {
    return Error::Invalid(
        "the tokenizer has {} tokens and the text encoder {}: they do not belong "
        "together",
        tokenizer.vocabulary_size(), text_config_.vocabulary_count);
  }
  return std::make_unique<Tokenizer>(std::move(tokenizer));
}

Result<std::unique_ptr<TextEncoder>> WanModel::OpenTextEncoder(op::Device& device) const {
  return MakeUmt5(device, parts_.text_encoder->weights, text_config_, kTextEncoderPolicy);
}

Result<std::unique_ptr<Denoiser>> WanModel::OpenDenoiser(op::Device& device, uint32_t index) const {
  CHECK_LT(index, parts_.denoisers.size());
  TensorSet weights = parts_.denoisers[index].weights;
  for (const OpenedLora& lora : loras_) {
    if (!LoraIsFor(lora, index)) continue;
    TRY(MergeLora(lora.file, LoraNames(), lora.strength, &weights, &device.pool()));
  }
  return MakeDit(device, std::move(weights), denoiser_configs_[index]);
}

Result<std::unique_ptr<VideoDecoder>> WanModel::OpenDecoder(op::Device& device,
                                                            DecoderKind kind) const {
  if (kind == DecoderKind::kTiny) {
    if (!parts_.tiny_vae) {
      return Error::NotFound("no tiny decoder (TAEHV): put taew2_1 or taew2_2 beside the model");
    }
    return MakeTinyDecoder(device, parts_.tiny_vae->weights);
  }
  if (!parts_.vae) return Error::NotFound("no VAE beside the model");
  return parts_.vae->layout.network == Network::kVae21
             ? MakeVae21Decoder(device, parts_.vae->weights, OptionsFor(kind))
             : MakeVae22Decoder(device, parts_.vae->weights, OptionsFor(kind));
}

Result<std::unique_ptr<VideoEncoder>> WanModel::OpenEncoder(op::Device& device) const {
  if (!variant_.capabilities.has_encoder) {
    return Error::NotFound(
        "no VAE with an encoder beside the model, which starting from a picture "
        "takes");
  }
  return parts_.vae->layout.network == Network::kVae21
             ? MakeVae21Encoder(device, parts_.vae->weights)
             : MakeVae22Encoder(device, parts_.vae->weights);
}

Cost WanModel::TextEncoderCost(uint64_t token_count) const {
  Cost cost = Umt5Cost(text_config_, token_count);
  cost.weight_bytes = parts_.text_encoder->weights.bytes();
  return cost;
}

Cost WanModel::DenoiserCost(const LatentSize& latent, uint64_t text_token_count) const {
  Cost worst;
  for (size_t i = 0; i < parts_.denoisers.size(); ++i) {
    Cost cost = DitCost(denoiser_configs_[i], latent, text_token_count);
    cost.weight_bytes = DenoiserBytes(i);
    if (cost.weight_bytes + cost.scratch_bytes >= worst.weight_bytes + worst.scratch_bytes) {
      worst = cost;
    }
  }
  return worst;
}

Cost WanModel::DecoderCost(const ClipSize& clip, DecoderKind kind) const {
  const LatentSize latent = variant_.capabilities.latent.Latent(clip);
  if (kind == DecoderKind::kTiny) {
    return parts_.tiny_vae ? TinyDecoderCost(parts_.tiny_vae->weights, latent) : Cost();
  }
  if (!parts_.vae) return Cost();
  return parts_.vae->layout.network == Network::kVae21
             ? Vae21DecoderCost(parts_.vae->weights, latent, OptionsFor(kind))
             : Vae22DecoderCost(parts_.vae->weights, latent, OptionsFor(kind));
}

Cost WanModel::EncoderCost(const ClipSize& clip) const {
  if (!variant_.capabilities.has_encoder) return Cost();
  return parts_.vae->layout.network == Network::kVae21
             ? Vae21EncoderCost(parts_.vae->weights, clip)
             : Vae22EncoderCost(parts_.vae->weights, clip);
}

bool WanModel::LoraIsFor(const OpenedLora& lora, size_t denoiser) const {
  if (parts_.denoisers.size() == 1) return true;
  return denoiser == 0 ? lora.for_high_noise : lora.for_low_noise;
}

// A merged weight owns its memory: quantised ones become f16.
uint64_t WanModel::DenoiserBytes(size_t index) const {
  const TensorSet& weights = parts_.denoisers[index].weights;
  const bool merged = std::any_of(loras_.begin(), loras_.end(),
                                  [&](const OpenedLora& lora) { return LoraIsFor(lora, index); });
  if (!merged) return weights.bytes();
  uint64_t bytes = 0;
  for (const std::string& name : weights.Names()) {
    const Weight& weight = *weights.Find(name);
    bytes += std::max(weight.bytes(), static_cast<uint64_t>(weight.view.count()) * 2);
  }
  return bytes;
}

std::vector<PartInfo> WanModel::parts() const {
  std::vector<PartInfo> all;
  for (size_t i = 0; i < parts_.denoisers.size(); ++i) {
    const DitConfig& c = denoiser_configs_[i];
    const std::string_view name = parts_.denoisers.size() == 1 ? "denoiser"
                                  : i == 0                     ? "denoiser for much noise"
                                                               : "denoiser for little noise";
    all.push_back(Describe(name, parts_.denoisers[i],
                           fmt::format("{} layers, width {}, {} heads, ffn {}, {} channels in, {} "
                                       "out",
                                       c.layer_count, c.width, c.head_count(), c.ffn_width,
                                       c.in_channel_count, c.out_channel_count)));
  }
  const Umt5Config& t = text_config_;
  all.push_back(
      Describe("text encoder", *parts_.text_encoder,
               fmt::format("{} layers, width {}, {} heads, ffn {}, {} tokens", t.layer_count,
                           t.width, t.head_count, t.ffn_width, t.vocabulary_count)));
  const uint32_t channels = variant_.capabilities.latent.channel_count;
  const std::string sizes = fmt::format("{} channels", channels);
  if (parts_.vae) all.push_back(Describe("decoder", *parts_.vae, sizes));
  if (parts_.tiny_vae) all.push_back(Describe("tiny decoder", *parts_.tiny_vae, sizes));
  return all;
}

Status WanModel::OpenLoras(std::span<const LoraChoice> loras) {
  for (const LoraChoice& choice : loras) {
    OpenedLora lora{TRY(OpenTensorFile(choice.path)), choice.strength};
    const Half half = HalfOf(choice.path);
    lora.for_high_noise = half != Half::kLow;
    lora.for_low_noise = half != Half::kHigh;
    for (size_t i = 0; i < parts_.denoisers.size(); ++i) {
      if (!LoraIsFor(lora, i)) continue;
      TRY(CheckLora(lora.file, LoraNames(), lora.strength, parts_.denoisers[i].weights));
    }
    loras_.push_back(std::move(lora));
  }
  return Ok();
}

}  // namespace aozora::wan
