// SPDX-License-Identifier: Apache-2.0
// The outer ends of both VAEs: latents as the sampler keeps them against the channels-last tensors
// inside, and the normalisation between.
#pragma once

#include <span>
#include <vector>

#include "op/device.h"

namespace aozora::wan {

// The constants that a VAE's latents are normalised with: z = (mean_of_encoder - mean) / std.
struct LatentScale {
  std::span<const float> mean;
  std::span<const float> std;
};
extern const LatentScale kLatentScale21;  // Wan2.2, wan/modules/vae2_1.py, Wan2_1_VAE.__init__
extern const LatentScale kLatentScale22;  // Wan2.2, wan/modules/vae2_2.py, Wan2_2_VAE.__init__

// [C, h, w] -> [1, h, w, C] on the device.
op::Tensor LoadPlanes(op::Device& device, std::span<const float> planes, int64_t channels,
                      int64_t height, int64_t width);
// The first `channels` of [1, h, w, >= C] -> [C, h, w].
std::vector<float> StorePlanes(op::Device& device, const op::Tensor& frame, int64_t channels);

// [C, h, w] as the sampler leaves it -> [1, h, w, C] on the device, with the normalisation undone.
op::Tensor LoadLatentFrame(op::Device& device, const LatentScale& scale,
                           std::span<const float> latent_frame, int64_t height, int64_t width);
// [1, h, w, >= C] from the encoder, of which the first C channels are the mean -> [C, h, w].
std::vector<float> StoreLatentFrame(op::Device& device, const LatentScale& scale,
                                    const op::Tensor& encoded);

// The pictures of one call of a decoder, which finishes them one by one.
class PictureBatch {
 public:
  explicit PictureBatch(int64_t count) : count_(count) {}
  // A picture [1, Y, X, 3].
  void Add(op::Device& device, ConstView picture);
  // All of them, [count, Y, X, 3].
  op::Tensor Take();

 private:
  const int64_t count_;
  int64_t next_ = 0;
  op::Tensor pictures_;
};

}  // namespace aozora::wan
