// SPDX-License-Identifier: Apache-2.0
// Between pictures (8-bit) and what networks see (-1 black to 1 white, [Y, X, 3]).
#pragma once

#include <span>
#include <vector>

#include "tensor/image.h"

namespace aozora {

// Clamped, and truncated to a byte rather than rounded: trunc((x + 1) / 2 * 255), which is what the
// originals write (Wan2.2, wan/utils/utils.py, save_video).
Image ToImage(std::span<const float> values, uint32_t width_px, uint32_t height_px);

// byte / 255 * 2 - 1, appended to `values`.
void AppendPicture(const Image& image, std::vector<float>* values);

}  // namespace aozora
