// SPDX-License-Identifier: Apache-2.0
#include "storage.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>

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
  hooks.granted_seconds = GrantedSeconds;
  storage->queue_ = std::make_unique<JobQueue>(*storage->store_, SystemClock(), SystemRandom(),
                                               limits, std::move(hooks));
  storage->keys_ = std::make_unique<KeyRing>(*storage->store_, SystemClock(), SystemRandom());
  storage->programme_ =
      std::make_unique<Programme>(Ground{*storage->store_, SystemClock(), SystemRandom()});
  return storage;
}

Result<std::array<std::byte, kSigningSeedBytes>> SigningSeed(const DataFolder& folder) {
  const std::filesystem::path path = folder.root / "signing.key";
  std::array<std::byte, kSigningSeedBytes> seed;
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    SystemRandom().Fill(seed);
    AtomicFile file = TRY(AtomicFile::Create(path));
    if (fchmod(file.descriptor(), 0600) != 0) return IoError("cannot protect", path);
    TRY(file.Write(seed));
    TRY(file.Commit());
  }
  const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(path));
  if (file->bytes().size() != seed.size()) {
    return Error::Corrupt("{}: it has {} bytes and not {}", path.string(), file->bytes().size(),
                          seed.size());
  }
  std::copy(file->bytes().begin(), file->bytes().end(), seed.begin());
  return seed;
}

}  // namespace aozora::app
