// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "store/store.h"
#include "store/table.h"

namespace aozora {

struct SqliteOptions {
  int busy_wait_ms = 10'000;  // for other processes, before a write gives up
  bool check_integrity = true;
  int reader_count_max = 4;  // connections for Read, kept open
};

// A database in one file: WAL, synced at each commit (synchronous = FULL). Any number of processes
// on this machine may open it; network file systems are not supported. Refused by name: a file that
// is no database of ours, one that is damaged, and one of a newer schema. An older one is brought
// forward, in one transaction.
Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& file,
                                               const Schema& schema, SqliteOptions options = {});

// The same engine without a file: gone with the object.
Result<std::unique_ptr<Store>> OpenSqliteInMemory(const Schema& schema);

}  // namespace aozora
