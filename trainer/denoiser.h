// SPDX-License-Identifier: Apache-2.0
// The text encoder and the denoiser of the embedded model, in training form: the same networks,
// under the same names, as the engine runs (src/models/wan: a UMT5 encoder and a Wan transformer).
#pragma once

#include "trainer/latent.h"
#include "trainer/torch.h"

namespace aozora::trainer {

struct TextEncoderConfig {
  int64_t vocabulary = 0;
  static constexpr int64_t kWidth = 128, kHeads = 4, kHeadWidth = 32, kFfn = 256, kLayers = 3;
  static constexpr int64_t kBuckets = 32;
  static constexpr int64_t kTokensMax = 64;
};

class TextLayerImpl : public torch::nn::Module {
 public:
  TextLayerImpl();
  // x [B, L, C]; hidden [B, 1, 1, L], -inf where a key is padding; buckets [L, L]
  torch::Tensor forward(torch::Tensor x, const torch::Tensor& hidden, const torch::Tensor& buckets);

 private:
  struct AttentionImpl : torch::nn::Module {
    AttentionImpl();
    torch::nn::Linear q{nullptr}, k{nullptr}, v{nullptr}, o{nullptr};
  };
  struct FfnImpl : torch::nn::Module {
    FfnImpl();
    torch::nn::Sequential gate;
    torch::nn::Linear fc1{nullptr}, fc2{nullptr};
  };
  struct ScaleImpl : torch::nn::Module {
    explicit ScaleImpl(int64_t width) {
      weight = register_parameter("weight", torch::ones({width}));
    }
    torch::Tensor weight;
  };
  struct PositionImpl : torch::nn::Module {
    PositionImpl();
    torch::nn::Embedding embedding{nullptr};
  };
  std::shared_ptr<ScaleImpl> norm1_, norm2_;
  std::shared_ptr<AttentionImpl> attn_;
  std::shared_ptr<FfnImpl> ffn_;
  std::shared_ptr<PositionImpl> position_;
};
TORCH_MODULE(TextLayer);

class TextEncoderImpl : public torch::nn::Module {
 public:
  explicit TextEncoderImpl(int64_t vocabulary);
  // ids [B, L], padded with 0; lengths [B]. Rows of padding come out as zeros: [B, L, C].
  torch::Tensor forward(const torch::Tensor& ids, const torch::Tensor& lengths);

 private:
  torch::nn::Embedding token_embedding_{nullptr};
  torch::nn::ModuleList blocks_;
  std::shared_ptr<torch::nn::Module> norm_;
  torch::Tensor norm_weight_;
};
TORCH_MODULE(TextEncoder);

struct DenoiserConfig {
  static constexpr int64_t kFrequencies = 256;
  int64_t width = 192, heads = 6, ffn = 768, layers = 6;
};

class DenoiserImpl : public torch::nn::Module {
 public:
  explicit DenoiserImpl(const DenoiserConfig& config);
  // slots [B, T, 4, 72], noisy; timesteps [B, T], 0..1000; text [B, L, C] and lengths [B].
  // Returns the clean slots, [B, T, 4, 72].
  torch::Tensor forward(const torch::Tensor& slots, const torch::Tensor& timesteps,
                        const torch::Tensor& text, const torch::Tensor& lengths);

 private:
  DenoiserConfig config_;
  std::shared_ptr<torch::nn::Module> patch_, head_;
  torch::Tensor patch_weight_, patch_bias_, head_modulation_;
  torch::nn::Linear head_linear_{nullptr};
  torch::nn::Sequential text_embedding_, time_embedding_, time_projection_;
  torch::nn::ModuleList blocks_;
};
TORCH_MODULE(Denoiser);

// Both, so that one optimiser trains them together; the parts' names get "text." and "denoiser.".
// The probes read motion and camera off the mean of the text's rows. They exist in training alone:
// with their loss the text encoder tells what few and weak numbers of the slots would ask it for.
class TextToSlotsImpl : public torch::nn::Module {
 public:
  TextToSlotsImpl(int64_t vocabulary, const DenoiserConfig& config);
  TextEncoder text{nullptr};
  Denoiser denoiser{nullptr};
  torch::nn::Linear motion_probe{nullptr}, camera_probe{nullptr};
};
TORCH_MODULE(TextToSlots);

// Euler steps along the flow with guidance, as the engine's sampler takes them: noise
// [B, T, 4, 72] to clean slots. `known` (0 or 1) frames at the front are given, in `noise`.
struct SamplerSettings {
  int steps = 8;
  double shift = 3, guidance = 3;
  int64_t known_frames = 0;
};
torch::Tensor Sample(TextToSlots& model, const torch::Tensor& noise, const torch::Tensor& ids,
                     const torch::Tensor& lengths, int64_t end_id, const SamplerSettings& settings);

inline constexpr double kSigmaMin = 0.02;  // below it velocities are no longer scaled up

}  // namespace aozora::trainer
