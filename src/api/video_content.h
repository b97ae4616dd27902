// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "api/problem.h"
#include "api/service.h"
#include "store/job_records.h"

namespace aozora::api {

// A finished job's file, of the variant that the query names: 404 with the reason where there is
// none. Whether the caller may have it is asked before. `called` is the name it is saved under.
Outcome<http::Response> VideoContent(const Service& service, const JobRecord& job,
                                     const http::Request& request, const std::string& called);

struct StoredFile {
  std::filesystem::path path;
  std::string sha256;
};

// A variant (render/output.h) of a completed job whose files are kept.
Result<StoredFile> FindStored(const DataFolder& folder, const JobRecord& job,
                              std::string_view variant);

}  // namespace aozora::api
