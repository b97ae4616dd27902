// SPDX-License-Identifier: Apache-2.0
// Files as this project needs them: mapped for reading, and written so that a crash leaves either
// the old content or the new one, never half of it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

// A read-only mapping of a whole file. Pages come in when touched and can be given back; the
// address stays valid for the lifetime of the object. Any thread may read. A file that another
// process truncates meanwhile raises SIGBUS: such is mmap, and model files are not edited in place.
class MappedFile {
 public:
  static Result<std::unique_ptr<MappedFile>> Open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  Bytes bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  const std::filesystem::path& path() const { return path_; }

  // Tells the system that `part` (inside bytes()) is not needed for now, so that its pages leave
  // the resident set. Reading it again later works and costs a page fault.
  void Release(Bytes part) const;
  void Release() const { Release(bytes()); }

 private:
  MappedFile(std::filesystem::path path, void* data, size_t size)
      : path_(std::move(path)), data_(data), size_(size) {}

  std::filesystem::path path_;
  void* data_;
  size_t size_;
};

// A file under construction: written under a temporary name in the target's folder, and put in its
// place by Commit (fsync, rename, fsync of the folder). Destroyed without Commit, it leaves
// nothing.
class AtomicFile {
 public:
  static Result<AtomicFile> Create(const std::filesystem::path& target);
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;

  int descriptor() const { return descriptor_; }  // owned by this object
  const std::filesystem::path& temporary_path() const { return temporary_; }

  Status Write(Bytes bytes);  // appends
  Status Commit();

 private:
  AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor)
      : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_;  // -1 once committed or moved from
};

// Gives a finished file its place: synced, renamed, the folder synced. Both are on one file system.
Status MoveDurably(const std::filesystem::path& from, const std::filesystem::path& to);

Status WriteFileAtomically(const std::filesystem::path& path, Bytes content);

// Writes a file that only its owner may read, unless there is one: whether it did. Of two that do
// so at once, one wins. The file is whole from the moment that its name exists.
Result<bool> CreateSecretFile(const std::filesystem::path& path, std::string_view content);

// The content of a file of at most `bytes_max`; larger is an error that says so.
Result<std::string> ReadFile(const std::filesystem::path& path, uint64_t bytes_max);

// When a file was written last, in milliseconds since 1970; nothing where there is none.
std::optional<int64_t> ModifiedMs(const std::filesystem::path& path);

// Of the disk that a folder is on.
struct DiskSpace {
  uint64_t free_bytes = 0;  // for this user
  uint64_t total_bytes = 0;
};
Result<DiskSpace> DiskSpaceOf(const std::filesystem::path& folder);

// "cannot open PATH: No such file or directory", from errno.
Error IoError(std::string_view what, const std::filesystem::path& path);

}  // namespace aozora
