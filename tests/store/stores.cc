// SPDX-License-Identifier: Apache-2.0
#include "stores.h"

#include "stores/sqlite/sqlite_store.h"

namespace aozora {

std::vector<StoreKind> AllStores() {
  const auto open_file = [](const std::filesystem::path& file, const Schema& schema) {
    return OpenSqliteStore(file, schema);
  };
  return {{"Sqlite", true,
           [](const std::filesystem::path& folder, const Schema& schema) {
             return OpenSqliteStore(folder / "test.db", schema);
           },
           open_file},
          {"SqliteInMemory", false,
           [](const std::filesystem::path&, const Schema& schema) {
             return OpenSqliteInMemory(schema);
           },
           open_file}};
}

}  // namespace aozora
