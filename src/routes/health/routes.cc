// SPDX-License-Identifier: Apache-2.0
#include "routes/health/routes.h"

#include "api/problem.h"

namespace aozora::routes {

void AddHealthRoutes(http::Router& router, const api::Contract& contract, HealthHooks hooks) {
  const auto add = [&](std::string_view path, std::string name, http::Handler handler) {
    http::RouteOptions options;
    options.name = std::move(name);
    options.open = options.unstoppable = true;
    router.Add(http::Method::kGet, path, std::move(options), std::move(handler));
  };
  add("/healthz", "health", [](http::Request&) { return http::Response::Text(200, "ok\n"); });
  add("/readyz", "ready", [ready = hooks.ready](http::Request&) {
    const Status status = ready();
    if (status.ok()) return http::Response::Text(200, "ready\n");
    return http::Response::Text(503, status.error().message() + "\n").With("Retry-After", "5");
  });
  add("/metrics", "metrics", [metrics = hooks.metrics](http::Request&) {
    return http::Response::Data(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
  });
  add("/v1/openapi.json", "openapi",
      [&contract](http::Request&) { return http::Response::Json(200, contract.document()); });
}

}  // namespace aozora::routes
