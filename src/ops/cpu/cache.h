// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace aozora::ops::cpu {

// The second-level cache of one core, in bytes: what blocks are sized for. Between 256 KiB and 2
// MiB; 512 KiB where the system does not say.
size_t SecondLevelCacheBytes();

}  // namespace aozora::ops::cpu
