// SPDX-License-Identifier: Apache-2.0
// /v1/folders: where people keep their videos.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddFolderRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
