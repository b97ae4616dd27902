// SPDX-License-Identifier: Apache-2.0
// The programme: invitations, clips, their review, what is shared, feedback, findings, credits,
// grants, the screening list.
#pragma once

#include "api/service.h"
#include "http/router.h"

namespace aozora::routes {

void AddProgrammeRoutes(http::Router& router, const api::Service& service);

}  // namespace aozora::routes
