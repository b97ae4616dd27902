// SPDX-License-Identifier: Apache-2.0
#include "models/wan/variant.h"

#include <fmt/core.h>

namespace aozora::wan {
namespace {

constexpr LatentGeometry kGeometry21 = {16, 4, 8, DitConfig::kPatch};
constexpr LatentGeometry kGeometry22 = {48, 4, 16, DitConfig::kPatch};
// Four channels of mask, one for each picture of a latent frame, and the encoded picture.
constexpr int64_t kI2VChannels = 36;

// Wan2.2 and Wan2.1, wan/configs/shared_config.py, sample_neg_prompt. The models were tuned with
// it.
constexpr std::string_view kNegativePrompt =
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低"
    "质量，"
    "JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，"
    "形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走";

// Numbers: Wan2.2 wan/configs/*.py; Wan2.1 wan/configs/*.py, generate.py (_validate_args) and, for
// the 1.3B, README.md, which asks for a shift of 8 to 12 and guidance 6.
Preset BasePreset(VariantKind kind) {
  Preset preset;
  preset.name = "full quality";
  preset.sampler = "unipc";
  preset.negative_prompt = kNegativePrompt;
  switch (kind) {
    case VariantKind::kT2V1_3B:
    case VariantKind::kCustom:
      preset.shift = 8;
      preset.guidance = {6};
      break;
    case VariantKind::kT2V14B:
      preset.clip = {1280, 720, 81};
      break;
    case VariantKind::kTI2V5B:
      preset.frame_rate = 24;
      preset.clip = {1280, 704, 121};
      break;
    case VariantKind::kT2VA14B:
      preset.step_count = 40;
      preset.shift = 12;
      preset.guidance = {4, 3};
      preset.boundary = 0.875;
      preset.clip = {1280, 720, 81};
      break;
    case VariantKind::kI2VA14B:
    case VariantKind::kI2V14B:
      preset.step_count = 40;
      preset.guidance = {3.5};
      if (kind == VariantKind::kI2VA14B) {
        preset.guidance = {3.5, 3.5};
        preset.boundary = 0.9;
      }
      preset.clip = {1280, 720, 81};
      break;
  }
  return preset;
}

std::string VariantName(VariantKind kind, const DitConfig& config) {
  switch (kind) {
    case VariantKind::kT2V1_3B:
      return "T2V 1.3B";
    case VariantKind::kT2V14B:
      return "T2V 14B";
    case VariantKind::kTI2V5B:
      return "2.2 TI2V 5B";
    case VariantKind::kT2VA14B:
      return "2.2 T2V A14B";
    case VariantKind::kI2VA14B:
      return "2.2 I2V A14B";
    case VariantKind::kI2V14B:
      return "I2V 14B";
    case VariantKind::kCustom:
      return fmt::format("of {} layers, width {}", config.layer_count, config.width);
  }
  return "";
}

VariantKind KindOf(const DitConfig& config, uint32_t denoiser_count) {
  const auto is = [&](int64_t width, int64_t ffn_width, int64_t layer_count) {
    return config.width == width && config.ffn_width == ffn_width &&
           config.layer_count == layer_count;
  };
  const bool i2v = config.in_channel_count == kI2VChannels;
  if (is(1536, 8960, 30) && !i2v) return VariantKind::kT2V1_3B;
  if (is(3072, 14336, 30) && config.out_channel_count == kGeometry22.channel_count) {
    return VariantKind::kTI2V5B;
  }
  if (is(5120, 13824, 40)) {
    if (denoiser_count == 2) return i2v ? VariantKind::kI2VA14B : VariantKind::kT2VA14B;
    return i2v ? VariantKind::kI2V14B : VariantKind::kT2V14B;
  }
  return VariantKind::kCustom;
}

}  // namespace

Result<Variant> DetectVariant(const DitConfig& config, uint32_t denoiser_count) {
  Variant variant;
  Capabilities& can = variant.capabilities;
  if (config.out_channel_count == kGeometry21.channel_count) {
    can.latent = kGeometry21;
  } else if (config.out_channel_count == kGeometry22.channel_count) {
    can.latent = kGeometry22;
  } else {
    return Error::Unsupported("latents of {} channels: known are 16 (Wan 2.1) and 48 (Wan 2.2 5B)",
                              config.out_channel_count);
  }
  if (config.in_channel_count == config.out_channel_count) {
    // The small latents come from the model that takes a first frame as it is.
    if (config.out_channel_count == kGeometry22.channel_count) {
      can.image_conditioning = ImageConditioning::kFirstLatent;
    }
  } else if (config.in_channel_count == kI2VChannels &&
             config.out_channel_count == kGeometry21.channel_count) {
    can.image_conditioning = ImageConditioning::kExtraChannels;
    can.text_to_video = false;
  } else {
    return Error::Unsupported(
        "recognised, not yet supported: a denoiser with {} channels in and {} out (Fun Control, "
        "inpainting)",
        config.in_channel_count, config.out_channel_count);
  }
  variant.kind = KindOf(config, denoiser_count);
  variant.preset = BasePreset(variant.kind);
  if (denoiser_count == 2 && variant.preset.guidance.size() != 2) {
    const bool i2v = can.image_conditioning == ImageConditioning::kExtraChannels;
    variant.preset = BasePreset(i2v ? VariantKind::kI2VA14B : VariantKind::kT2VA14B);
  }
  can.family = "Wan";
  can.variant = VariantName(variant.kind, config);
  can.text_token_count_max = static_cast<uint32_t>(config.text_token_count);
  can.trained_frame_count = variant.preset.clip.frame_count;
  can.trained_pixel_count = uint64_t{variant.preset.clip.width_px} * variant.preset.clip.height_px;
  can.denoiser_count = denoiser_count;
  return variant;
}

}  // namespace aozora::wan
