// SPDX-License-Identifier: Apache-2.0
#include "jobs/data_folder.h"

#include <system_error>

namespace aozora {

Status MakePrivateFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) return Error::Io("cannot make folder {}: {}", folder.string(), error.message());
  return Ok();
}

Status DataFolder::Make() const {
  for (const std::filesystem::path& folder :
       {root, secrets(), outputs(), states(), files(), uploads()}) {
    TRY(MakePrivateFolder(folder));
  }
  return Ok();
}

}  // namespace aozora
