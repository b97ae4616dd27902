// SPDX-License-Identifier: Apache-2.0
// The operations of this folder, by what they work on.
#pragma once

#include "api/endpoint.h"

namespace aozora::routes {

void AddSessionRoutes(http::Router& router, const api::Service& service);
void AddAccountRoutes(http::Router& router, const api::Service& service);

nlohmann::json AccountJson(const PersonRecord& person);

// The answer to a login, by whatever way: the session's cookie, its token, and whose it is. 401 and
// 429 for one that failed.
api::Outcome<http::Response> AnswerLogin(const api::Service& service, const LoginOutcome& outcome);
// What a login says of where it comes from, and the session that the browser has already.
LoginRequest LoginFrom(const api::Service& service, const http::Request& request);

}  // namespace aozora::routes
