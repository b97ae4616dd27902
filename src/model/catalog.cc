// SPDX-License-Identifier: Apache-2.0
#include "model/catalog.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace aozora {
namespace {

constexpr size_t kModelsMax = 1000;

bool IsCheckpointFile(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 4> kExtensions = {".safetensors", ".gguf", ".pth",
                                                                  ".pt"};
  const std::string extension = path.extension().string();
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace

Result<std::vector<InstalledModel>> ListModels(const std::filesystem::path& folder) {
  std::vector<InstalledModel> models;
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return models;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) return Error::Io("cannot list {}: {}", folder.string(), error.message());
  for (const auto& entry : entries) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    if (hidden || !(entry.is_directory(error) || IsCheckpointFile(entry.path()))) continue;
    models.push_back({entry.path().filename().string(), entry.path()});
    if (models.size() > kModelsMax) {
      return Error::Exhausted("{} holds more than {} models", folder.string(), kModelsMax);
    }
  }
  std::sort(models.begin(), models.end(),
            [](const InstalledModel& a, const InstalledModel& b) { return a.name < b.name; });
  return models;
}

Result<std::filesystem::path> ResolveModel(std::span<const std::filesystem::path> folders,
                                           std::string_view name_or_path) {
  std::error_code error;
  const std::filesystem::path path(name_or_path);
  if (std::filesystem::exists(path, error)) return path;
  std::string searched, installed;
  for (const std::filesystem::path& folder : folders) {
    searched += (searched.empty() ? "" : " or ") + folder.string();
    for (const InstalledModel& model : TRY(ListModels(folder))) {
      if (model.name == name_or_path || std::filesystem::path(model.name).stem() == name_or_path) {
        return model.path;
      }
      installed += (installed.empty() ? "" : ", ") + model.name;
    }
  }
  if (installed.empty()) installed = "nothing yet";
  return Error::NotFound("no model {}: neither a file or folder nor installed in {} (there: {})",
                         name_or_path, searched, installed);
}

}  // namespace aozora
