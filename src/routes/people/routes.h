// SPDX-License-Identifier: Apache-2.0
// Coming in and going: login, sessions, passwords, the terms, invitations accepted, one's own data.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddPeopleRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
