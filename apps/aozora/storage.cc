// SPDX-License-Identifier: Apache-2.0
#include "storage.h"

#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora::app {

Result<std::unique_ptr<Storage>> Storage::Open(const std::filesystem::path& folder,
                                               QueueLimits limits, QueueHooks hooks) {
  auto storage = std::make_unique<Storage>();
  storage->folder_.root = folder;
  TRY(storage->folder_.Make());
  storage->store_ = TRY(OpenSqliteStore(storage->folder_.database(), ProductSchema()));
  hooks.disk_space = [folder] { return DiskSpaceOf(folder); };
  storage->queue_ = std::make_unique<JobQueue>(*storage->store_, SystemClock(), SystemRandom(),
                                               limits, std::move(hooks));
  storage->keys_ = std::make_unique<KeyRing>(*storage->store_, SystemClock(), SystemRandom());
  storage->programme_ =
      std::make_unique<Programme>(Ground{*storage->store_, SystemClock(), SystemRandom()});
  return storage;
}

}  // namespace aozora::app
