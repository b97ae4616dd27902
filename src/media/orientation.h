// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/units.h"
#include "tensor/image.h"

namespace aozora {

// How stored rows relate to what a viewer sees; the values are those of the EXIF tag 0x0112
// (EXIF 2.32, section 4.6.4, "Orientation").
enum class Orientation : uint16_t {
  kNormal = 1,
  kMirrored = 2,
  kRotated180 = 3,
  kFlipped = 4,
  kTransposed = 5,
  kRotateRight = 6,  // the viewer turns it a quarter clockwise
  kTransversed = 7,
  kRotateLeft = 8,
};

// From the EXIF block of a JPEG file; kNormal when there is none or it makes no sense, since a
// wrong tag is no reason to refuse a picture.
Orientation JpegOrientation(Bytes jpeg);

Image ApplyOrientation(Image image, Orientation orientation);

}  // namespace aozora
