// SPDX-License-Identifier: Apache-2.0
// A browser's login: a cookie that scripts cannot read, and what keeps other sites' pages from
// using it (OWASP's cheat sheet on cross-site request forgery: the origin, and a token that only
// pages of ours have read).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/service.h"
#include "http/message.h"

namespace aozora::api {

// Over TLS the name's prefix makes browsers insist on Secure, Path=/ and this very host (RFC
// 6265bis 4.1.3). A listener without TLS is for one's own machine, or stands behind a proxy that
// adds it.
inline constexpr std::string_view kSecureCookie = "__Host-aozora";
inline constexpr std::string_view kPlainCookie = "aozora_session";
inline constexpr std::string_view kCsrfHeader = "x-csrf-token";

// The secret that the browser sent, if any.
std::optional<std::string> SessionSecretOf(const Service& service, const http::Request& request);

// Values of Set-Cookie.
std::string SessionCookie(const Service& service, std::string_view secret);
std::string NoSessionCookie(const Service& service);

// Whether a page of this very host sent it, as the browser says: without an Origin, no.
bool IsFromOwnPage(const Service& service, const http::Request& request);

}  // namespace aozora::api
