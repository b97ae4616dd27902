// SPDX-License-Identifier: Apache-2.0
// Pages of a list, as OpenAI's SDKs walk through them: `after` is the last id of the page before;
// without has_more they stop after the first page.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

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
Outcome<PageQuery> ReadPageQuery(const http::Request& request, uint32_t limit_max);

// {"object": "list", "data": [...], "first_id", "last_id", "has_more"}
nlohmann::json PageOf(nlohmann::json data, bool has_more);

// The page of `records`, which are in the order asked for and have an id; 400 for an `after` that
// is none of them. `what` is for the message.
template <class Record, class ToJson>
Outcome<nlohmann::json> PageOf(const std::vector<Record>& records, const PageQuery& page,
                               std::string_view what, ToJson&& to_json) {
  auto from = records.begin();
  if (!page.after.empty()) {
    from = std::find_if(records.begin(), records.end(),
                        [&](const Record& record) { return record.id == page.after; });
    if (from == records.end()) {
      return BadParameter("after", fmt::format("after: there is no {} {}", what, page.after));
    }
    ++from;
  }
  nlohmann::json data = nlohmann::json::array();
  for (; from != records.end() && data.size() < page.limit; ++from) data.push_back(to_json(*from));
  return PageOf(std::move(data), from != records.end());
}

}  // namespace aozora::api
