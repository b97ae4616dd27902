// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

// Stops, and the notice that everybody may read about them.
void AddStopRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
