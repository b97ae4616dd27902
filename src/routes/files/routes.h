// SPDX-License-Identifier: Apache-2.0
// /v1/files: what people keep here to refer to.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddFileRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
