// SPDX-License-Identifier: Apache-2.0
#include "storage.h"

#include <sys/statvfs.h>

#include "base/file.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora::app {

Result<DiskSpace> DiskSpaceOf(const std::filesystem::path& folder) {
  struct statvfs info;
  if (statvfs(folder.c_str(), &info) != 0) return IoError("cannot ask for the space of", folder);
  return DiskSpace{uint64_t{info.f_bavail} * info.f_frsize,
                   uint64_t{info.f_blocks} * info.f_frsize};
}

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
