// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/components.h"

namespace aozora::mini {

// A denoiser without condition, made from a network that wants the positions of its tokens
// (models/mini/positions.h) as one.
std::unique_ptr<Denoiser> MakeWithPositions(std::unique_ptr<Denoiser> network);

}  // namespace aozora::mini
