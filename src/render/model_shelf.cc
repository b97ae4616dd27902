// SPDX-License-Identifier: Apache-2.0
#include "render/model_shelf.h"

#include <fmt/ranges.h>

namespace aozora {

void ModelShelf::Put(std::string name, Opener opener) {
  entries_.insert_or_assign(std::move(name), Entry{std::move(opener), nullptr});
}

std::vector<std::string> ModelShelf::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

Result<const Model*> ModelShelf::Find(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    return Error::NotFound("there is no model {}: installed are {}", name,
                           fmt::join(Names(), ", "));
  }
  const std::lock_guard lock(mutex_);
  Entry& entry = found->second;
  if (!entry.model) entry.model = TRY(entry.open());
  return static_cast<const Model*>(entry.model.get());
}

}  // namespace aozora
