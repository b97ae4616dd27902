// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "api/problem.h"
#include "api/service.h"
#include "http/router.h"

namespace aozora::api {

// What an operator's stops have against a request: nothing, a 503 (everybody has to wait) or a 403
// (this person or key). `principal` may be null: nobody is known.
Outcome<std::optional<Problem>> FindStopProblem(const Service& service,
                                                const http::Request& request,
                                                const http::RouteOptions& route,
                                                const Principal* principal);

}  // namespace aozora::api
