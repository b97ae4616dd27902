// SPDX-License-Identifier: Apache-2.0
// Sanitizers make each step ten to twenty times as long. A test of numbers or of speed does less
// under them, because it does all of it in the release build; tests of memory and threads do not
// ask.
#pragma once

namespace aozora {

#ifdef AOZORA_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace aozora
