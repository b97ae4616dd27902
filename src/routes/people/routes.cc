// SPDX-License-Identifier: Apache-2.0
#include "routes/people/routes.h"

#include "routes/people/parts.h"

namespace aozora::routes {

void AddPeopleRoutes(http::Router& router, const api::Service& service) {
  AddSessionRoutes(router, service);
  AddAccountRoutes(router, service);
}

}  // namespace aozora::routes
