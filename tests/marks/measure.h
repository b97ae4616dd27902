// SPDX-License-Identifier: Apache-2.0
// How far a marked picture is from its original.
#pragma once

#include "tensor/image.h"

namespace aozora::marks {

// Mean square difference of BT.709 luma (full range, 0..255).
double LumaSquare(const Image& a, const Image& b);
double PsnrOf(double mean_square);  // of 8 bits; 99 for none
// Structural similarity of luma: windows with a Gaussian of 1.5 pixels, constants .01 and .03
// (Wang et al., IEEE Trans. Image Processing 13, 2004).
double Ssim(const Image& a, const Image& b);

}  // namespace aozora::marks
