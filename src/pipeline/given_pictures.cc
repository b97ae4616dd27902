// SPDX-License-Identifier: Apache-2.0
#include "pipeline/given_pictures.h"

#include <algorithm>

#include "pipeline/latent_frames.h"
#include "pipeline/pictures.h"

namespace aozora {
namespace {

// The pictures that latent frame `frame` stands for; grey where nothing is known of them. What
// follows the last given one in its latent frame is like it.
std::vector<float> PicturesOf(const GivenPictures& given, uint32_t frame, uint32_t time_stride) {
  std::vector<float> pictures;
  if (frame == 0) {
    AppendPicture(given.first, &pictures);
    return pictures;
  }
  const uint32_t from = 1 + (frame - 1) * time_stride;
  for (uint32_t index = from; index < from + time_stride; ++index) {
    if (given.last && index >= given.last->index) {
      AppendPicture(*given.last->picture, &pictures);
    } else {
      pictures.resize(pictures.size() + given.first.rgb.size(), 0.0f);
    }
  }
  return pictures;
}

// Mask channels, one for each picture of a latent frame, are 1 where the picture is given.
std::vector<float> MaskOf(const GivenPictures& given, const LatentSize& size,
                          uint32_t time_stride) {
  const size_t cells = size.frame_value_count(), frames = size.frame_count * cells;
  std::vector<float> mask(time_stride * frames, 0.0f);
  for (uint32_t channel = 0; channel < time_stride; ++channel) {
    const auto begin = mask.begin() + static_cast<std::ptrdiff_t>(channel * frames);
    std::fill_n(begin, cells, 1.0f);
    if (!given.last) continue;
    for (uint32_t frame = 1; frame < size.frame_count; ++frame) {
      const uint32_t index = 1 + (frame - 1) * time_stride + channel;
      if (index < given.last->index) continue;
      std::fill_n(begin + static_cast<std::ptrdiff_t>(frame * cells), cells, 1.0f);
    }
  }
  return mask;
}

}  // namespace

Status EncodeGivenPictures(const Model& model, op::Device& device, const GivenPictures& given,
                           const LatentSize& size,
                           const std::function<void(uint32_t done, uint32_t total)>& report,
                           Conditions* conditions) {
  const Capabilities& can = model.capabilities();
  const bool whole_clip = can.image_conditioning == ImageConditioning::kExtraChannels;
  CHECK(whole_clip || !given.last);
  LatentSize encoded = size, one = size;
  encoded.frame_count = whole_clip ? size.frame_count : 1;
  one.frame_count = 1;
  const std::unique_ptr<VideoEncoder> encoder = TRY(model.OpenEncoder(device));
  TRY(encoder->Begin(device, given.first.height_px, given.first.width_px));
  std::vector<float> all(encoded.count());
  for (uint32_t frame = 0; frame < encoded.frame_count; ++frame) {
    report(frame, encoded.frame_count);
    const std::vector<float> latent =
        TRY(encoder->Encode(device, PicturesOf(given, frame, can.latent.time_stride)));
    CopyLatentFrames(latent, one, 0, 1, all, encoded, frame);
  }
  if (whole_clip) {
    conditions->extra_channels = MaskOf(given, size, can.latent.time_stride);
    conditions->extra_channels.insert(conditions->extra_channels.end(), all.begin(), all.end());
  } else {
    conditions->given_latents = std::move(all);
    conditions->given_count = 1;
  }
  return Ok();
}

}  // namespace aozora
