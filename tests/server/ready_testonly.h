// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace aozora {

// A server is ready again within this. A machine that is busy with other things may make it late at
// times, but not most times; sanitizers make a start several times as long.
#ifdef AOZORA_SANITIZED
constexpr std::chrono::milliseconds kReadyMax{10'000};
#else
constexpr std::chrono::milliseconds kReadyMax{2'000};
#endif

}  // namespace aozora
