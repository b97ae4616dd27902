// SPDX-License-Identifier: Apache-2.0
// From a picture to the slots of a first latent frame: a small convolutional network that reads
// what is where. It answers with the nearest scene of the world that it was trained on, whatever
// the picture. trainer/encoder.{h,cc} trains it, and its forward is the definition.
#pragma once

#include <memory>

#include "model/model.h"
#include "models/mini/slots.h"
#include "weights/tensor_set.h"

namespace aozora::mini {

inline constexpr uint32_t kReadWidthPx = 192, kReadHeightPx = 108;  // what the network sees
inline constexpr int kReadingValues = kCodeCount + kCurveCount;     // of a slot

// Everything must be there, in the one shape that fits the others, and nothing else.
Status CheckEncoderShapes(const TensorSet& weights);

// Takes pictures of any size; of a clip the first only, since a clip starts from one.
Result<std::unique_ptr<VideoEncoder>> MakeEncoder(op::Device& device, TensorSet weights);

// Weight bytes are the caller's to fill in.
Cost EncoderCost(const ClipSize& clip);

// A picture [Y, X, 3] as the network sees it, [108, 192, 3]: in the place and at the scale that it
// has in a world of 16:9 (models/mini/slots.h), what lies outside like its nearest edge.
std::vector<float> FitPicture(std::span<const float> picture, uint32_t height_px,
                              uint32_t width_px);

// What the network says of a picture [kSlotCount, kReadingValues], as a latent frame that a clip
// could begin with: [SlotClip::kChannels, kGrid.height, kGrid.width].
std::vector<float> LatentOfReading(std::span<const float> reading);

}  // namespace aozora::mini
