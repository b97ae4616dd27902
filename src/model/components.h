// SPDX-License-Identifier: Apache-2.0
// The parts of a video model, as the pipeline drives them. One thread at a time; each part keeps
// device memory of the Device it was opened on and must be destroyed before that. All can be
// cancelled through the device's token and then return kCancelled.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/geometry.h"
#include "op/device.h"

namespace aozora {

// Called with intermediate results at named stages ("block0", "head_tokens"), for comparison with
// golden files. The view is valid during the call. Costs nothing when empty.
using Probe = std::function<void(std::string_view stage, ConstView value)>;

// What a prompt means: one row for each real token (padding is never computed).
struct TextEmbedding {
  int64_t token_count = 0;
  int64_t width = 0;
  std::vector<float> values;  // [token_count, width]
};

class TextEncoder {
 public:
  virtual ~TextEncoder() = default;
  // Ids include the end token; checked against the vocabulary.
  virtual Result<TextEmbedding> Encode(op::Device& device, std::span<const int32_t> ids,
                                       const Probe& probe = nullptr) = 0;
};

// Predicts the velocity v = noise - clean of a noisy latent.
class Denoiser {
 public:
  // What depends on the prompt but not on the step (text keys and values of all layers).
  class Prompt {
   public:
    virtual ~Prompt() = default;
  };
  struct Input {
    std::span<const float> latent;  // [C, F, H, W]
    LatentSize size;
    std::span<const float> condition = {};  // [C', F, H, W]: further input channels, or empty
    // 0 to 1000; one value, or one for each latent frame, or one for each token.
    std::span<const float> timesteps;
  };

  virtual ~Denoiser() = default;
  virtual Result<std::unique_ptr<Prompt>> PreparePrompt(op::Device& device,
                                                        const TextEmbedding& text,
                                                        const Probe& probe = nullptr) = 0;
  // velocity: [C, F, H, W]
  virtual Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                         std::span<float> velocity, const Probe& probe = nullptr) = 0;
};

// Takes pictures [n, Y, X, 3] as they are finished, in order, a few at a time; the view is valid
// during the call. An error ends the decoding with that error.
using PictureSink = std::function<Status(ConstView pictures)>;

// Turns latents into pictures, one latent frame at a time and in order, in memory that does not
// grow with the number of frames.
class VideoDecoder {
 public:
  virtual ~VideoDecoder() = default;
  // Starts a clip of latent.frame_count latent frames. `clip` is what is wanted of it: the size of
  // the pictures, which follows from the latent's where the grid is not fixed (model/geometry.h),
  // and how many pictures, beyond which a decoder may leave out what the last frame stands for.
  virtual Status Begin(op::Device& device, const LatentSize& latent, const ClipSize& clip) = 0;
  // One latent frame [C, h, w] as the sampler leaves it (the decoder undoes the normalisation).
  // Hands out the pictures that it completes, -1 black to 1 white, not clamped: one for the first
  // latent frame, time_stride for each other. A decoder whose pictures depend on what comes later
  // holds some of them back until then; with the last latent frame all have been handed out.
  virtual Status Decode(op::Device& device, std::span<const float> latent_frame,
                        const PictureSink& sink, const Probe& probe = nullptr) = 0;
};

// The way back: pictures into (mean) latents.
class VideoEncoder {
 public:
  virtual ~VideoEncoder() = default;
  // Starts a clip of pictures of this size, multiples of the space stride.
  virtual Status Begin(op::Device& device, uint32_t height_px, uint32_t width_px) = 0;
  // Pictures [n, Y, X, 3], -1 to 1: n = 1 first, then time_stride each time. Returns one normalised
  // latent frame, [C, h, w].
  virtual Result<std::vector<float>> Encode(op::Device& device, std::span<const float> pictures,
                                            const Probe& probe = nullptr) = 0;
};

}  // namespace aozora
