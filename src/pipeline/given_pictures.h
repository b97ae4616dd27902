// SPDX-License-Identifier: Apache-2.0
// Pictures that a segment must have, for the denoiser.
#pragma once

#include <functional>
#include <optional>

#include "model/model.h"
#include "pipeline/denoise.h"
#include "tensor/image.h"

namespace aozora {

struct GivenPictures {
  struct Last {
    const Image* picture = nullptr;
    uint32_t index = 0;  // which of the segment's pictures, from 0; above 0
  };
  const Image& first;
  std::optional<Last> last;  // only where pictures are further channels (ImageConditioning)
};

// Encodes them and sets what of `conditions` depends on them, for a segment of this size. Pictures
// are of the size that the latents stand for. `report` hears how many latent frames are done.
// What the mask says is as in Wan's image2video.py and, for the last picture,
// first_last_frame2video.py.
Status EncodeGivenPictures(const Model& model, op::Device& device, const GivenPictures& given,
                           const LatentSize& size,
                           const std::function<void(uint32_t done, uint32_t total)>& report,
                           Conditions* conditions);

}  // namespace aozora
