// SPDX-License-Identifier: Apache-2.0
// /v1/verify: whether we made a film or picture, and what it says about itself.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddVerifyRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
