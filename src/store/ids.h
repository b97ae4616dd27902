// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random_source.h"

namespace aozora {

// "video_" and 32 hexadecimal digits: 128 random bits.
std::string NewId(std::string_view prefix, RandomSource& random);

int64_t NowMs(const Clock& clock);  // milliseconds since 1970, UTC

}  // namespace aozora
