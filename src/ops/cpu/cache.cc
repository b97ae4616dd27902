// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/cache.h"

#include <unistd.h>

#include <algorithm>

#include "base/units.h"

namespace aozora::ops::cpu {

size_t SecondLevelCacheBytes() {
#ifdef _SC_LEVEL2_CACHE_SIZE
  static const long told = sysconf(_SC_LEVEL2_CACHE_SIZE);
#else
  static const long told = 0;
#endif
  return told > 0 ? std::clamp<size_t>(static_cast<size_t>(told), 256_KiB, 2_MiB) : 512_KiB;
}

}  // namespace aozora::ops::cpu
