// SPDX-License-Identifier: Apache-2.0
#include "api/problem.h"

#include <nlohmann/json.hpp>

namespace aozora::api {

Problem Refuse(int status, std::string code, std::string message) {
  Problem problem;
  problem.status = status;
  problem.code = std::move(code);
  problem.message = std::move(message);
  return problem;
}

Problem BadParameter(std::string param, std::string message) {
  Problem problem;
  problem.code = "invalid_value";
  problem.param = std::move(param);
  problem.message = std::move(message);
  return problem;
}

Problem NoSuch(std::string_view what, std::string_view id) {
  Problem problem;
  problem.status = 404;
  problem.code = "not_found";
  problem.message = fmt::format("there is no {} {} for this key", what, id);
  return problem;
}

Problem ProblemOf(const Error& error) {
  Problem problem;
  problem.message = error.message();
  switch (error.code()) {
    case ErrorCode::kInvalid:
      problem.code = "invalid_value";
      break;
    case ErrorCode::kUnsupported:
      problem.code = "unsupported";
      break;
    case ErrorCode::kNotFound:
      problem.status = 404;
      problem.code = "not_found";
      break;
    case ErrorCode::kExhausted:
      problem.status = 503;
      problem.type = "server_error";
      problem.code = "overloaded";
      problem.retry_after_s = 30;
      break;
    case ErrorCode::kCancelled:
      problem.status = 503;
      problem.type = "server_error";
      problem.code = "shutting_down";
      problem.retry_after_s = 5;
      break;
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
      problem.status = 500;
      problem.type = "server_error";
      problem.code = "internal_error";
      problem.cause = error;
      problem.message = "the server could not do this; its log says why under the request's id";
      break;
  }
  return problem;
}

http::Response AnswerOf(const Problem& problem) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
  };
  const nlohmann::json body = {{"error",
                                {{"message", problem.message},
                                 {"type", problem.type},
                                 {"param", text_or_null(problem.param)},
                                 {"code", text_or_null(problem.code)}}}};
  http::Response response = http::Response::Json(
      problem.status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  const bool again = problem.retry_after_s.has_value();
  response.headers.Set("x-should-retry", again ? "true" : "false");
  if (again) response.headers.Set("Retry-After", std::to_string(*problem.retry_after_s));
  return response;
}

}  // namespace aozora::api
