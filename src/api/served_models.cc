// SPDX-License-Identifier: Apache-2.0
#include "api/served_models.h"

#include <algorithm>

namespace aozora::api {

ServedModels::ServedModels(std::vector<ServedModel> models, std::string fallback)
    : models_(std::move(models)), fallback_(std::move(fallback)) {
  CHECK(Find(fallback_) != nullptr);
}

const ServedModel* ServedModels::Find(std::string_view name) const {
  const auto found = std::find_if(models_.begin(), models_.end(),
                                  [&](const ServedModel& model) { return model.name == name; });
  return found == models_.end() ? nullptr : &*found;
}

const ServedModel& ServedModels::fallback() const { return *Find(fallback_); }

}  // namespace aozora::api
