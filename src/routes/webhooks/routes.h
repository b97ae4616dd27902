// SPDX-License-Identifier: Apache-2.0
// /v1/webhook_endpoints: who is told of finished and failed videos.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddWebhookRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
