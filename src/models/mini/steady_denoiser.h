// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/components.h"

namespace aozora::mini {

// What a clip shows does not change while it lasts: in all that the network was trained on, the
// codes of a slot (slots.h) are the same in each latent frame. So it is asked for as many clean
// codes as there are frames, of which each is a guess at the same, and their mean is the better
// one: rain does not come and go where no weather was named. Frames that are given (timestep 0) are
// left as they are. The network gives clean latents, and so does what is made of it.
std::unique_ptr<Denoiser> MakeSteady(std::unique_ptr<Denoiser> network);

}  // namespace aozora::mini
