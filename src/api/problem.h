// SPDX-License-Identifier: Apache-2.0
// What is wrong with a request, in the words of the API: an error body that OpenAI's SDKs turn into
// their exception classes. ../../api/openapi.yaml, schema Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace aozora::api {

struct Problem {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string code;   // empty: null
  std::string param;  // the field of the request; empty: null
  std::string message;
  std::optional<uint32_t> retry_after_s;  // the client may try again, and when
};

// 400 about one field.
Problem BadParameter(std::string param, std::string message);
// 404 of a thing that does not exist, or not for this person: which of both is not told.
Problem NoSuch(std::string_view what, std::string_view id);
// What an Error of the layers below means to a client. What only the operator can act on (kIo,
// kCorrupt) is logged by the caller and told as a 500 without details.
Problem ProblemOf(const Error& error);

// The error body, x-should-retry, and Retry-After where there is one. Clients retry 408, 409, 429
// and 5xx by themselves unless told not to.
http::Response AnswerOf(const Problem& problem);

// A 200 with JSON text.
http::Response AnswerJson(std::string json);

}  // namespace aozora::api
