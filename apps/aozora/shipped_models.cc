// SPDX-License-Identifier: Apache-2.0
#include "shipped_models.h"

#include <cstdlib>

#include "command.h"

namespace aozora::app {
namespace {

namespace fs = std::filesystem;

bool HoldsDefaultModel(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kDefaultModel / "config.json", error);
}

}  // namespace

fs::path FindShippedModels() {
  if (const char* named = std::getenv("AOZORA_WEIGHTS"); named != nullptr && *named != '\0') {
    return named;
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path installed = program.parent_path().parent_path() / "share/aozora/weights";
  if (HoldsDefaultModel(installed)) return installed;
  for (fs::path folder = program.parent_path(); folder != folder.parent_path();
       folder = folder.parent_path()) {
    if (HoldsDefaultModel(folder / "weights")) return folder / "weights";
  }
  return {};
}

}  // namespace aozora::app
