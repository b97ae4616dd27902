// SPDX-License-Identifier: Apache-2.0
#include "api/page.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace aozora::api {

using nlohmann::json;

Outcome<PageQuery> ReadPageQuery(const http::Request& request, uint32_t limit_max) {
  PageQuery page;
  if (const auto after = request.QueryValue("after")) page.after = *after;
  if (const auto limit = request.QueryValue("limit")) {
    const char* end = limit->data() + limit->size();
    const auto read = std::from_chars(limit->data(), end, page.limit);
    if (read.ec != std::errc() || read.ptr != end || page.limit > limit_max) {
      return BadParameter("limit",
                          fmt::format("limit must be a whole number from 0 to {}", limit_max));
    }
  }
  if (const auto order = request.QueryValue("order")) {
    if (*order != "asc" && *order != "desc") {
      return BadParameter("order", "order must be one of asc, desc");
    }
    page.newest_first = *order == "desc";
  }
  return page;
}

json PageOf(json data, bool has_more) {
  json first = nullptr, last = nullptr;
  if (!data.empty()) {
    first = data.front().at("id");
    last = data.back().at("id");
  }
  return {{"object", "list"},
          {"data", std::move(data)},
          {"first_id", first},
          {"last_id", last},
          {"has_more", has_more}};
}

}  // namespace aozora::api
