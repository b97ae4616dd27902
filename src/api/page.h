// SPDX-License-Identifier: Apache-2.0
// Pages of a list, as OpenAI's SDKs walk through them: `after` is the last id of the page before;
// without has_more they stop after the first page.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/problem.h"
#include "http/message.h"

namespace aozora::api {

struct PageQuery {
  std::string after;
  uint32_t limit = 20;
  bool newest_first = true;
};

// Reads after, limit (0 to limit_max) and order (asc, desc). Unknown parameters are let be: clients
// add their own.
std::variant<PageQuery, Problem> ReadPageQuery(const http::Request& request, uint32_t limit_max);

// The text of a query parameter, the first of its name.
std::optional<std::string> QueryValue(const http::Request& request, std::string_view name);

// {"object": "list", "data": [...], "first_id", "last_id", "has_more"}
nlohmann::json PageOf(nlohmann::json data, bool has_more);

}  // namespace aozora::api
