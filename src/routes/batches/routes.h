// SPDX-License-Identifier: Apache-2.0
// /v1/batches: many videos from one file of JSON lines.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddBatchRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
