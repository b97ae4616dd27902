// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aozora {

// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hexadecimal digits; by OpenSSL.
std::string Sha256Hex(std::string_view bytes);

// The same as 32 bytes.
std::string Sha256(std::string_view bytes);

// HMAC-SHA256 (RFC 2104) of the bytes: 32 bytes, not hexadecimal; by OpenSSL.
std::string HmacSha256(std::string_view key, std::string_view bytes);

}  // namespace aozora
