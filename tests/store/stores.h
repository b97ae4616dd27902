// SPDX-License-Identifier: Apache-2.0
// Every store there is, for the suite that each must pass.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace aozora {

struct StoreKind {
  std::string name;
  bool durable = true;  // opened again, it has what it had
  // The same `folder` opens the same store.
  std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path& folder,
                                               const Schema& schema)>
      open;
  // Of a backup that this kind made.
  std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path& backup,
                                               const Schema& schema)>
      open_backup;
};

std::vector<StoreKind> AllStores();

}  // namespace aozora
