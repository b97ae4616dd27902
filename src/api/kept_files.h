// SPDX-License-Identifier: Apache-2.0
// Files that people gave: their bytes in the data folder, their rows in the store. The bytes come
// first and are on the disk before the row is, so that no row is without them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "api/problem.h"
#include "api/service.h"
#include "base/units.h"
#include "store/asset_records.h"

namespace aozora::api {

// Of what a request brought for its own use: not listed, gone after a week.
inline constexpr std::string_view kJobInputPurpose = "job_input";
inline constexpr int64_t kJobInputKeptMs = 7 * kDayMs;

struct NewFile {
  std::string person_id;
  std::string purpose;
  std::string name;
  std::string media_type;
  std::optional<int64_t> kept_ms;  // none: until it is deleted
};

// Takes the file at `path`, which lies in the data folder, and makes it one of the person's.
Result<FileRecord> KeepFile(const Service& service, const NewFile& file,
                            http::TemporaryFile content);
// The same with bytes from memory.
Result<FileRecord> KeepBytes(const Service& service, const NewFile& file, std::string_view bytes);

// A file of this person that is neither deleted nor expired: a Problem (404) otherwise.
Outcome<FileRecord> FindFile(const Service& service, const std::string& person_id,
                             const std::string& id);

}  // namespace aozora::api
