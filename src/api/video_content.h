// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "api/problem.h"
#include "api/service.h"
#include "store/job_records.h"

namespace aozora::api {

// A finished job's file, of the variant that the query names: 404 with the reason where there is
// none. Whether the caller may have it is asked before. `called` is the name it is saved under.
Outcome<http::Response> VideoContent(const Service& service, const JobRecord& job,
                                     const http::Request& request, const std::string& called);

}  // namespace aozora::api
