// SPDX-License-Identifier: Apache-2.0
// Frames through an encoder and its decoder, in memory: what somebody else's program does to a
// clip.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/image.h"

namespace aozora::marks {

struct CodecChoice {
  std::string name;  // libav's: "libx264", "libx265", "libsvtav1", "libvpx-vp9"
  int quality = 28;  // CRF
};
bool HasEncoder(const std::string& name);

// Sides are cut down to even numbers, as 4:2:0 wants them. kUnsupported if libav has no such
// encoder.
Result<std::vector<Image>> ThroughCodec(const std::vector<Image>& frames,
                                        const CodecChoice& choice);

}  // namespace aozora::marks
