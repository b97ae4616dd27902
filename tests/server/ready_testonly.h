// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/sanitized_testonly.h"

namespace aozora {

// A server is ready again within this. A machine that is busy with other things may make it late at
// times, but not most times; sanitizers make a start several times as long.
constexpr std::chrono::milliseconds kReadyMax{kSanitized ? 10'000 : 2'000};

}  // namespace aozora
