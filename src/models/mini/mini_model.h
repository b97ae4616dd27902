// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "models/mini/config.h"
#include "models/mini/painter_weights.h"
#include "models/wan/dit_config.h"
#include "models/wan/umt5.h"

namespace aozora::mini {

// The configuration in the checkpoint's own folder that is of this family, or null.
const Checkpoint::TextFile* FindConfig(const Checkpoint& checkpoint);

class MiniModel : public Model {
 public:
  MiniModel() = default;  // for Open
  // Everything is checked but the exact shapes of the denoiser's and the text encoder's tensors,
  // which these check when they are built.
  static Result<std::unique_ptr<Model>> Open(std::unique_ptr<const Checkpoint> checkpoint);

  const Capabilities& capabilities() const override { return capabilities_; }
  const Preset& preset() const override { return config_.preset; }
  std::vector<PartInfo> parts() const override;
  std::string fingerprint() const override { return fingerprint_; }

  Result<std::unique_ptr<Tokenizer>> OpenTokenizer() const override;
  Result<std::unique_ptr<TextEncoder>> OpenTextEncoder(op::Device& device) const override;
  Result<std::unique_ptr<Denoiser>> OpenDenoiser(op::Device& device, uint32_t index) const override;
  Result<std::unique_ptr<VideoDecoder>> OpenDecoder(op::Device& device,
                                                    DecoderKind kind) const override;
  Result<std::unique_ptr<VideoEncoder>> OpenEncoder(op::Device& device) const override;

  std::vector<float> BridgeLatents(const LatentView& source, const LatentView& target,
                                   uint32_t frame_count) const override;

  Cost TextEncoderCost(uint64_t token_count) const override;
  Cost DenoiserCost(const LatentSize& latent, uint64_t text_token_count) const override;
  Cost DecoderCost(const ClipSize& clip, DecoderKind kind) const override;
  Cost EncoderCost(const ClipSize& clip) const override;

 private:
  struct Part {
    const TensorFile* file = nullptr;  // of the checkpoint
    TensorSet weights;
  };
  Result<Part> FindPart(std::string_view file_name) const;
  bool HasFile(std::string_view file_name) const;
  Status CheckSizes() const;
  void DecideCapabilities();
  Status ReadVocabulary();
  std::string MakeFingerprint(std::string_view config) const;

  std::unique_ptr<const Checkpoint> checkpoint_;
  MiniConfig config_;
  Part text_encoder_, denoiser_, painter_;
  std::optional<Part> encoder_;  // a model need not have one
  wan::Umt5Config text_config_;
  wan::DitConfig denoiser_config_;
  Capabilities capabilities_;
  std::string fingerprint_;
};

}  // namespace aozora::mini
