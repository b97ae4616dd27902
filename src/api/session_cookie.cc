// SPDX-License-Identifier: Apache-2.0
#include "api/session_cookie.h"

#include "programme/sessions.h"

namespace aozora::api {
namespace {

std::string_view NameFor(const Service& service) {
  return service.tls ? kSecureCookie : kPlainCookie;
}

std::string Cookie(const Service& service, std::string_view value, int64_t age_s) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", NameFor(service), value,
                     age_s, service.tls ? "; Secure" : "");
}

}  // namespace

std::optional<std::string> SessionSecretOf(const Service& service, const http::Request& request) {
  const std::string lead = std::string(NameFor(service)) + "=";
  std::string_view rest = request.headers.Find("cookie").value_or("");
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(lead)) return std::string(pair.substr(lead.size()));
  }
  return std::nullopt;
}

std::string SessionCookie(const Service& service, std::string_view secret) {
  return Cookie(service, secret, kSessionAbsoluteMs / 1000);
}

std::string NoSessionCookie(const Service& service) { return Cookie(service, "", 0); }

bool IsFromOwnPage(const Service& service, const http::Request& request) {
  const std::optional<std::string_view> origin = request.headers.Find("origin");
  const std::optional<std::string_view> host = request.headers.Find("host");
  if (!origin || !host || host->empty()) return false;
  if (*origin == "https://" + std::string(*host)) return true;
  return !service.tls && *origin == "http://" + std::string(*host);
}

}  // namespace aozora::api
