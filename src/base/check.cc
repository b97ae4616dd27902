// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace aozora::internal {

void CheckFailed(const char* file, int line, const char* condition, std::string_view detail) {
  fmt::print(stderr, "{}:{}: CHECK failed: {}{}{}\n", file, line, condition,
             detail.empty() ? "" : "; ", detail);
  std::fflush(stderr);
  std::abort();
}

}  // namespace aozora::internal
