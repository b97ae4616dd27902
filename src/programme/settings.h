// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "programme/act.h"

namespace aozora {

// Whole numbers that an admin sets, in the settings table, as JSON.
Result<int64_t> ReadNumber(Transaction& transaction, const std::string& name, int64_t otherwise);
Status WriteNumber(Transaction& transaction, const std::string& name, int64_t value, int64_t now_ms,
                   const Actor& actor);

}  // namespace aozora
