// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aozora::http {

// "multipart/form-data; boundary=x", or "form-data; name=x": a word and its parameters.
struct ParameterisedValue {
  std::string word;                               // lower case
  std::map<std::string, std::string> parameters;  // names in lower case
};

// RFC 9110, sections 5.6.6 and 8.3.1; none if malformed, or if a parameter comes twice.
std::optional<ParameterisedValue> ParseParameterised(std::string_view text);

bool IsJsonType(std::string_view type);  // application/json, or anything+json (RFC 6839)
// RFC 2046, section 5.1.1: 1 to 70 characters of a small set, not ending in a space.
bool IsBoundary(std::string_view text);

}  // namespace aozora::http
