// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aozora::http {

// Why a request is refused here, before or instead of a handler.
struct Problem {
  int status;
  std::string_view code;  // a literal
  std::string message;
};

// "None" is good news: functions that may refuse return one of these.
using MaybeProblem = std::optional<Problem>;

inline Problem BadRequest(std::string message) { return {400, "bad_request", std::move(message)}; }

}  // namespace aozora::http
