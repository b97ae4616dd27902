// SPDX-License-Identifier: Apache-2.0
// The body of a request as JSON, whether it came as JSON or as a form.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "api/contract.h"
#include "http/message.h"

namespace aozora::api {

inline constexpr int kJsonDepthMax = 32;
// Elements that a list of a form may have; further ones are refused.
inline constexpr size_t kFormListMax = 64;
// What stands in the JSON where a form has a file: the files themselves are in the request.
inline constexpr std::string_view kFileMark = "(file)";

// The body of a request to `operation`, checked against its schema. Forms name nested values with
// brackets, as OpenAI's SDKs write them: `video[id]`, `characters[][id]`; texts become the numbers
// and booleans that the schema asks for.
Outcome<nlohmann::json> ReadBody(const Contract& contract, std::string_view operation,
                                 const http::Request& request);

// JSON from outside: of bounded depth, UTF-8. For lines of batch files too.
Outcome<nlohmann::json> ParseJson(std::string_view text);
// A form's fields as JSON; `schema` says what the texts mean.
Outcome<nlohmann::json> JsonOfForm(const http::Form& form, const nlohmann::json& schema);

}  // namespace aozora::api
