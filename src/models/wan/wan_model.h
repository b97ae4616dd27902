// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/wan/dit_config.h"
#include "models/wan/parts.h"
#include "models/wan/umt5.h"
#include "models/wan/variant.h"

namespace aozora::wan {

struct OpenedLora {
  TensorFile file;
  float strength = 1;
  // The experts that it is for, by its name: a pair of models has a pair of LoRAs.
  bool for_high_noise = true;
  bool for_low_noise = true;
};

class WanModel : public Model {
 public:
  WanModel() = default;  // for Open
  // Everything is checked but the tensors' exact shapes, which the networks check when they are
  // built. kUnsupported for kinds of models that are known and cannot be run yet.
  static Result<std::unique_ptr<Model>> Open(std::unique_ptr<const Checkpoint> checkpoint,
                                             std::span<const LoraChoice> loras);

  const Capabilities& capabilities() const override { return variant_.capabilities; }
  const Preset& preset() const override { return preset_; }
  std::vector<PartInfo> parts() const override;
  std::string fingerprint() const override { return fingerprint_; }

  Result<std::unique_ptr<Tokenizer>> OpenTokenizer() const override;
  Result<std::unique_ptr<TextEncoder>> OpenTextEncoder(op::Device& device) const override;
  Result<std::unique_ptr<Denoiser>> OpenDenoiser(op::Device& device, uint32_t index) const override;
  Result<std::unique_ptr<VideoDecoder>> OpenDecoder(op::Device& device,
                                                    DecoderKind kind) const override;
  Result<std::unique_ptr<VideoEncoder>> OpenEncoder(op::Device& device) const override;

  Cost TextEncoderCost(uint64_t token_count) const override;
  Cost DenoiserCost(const LatentSize& latent, uint64_t text_token_count) const override;
  Cost DecoderCost(const ClipSize& clip, DecoderKind kind) const override;
  Cost EncoderCost(const ClipSize& clip) const override;

 private:
  Status ReadDenoisers();
  Status ReadTextEncoder();
  Status OpenLoras(std::span<const LoraChoice> loras);
  void ReadDecoders();
  std::string PresetHint() const;
  std::string MakeFingerprint() const;
  bool LoraIsFor(const OpenedLora& lora, size_t denoiser) const;
  uint64_t DenoiserBytes(size_t index) const;

  std::unique_ptr<const Checkpoint> checkpoint_;
  Parts parts_;
  std::vector<DitConfig> denoiser_configs_;
  Umt5Config text_config_;
  std::vector<OpenedLora> loras_;
  Variant variant_;
  Preset preset_;
  std::string fingerprint_;
};

}  // namespace aozora::wan
