// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.h"

namespace aozora::mini {

// Latent frames between two clips, [kChannels, frame_count, kGrid.height, kGrid.width]: codes
// change evenly; curves go on as they went, turn, and arrive where the target begins and as it
// moves there, so that nothing jumps or jerks at either end, nor where the clip begins again if the
// target is the source. `frame_count` is at least 1.
std::vector<float> BridgeSlots(const LatentView& source, const LatentView& target,
                               uint32_t frame_count);

}  // namespace aozora::mini
