// SPDX-License-Identifier: Apache-2.0
#include "http/cors.h"

#include <algorithm>

#include "base/ascii.h"

namespace aozora::http {
namespace {

constexpr const char* kPreflightSeconds = "600";
// What clients read beside the body (videos API: waits, limits, the id for a complaint).
constexpr const char* kExposedHeaders =
    "x-request-id, x-should-retry, retry-after, retry-after-ms, openai-poll-after-ms, "
    "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
    "content-disposition, content-range, accept-ranges, etag";

bool IsAllowed(const std::vector<std::string>& allowed_origins, std::string_view origin) {
  return std::any_of(allowed_origins.begin(), allowed_origins.end(), [&](const std::string& each) {
    return each == "*" || EqualsNoCase(each, origin);
  });
}

}  // namespace

std::string MethodList(const std::vector<Method>& methods) {
  std::string list;
  for (const Method method : methods) {
    if (!list.empty()) list += ", ";
    list += MethodName(method);
  }
  return list;
}

void AllowOrigin(const std::vector<std::string>& allowed_origins, const Headers& request,
                 Headers* answer) {
  if (allowed_origins.empty()) return;
  answer->Add("Vary", "Origin");
  const std::optional<std::string_view> origin = request.Find("Origin");
  if (!origin || !IsAllowed(allowed_origins, *origin)) return;
  answer->Set("Access-Control-Allow-Origin", *origin);
  answer->Set("Access-Control-Expose-Headers", kExposedHeaders);
}

Response AnswerOptions(const std::vector<std::string>& allowed_origins, const Headers& request,
                       const std::vector<Method>& methods) {
  Response response = Response::Empty(204);
  const std::string list = MethodList(methods);
  if (!list.empty()) response.headers.Set("Allow", list + ", OPTIONS");
  const std::optional<std::string_view> origin = request.Find("Origin");
  if (!origin || !request.Has("Access-Control-Request-Method")) return response;
  if (!IsAllowed(allowed_origins, *origin)) return response;
  response.headers.Set("Access-Control-Allow-Methods", list);
  response.headers.Set("Access-Control-Max-Age", kPreflightSeconds);
  const std::optional<std::string_view> names = request.Find("Access-Control-Request-Headers");
  if (names) response.headers.Set("Access-Control-Allow-Headers", *names);
  return response;
}

}  // namespace aozora::http
