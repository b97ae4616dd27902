// SPDX-License-Identifier: Apache-2.0
// Models that are installed: the entries of one folder, each a folder or a single checkpoint file.
#pragma once

#include <filesystem>
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

// What a person gave as a model: a path that exists, or the name of an installed one. The error
// lists what is installed.
Result<std::filesystem::path> ResolveModel(const std::filesystem::path& folder,
                                           std::string_view name_or_path);

}  // namespace aozora
