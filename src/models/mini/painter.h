// SPDX-License-Identifier: Apache-2.0
// The decoder of the small model: coordinate networks that paint any point of a picture at any time
// and any size from the slots of a latent (models/mini/slots.h). Nothing in it is a grid of pixels,
// so that edges are as sharp as the picture that is asked for. trainer/painter.{h,cc} trains it,
// and its forward is the definition.
#pragma once

#include <memory>

#include "model/model.h"
#include "weights/tensor_set.h"

namespace aozora::mini {

// Whether a latent is one of slots.
Status CheckPainterLatent(const LatentGeometry& latent);

// Makes pictures of any size. The view of a picture that it hands out is one picture, and comes
// when all the latent frames that it depends on have come: up to half a second of them late.
Result<std::unique_ptr<VideoDecoder>> MakePainter(op::Device& device, TensorSet weights,
                                                  const LatentGeometry& latent);

// Weight bytes are the caller's to fill in. How large the actors are is not known beforehand; flops
// are those of an ordinary clip.
Cost PainterCost(const ClipSize& clip);

}  // namespace aozora::mini
