// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/components.h"

namespace aozora::mini {

// A denoiser of slots (models/mini/slots.h), made from a network that takes and gives
// kPositionChannels more: it is told where its tokens stand, and gives each curve as a part that
// stays and one that goes with the time (models/mini/positions.h).
std::unique_ptr<Denoiser> MakeWithPositions(std::unique_ptr<Denoiser> network);

}  // namespace aozora::mini
