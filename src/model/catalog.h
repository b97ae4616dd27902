// SPDX-License-Identifier: Apache-2.0
// Models that are installed: the entries of one folder, each a folder or a single checkpoint file.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

struct InstalledModel {
  std::string name;  // the entry's file name
  std::filesystem::path path;
};

// Sorted by name. A folder that does not exist holds no models.
Result<std::vector<InstalledModel>> ListModels(const std::filesystem::path& folder);

// What a person gave as a model: a path that exists, or the name of one that is installed in one of
// the folders, of which the first that has it counts. The error lists what is installed.
Result<std::filesystem::path> ResolveModel(std::span<const std::filesystem::path> folders,
                                           std::string_view name_or_path);

}  // namespace aozora
