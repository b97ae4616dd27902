// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "http/server.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

// RFC 8259, section 7. What is not UTF-8 is not sent at all.
std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : IsUtf8(text) ? text : std::string_view()) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (static_cast<uint8_t>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<uint8_t>(c));
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

}  // namespace

Response OpenAiError(int status, std::string_view code, std::string_view message) {
  const std::string_view type = status >= 500 ? "server_error" : "invalid_request_error";
  return Response::Json(
      status, fmt::format(R"({{"error":{{"message":{},"type":{},"param":null,"code":{}}}}})",
                          JsonString(message), JsonString(type), JsonString(code)));
}

}  // namespace aozora::http
