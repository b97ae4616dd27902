// SPDX-License-Identifier: Apache-2.0
// /v1/videos and what belongs to it: jobs, their files, characters, event streams, models.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

// The service outlives the router.
void AddVideoRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
