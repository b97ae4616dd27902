// SPDX-License-Identifier: Apache-2.0
#include "models/mini/mini_model.h"

#include <algorithm>

#include "model/fingerprint.h"
#include "model/vocabulary.h"
#include "models/mini/bridge.h"
#include "models/mini/clean_denoiser.h"
#include "models/mini/encoder.h"
#include "models/mini/painter.h"
#include "models/mini/position_denoiser.h"
#include "models/mini/steady_denoiser.h"
#include "models/wan/dit.h"
#include "text/tokenizer.h"
#include "weights/name_map.h"

namespace aozora::mini {
namespace {

constexpr std::string_view kTextEncoderFile = "text_encoder.safetensors";
constexpr std::string_view kDenoiserFile = "denoiser.safetensors";
constexpr std::string_view kPainterFile = "painter.safetensors";
constexpr std::string_view kEncoderFile = "encoder.safetensors";  // need not be there
constexpr std::string_view kTokenizerFile = "tokenizer.model";
constexpr std::string_view kVocabularyFile = "vocabulary.json";  // need not be there

std::filesystem::path TokenizerPath(const Checkpoint& checkpoint) {
  return checkpoint.root / kTokenizerFile;
}

}  // namespace

const Checkpoint::TextFile* FindConfig(const Checkpoint& checkpoint) {
  for (const Checkpoint::TextFile& config : checkpoint.configs) {
    const bool own = config.path == checkpoint.root / "config.json";
    if (own && IsMiniConfig(config.content)) return &config;
  }
  return nullptr;
}

Result<std::unique_ptr<Model>> MiniModel::Open(std::unique_ptr<const Checkpoint> checkpoint) {
  auto model = std::make_unique<MiniModel>();
  model->checkpoint_ = std::move(checkpoint);
  const Checkpoint::TextFile& config = *FindConfig(*model->checkpoint_);
  model->config_ = TRY_WITHIN(config.path.string(), ReadMiniConfig(config.content));
  model->text_encoder_ = TRY(model->FindPart(kTextEncoderFile));
  model->denoiser_ = TRY(model->FindPart(kDenoiserFile));
  model->painter_ = TRY(model->FindPart(kPainterFile));
  if (model->HasFile(kEncoderFile)) model->encoder_ = TRY(model->FindPart(kEncoderFile));
  model->text_config_ = TRY(wan::ReadUmt5Config(model->text_encoder_.weights));
  const wan::DitHints hints{.head_width = model->config_.head_width,
                            .text_token_count = model->config_.text_token_count};
  model->denoiser_config_ = TRY(wan::ReadDitConfig(model->denoiser_.weights, hints));
  TRY_WITHIN(model->checkpoint_->root.string(), model->CheckSizes());
  model->DecideCapabilities();
  TRY(model->ReadVocabulary());
  model->fingerprint_ = model->MakeFingerprint(config.content);
  return std::unique_ptr<Model>(std::move(model));
}

bool MiniModel::HasFile(std::string_view file_name) const {
  return std::any_of(
      checkpoint_->files.begin(), checkpoint_->files.end(),
      [&](const TensorFile& file) { return file.path == checkpoint_->root / file_name; });
}

Result<MiniModel::Part> MiniModel::FindPart(std::string_view file_name) const {
  for (const TensorFile& file : checkpoint_->files) {
    if (file.path != checkpoint_->root / file_name) continue;
    TensorSet set = TRY(MakeTensorSet(file, SameNames()));
    return Part{&file, std::move(set)};
  }
  return Error::NotFound("{} has no {}, which its model needs: get the folder again",
                         checkpoint_->root.string(), file_name);
}

// Whether the parts belong together.
Status MiniModel::CheckSizes() const {
  const wan::DitConfig& dit = denoiser_config_;
  if (text_config_.width != dit.text_width) {
    return Error::Invalid("the text encoder gives {} numbers a token and the denoiser takes {}",
                          text_config_.width, dit.text_width);
  }
  const int64_t channels = config_.latent.channel_count;
  const int64_t positions = config_.position_channels;
  if (dit.in_channel_count != channels + positions ||
      dit.out_channel_count != channels + positions) {
    return Error::Invalid(
        "the denoiser takes {} channels and gives {}, and latents have {} (latent.channels), "
        "positions {} (denoiser.position_channels): files of two models, get the folder again",
        dit.in_channel_count, dit.out_channel_count, channels, positions);
  }
  TRY(CheckPainterLatent(config_.latent));
  if (encoder_) TRY(CheckEncoderShapes(encoder_->weights));
  return CheckPainterShapes(painter_.weights);
}

void MiniModel::DecideCapabilities() {
  capabilities_.family = "Aozora";
  capabilities_.variant = config_.name;
  capabilities_.latent = config_.latent;
  capabilities_.text_token_count_max = static_cast<uint32_t>(config_.text_token_count);
  capabilities_.side_px_min = config_.side_px_min;
  capabilities_.trained_frame_count = config_.trained_frame_count;
  capabilities_.continued_latent_count = config_.continued_latent_count;
  capabilities_.bridges = config_.continued_latent_count > 0;
  capabilities_.has_full_decoder = true;
  if (!encoder_) return;
  capabilities_.has_encoder = true;
  capabilities_.image_conditioning = ImageConditioning::kFirstLatent;
  capabilities_.image_note =
      "the clip starts from the nearest scene to the picture that this model knows: setting, time, "
      "weather, subject, colour, place and size are read from it, and nothing else";
}

Status MiniModel::ReadVocabulary() {
  const std::filesystem::path path = checkpoint_->root / kVocabularyFile;
  for (const Checkpoint::TextFile& text : checkpoint_->configs) {
    if (text.path != path) continue;
    capabilities_.vocabulary = std::make_shared<const Vocabulary>(
        TRY_WITHIN(path.string(), Vocabulary::FromJson(text.content)));
  }
  return Ok();
}

std::string MiniModel::MakeFingerprint(std::string_view config) const {
  Fingerprint print;
  print.Add(config);
  for (const Part* part : {&text_encoder_, &denoiser_, &painter_}) print.Add(part->weights);
  if (encoder_) print.Add(encoder_->weights);
  print.AddFile(TokenizerPath(*checkpoint_));
  return print.Hash();
}

std::vector<PartInfo> MiniModel::parts() const {
  const auto describe = [](std::string_view name, const Part& part, std::string sizes) {
    return DescribePart(name, *part.file, "own", part.weights, std::move(sizes));
  };
  const wan::DitConfig& d = denoiser_config_;
  const wan::Umt5Config& t = text_config_;
  std::vector<PartInfo> parts = {
      describe("denoiser", denoiser_,
               fmt::format("{} layers, width {}, {} heads, ffn {}, {} channels", d.layer_count,
                           d.width, d.head_count(), d.ffn_width, d.in_channel_count)),
      describe("text encoder", text_encoder_,
               fmt::format("{} layers, width {}, {} heads, ffn {}, {} tokens", t.layer_count,
                           t.width, t.head_count, t.ffn_width, t.vocabulary_count)),
      describe("decoder", painter_, "coordinate networks, any size"),
  };
  if (encoder_) parts.push_back(describe("encoder", *encoder_, "convolutions, reads one picture"));
  return parts;
}

Result<std::unique_ptr<Tokenizer>> MiniModel::OpenTokenizer() const {
  Tokenizer tokenizer = TRY(Tokenizer::FromFile(TokenizerPath(*checkpoint_)));
  if (tokenizer.vocabulary_size() > text_config_.vocabulary_count) {
    return Error::Invalid(
        "the tokenizer has {} tokens and the text encoder {}: they do not belong together",
        tokenizer.vocabulary_size(), text_config_.vocabulary_count);
  }
  return std::make_unique<Tokenizer>(std::move(tokenizer));
}

Result<std::unique_ptr<TextEncoder>> MiniModel::OpenTextEncoder(op::Device& device) const {
  return wan::MakeUmt5(device, text_encoder_.weights, text_config_, {.pack = false});
}

Result<std::unique_ptr<Denoiser>> MiniModel::OpenDenoiser(op::Device& device,
                                                          uint32_t index) const {
  CHECK_EQ(index, 0u);
  std::unique_ptr<Denoiser> network =
      TRY(wan::MakeDit(device, denoiser_.weights, denoiser_config_));
  if (config_.position_channels > 0) network = MakeWithPositions(std::move(network));
  if (config_.prediction == Prediction::kVelocity) return network;
  return MakeVelocityFromClean(MakeSteady(std::move(network)));
}

Result<std::unique_ptr<VideoDecoder>> MiniModel::OpenDecoder(op::Device& device,
                                                             DecoderKind kind) const {
  if (kind == DecoderKind::kTiny) {
    return Error::NotFound("this model has one decoder, which is small already: use full");
  }
  return MakePainter(device, painter_.weights, config_.latent);
}

Result<std::unique_ptr<VideoEncoder>> MiniModel::OpenEncoder(op::Device& device) const {
  if (!encoder_) return Error::NotFound("this model has no encoder for pictures");
  return MakeEncoder(device, encoder_->weights);
}

std::vector<float> MiniModel::BridgeLatents(const LatentView& source, const LatentView& target,
                                            uint32_t frame_count) const {
  return BridgeSlots(source, target, frame_count);
}

Cost MiniModel::TextEncoderCost(uint64_t token_count) const {
  Cost cost = wan::Umt5Cost(text_config_, token_count);
  cost.weight_bytes = text_encoder_.weights.bytes();
  return cost;
}

Cost MiniModel::DenoiserCost(const LatentSize& latent, uint64_t text_token_count) const {
  Cost cost = wan::DitCost(denoiser_config_, latent, text_token_count);
  cost.weight_bytes = denoiser_.weights.bytes();
  return cost;
}

Cost MiniModel::DecoderCost(const ClipSize& clip, DecoderKind kind) const {
  if (kind == DecoderKind::kTiny) return {};
  Cost cost = PainterCost(clip);
  cost.weight_bytes = painter_.weights.bytes();
  return cost;
}

Cost MiniModel::EncoderCost(const ClipSize& clip) const {
  if (!encoder_) return {};
  Cost cost = mini::EncoderCost(clip);
  cost.weight_bytes = encoder_->weights.bytes();
  return cost;
}

}  // namespace aozora::mini
