// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aozora {

std::string HexEncode(std::string_view bytes);  // lower case
// Nothing if it is not pairs of hexadecimal digits, of either case.
std::optional<std::string> HexDecode(std::string_view text);
std::string Base64Encode(std::string_view bytes);  // RFC 4648, padded
// Nothing if it is not base64 with its padding, to the bit.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace aozora
