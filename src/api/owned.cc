// SPDX-License-Identifier: Apache-2.0
#include "api/owned.h"

namespace aozora::api {

Result<PersonNames> FindNames(const Service& service, const std::vector<std::string>& ids) {
  return service.store.Read([&](Transaction& transaction) { return NamesOf(transaction, ids); });
}

nlohmann::json PersonNameJson(const PersonNames& names, const std::string& id) {
  const auto name = names.find(id);
  if (name == names.end()) return nullptr;
  return {{"id", id}, {"name", name->second}};
}

}  // namespace aozora::api
