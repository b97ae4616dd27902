// SPDX-License-Identifier: Apache-2.0
// What is wrong with a request, in the words of the API: an error body that OpenAI's SDKs turn into
// their exception classes. ../../api/openapi.yaml, schema Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

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
  std::optional<Error> cause;             // what only the log is told
};

// About the request as a whole.
Problem Refuse(int status, std::string code, std::string message);
// 400 about one field.
Problem BadParameter(std::string param, std::string message);
// 404 of a thing that does not exist, or not for this person: which of both is not told.
Problem NoSuch(std::string_view what, std::string_view id);
// What an Error of the layers below means to a client. What only the operator can act on (kIo,
// kCorrupt) is a 500 without details, and the cause of the problem.
Problem ProblemOf(const Error& error);

// Either a T or what is wrong with the request. TRY unwraps it, and takes a Result on the way to
// one.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(runtime/explicit)
  Outcome(Problem problem)                                   // NOLINT(runtime/explicit)
      : state_(std::in_place_index<1>, std::move(problem)) {}
  Outcome(const Error& error) : Outcome(ProblemOf(error)) {}  // NOLINT(runtime/explicit)

  bool ok() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Problem& error() const& { return std::get<1>(state_); }
  Problem&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Problem> state_;
};

// The error body, x-should-retry, and Retry-After where there is one. Clients retry 408, 409, 429
// and 5xx by themselves unless told not to.
http::Response AnswerOf(const Problem& problem);

}  // namespace aozora::api
