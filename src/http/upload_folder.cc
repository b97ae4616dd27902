// SPDX-License-Identifier: Apache-2.0
#include "http/upload_folder.h"

#include <unistd.h>

#include <string_view>
#include <system_error>

#include "base/file.h"

namespace aozora::http {

Status PrepareUploadFolder(const std::filesystem::path& folder) {
  const std::string_view pattern = kUploadTemplate;
  const std::string_view prefix = pattern.substr(0, pattern.find('X'));
  if (access(folder.c_str(), W_OK | X_OK) != 0) return IoError("cannot write into", folder);
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) return Error::Io("cannot read {}: {}", folder.string(), error.message());
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.size() != pattern.size() || !name.starts_with(prefix)) continue;
    std::error_code ignored;  // a folder of that name is not ours
    std::filesystem::remove(entries->path(), ignored);
  }
  return Ok();
}

}  // namespace aozora::http
