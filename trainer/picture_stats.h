// SPDX-License-Identifier: Apache-2.0
// Figures of pictures, in 8-bit steps.
#pragma once

#include "tensor/image.h"

namespace aozora::trainer {

// Mean change of change over three frames that follow each other. All have one size.
double FlickerOf(const Image& before, const Image& now, const Image& after);

// Mean step between neighbouring pixels, both ways together.
double SharpnessOf(const Image& image);

}  // namespace aozora::trainer
