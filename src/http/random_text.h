// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aozora::http {

// 32 hexadecimal digits from the system's generator: nobody guesses them, none come twice.
std::string RandomHex32();

}  // namespace aozora::http
