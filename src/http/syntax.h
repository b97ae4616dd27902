// SPDX-License-Identifier: Apache-2.0
// The small words of RFC 9110, section 5.6, and of RFC 3986. All input is hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aozora::http {

bool IsTokenChar(char c);
bool IsToken(std::string_view text);       // not empty
bool IsFieldValue(std::string_view text);  // visible characters, blanks, bytes from 0x80; may be ""
bool IsUtf8(std::string_view text);        // RFC 3629: no overlong forms, no surrogates
bool HasControlCharacter(std::string_view text);

std::string_view TrimBlanks(std::string_view text);  // spaces and tabs at both ends

std::vector<std::string_view> Split(std::string_view text, char at);
// Elements of a comma-separated list without quoted strings, trimmed; empty ones are left out.
std::vector<std::string_view> SplitList(std::string_view text);
bool ListHas(std::string_view list, std::string_view element);  // without case

std::optional<uint64_t> ParseDecimal(std::string_view text);  // digits alone; none if it overflows
// None if a % is not followed by two digits.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// What stands between quotes at the beginning of `*rest`, which then begins behind them. A
// backslash escapes a quote or another backslash and stands for itself otherwise, since browsers
// send paths
// ("C:\a.png"). None if there is no such string.
std::optional<std::string> TakeQuoted(std::string_view* rest);

}  // namespace aozora::http
