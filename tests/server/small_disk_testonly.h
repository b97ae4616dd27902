// SPDX-License-Identifier: Apache-2.0
// A disk that can be filled to its last byte, and given space again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace aozora {

// A file system in memory on this folder, which exists; needs the right to mount.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return why_not_.empty(); }
  const std::string& why_not() const { return why_not_; }

  void Fill() const;  // not a byte is left
  void Free() const;

 private:
  std::filesystem::path ballast() const { return folder_ / "ballast"; }

  const std::filesystem::path folder_;
  std::string why_not_;
};

// No file of that process may grow beyond so many bytes: a full disk without the right to mount.
void LimitFileBytes(pid_t pid, uint64_t bytes);
void LiftFileBytes(pid_t pid);

// "ok" if SQLite finds nothing wrong with the database.
std::string IntegrityOf(const std::filesystem::path& database);

}  // namespace aozora
