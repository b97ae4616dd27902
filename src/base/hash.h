// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aozora {

// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hexadecimal digits; by OpenSSL.
std::string Sha256Hex(std::string_view bytes);

}  // namespace aozora
