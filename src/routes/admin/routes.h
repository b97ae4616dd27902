// SPDX-License-Identifier: Apache-2.0
// /v1/admin, and /v1/me: people, keys, stops.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddAdminRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
