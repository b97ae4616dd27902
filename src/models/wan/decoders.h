// SPDX-License-Identifier: Apache-2.0
// The networks between pictures and latents that go with Wan. Each is built from weights under
// their canonical names (names.h); all sizes come from the tensors' shapes. A maker takes every
// tensor it needs, says which one is missing or of another shape, and refuses what is left over
// where that would change the picture. The device must outlive what is made.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "model/components.h"
#include "model/model.h"
#include "op/device.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

inline constexpr int64_t kTimeStride = 4;  // pictures of a latent frame; the first has one
inline constexpr int64_t kColours = 3;
inline constexpr int kVaeLevelCount = 4;  // of resolution, in VAE 2.1 and 2.2

struct DecoderOptions {
  // Keeps the frames that the convolutions remember in 8 bits instead of f32: 0.32 GB instead of
  // 1.13 GB at 480x272 for Wan 2.1. The pictures then differ by 0.7 % (relative; 54 dB), as
  // measured with random weights of the published size; all is computed in f32.
  bool compact_history = false;
};

// VAE of Wan 2.1 and of the Wan 2.2 A14B models: 16 channels, 8x8 pixels a cell. The set holds the
// encoder's and the decoder's tensors ("encoder.*", "decoder.*", "conv1.*", "conv2.*"); each maker
// takes its half and leaves the other alone.
Result<std::unique_ptr<VideoDecoder>> MakeVae21Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options = {});
Result<std::unique_ptr<VideoEncoder>> MakeVae21Encoder(op::Device& device, TensorSet weights);

// VAE of Wan 2.2 TI2V-5B: 48 channels, 16x16 pixels a cell. Same tensor groups.
Result<std::unique_ptr<VideoDecoder>> MakeVae22Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options = {});
Result<std::unique_ptr<VideoEncoder>> MakeVae22Encoder(op::Device& device, TensorSet weights);

// TAEHV (github.com/madebyollin/taehv), for 16 or 48 channels, with patch 1 or 2, plain or "super":
// told from the shapes. Takes "decoder.*" and leaves "encoder.*" alone. Gives -1 to 1 like the
// others.
Result<std::unique_ptr<VideoDecoder>> MakeTinyDecoder(op::Device& device, TensorSet weights);
// Takes "encoder.*". Each call takes one to four pictures and repeats the last of them up to four,
// the first call as well. (The original starts its groups of four at the first picture and repeats
// at the end of the clip; groups of four do the same here.)
Result<std::unique_ptr<VideoEncoder>> MakeTinyEncoder(op::Device& device, TensorSet weights);

// What the work takes, from the shapes in the set: flops of the whole clip, bytes of the half that
// is used, and the peak of device memory besides. Sets that no maker would take may give anything.
Cost Vae21DecoderCost(const TensorSet& weights, const LatentSize& latent,
                      const DecoderOptions& options = {});
Cost Vae21EncoderCost(const TensorSet& weights, const ClipSize& clip);
Cost Vae22DecoderCost(const TensorSet& weights, const LatentSize& latent,
                      const DecoderOptions& options = {});
Cost Vae22EncoderCost(const TensorSet& weights, const ClipSize& clip);
Cost TinyDecoderCost(const TensorSet& weights, const LatentSize& latent);

}  // namespace aozora::wan
