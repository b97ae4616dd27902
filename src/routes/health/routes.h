// SPDX-License-Identifier: Apache-2.0
// For operators and their machines: /healthz, /readyz, /metrics, and the description of the API.
#pragma once

#include <functional>
#include <string>

#include "api/contract.h"
#include "base/result.h"
#include "http/router.h"

namespace aozora::routes {

struct HealthHooks {
  std::function<Status()> ready;         // an error: why no work is taken now
  std::function<std::string()> metrics;  // Prometheus' text format
};

// All are open to anybody who reaches the port. The contract outlives the router.
void AddHealthRoutes(http::Router& router, const api::Contract& contract, HealthHooks hooks);

}  // namespace aozora::routes
