// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

// Stops, and the notice that everybody may read about them.
void AddStopRoutes(http::Router& router, const api::Service& service);

// What an operator looks at: queue, workers, disk, the audit log, the policy.
void AddWatchRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
