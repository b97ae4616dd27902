// SPDX-License-Identifier: Apache-2.0
#include "small_disk_testonly.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/check.h"

namespace aozora {

SmallDisk::SmallDisk(std::filesystem::path folder, uint64_t bytes) : folder_(std::move(folder)) {
  const std::string options = fmt::format("size={}", bytes);
  if (mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    why_not_ = fmt::format("a small disk cannot be mounted: {}", std::strerror(errno));
  }
}

SmallDisk::~SmallDisk() {
  if (mounted()) umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::Fill() const {
  const int descriptor = open(ballast().c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  CHECK(descriptor >= 0);
  for (size_t bytes = 1 << 16; bytes > 0;) {
    const std::vector<char> zeros(bytes);
    if (write(descriptor, zeros.data(), bytes) < 0) bytes /= 2;
  }
  close(descriptor);
}

void SmallDisk::Free() const { std::filesystem::remove(ballast()); }

void LimitFileBytes(pid_t pid, uint64_t bytes) {
  rlimit limit;
  CHECK_EQ(prlimit(pid, RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = bytes;
  CHECK_EQ(prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
}

void LiftFileBytes(pid_t pid) {
  rlimit limit;
  CHECK_EQ(prlimit(pid, RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  CHECK_EQ(prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
}

std::string IntegrityOf(const std::filesystem::path& database) {
  sqlite3* connection = nullptr;
  std::string verdict;
  if (sqlite3_open_v2(database.c_str(), &connection, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
    sqlite3_exec(
        connection, "PRAGMA integrity_check",
        [](void* to, int, char** values, char**) {
          static_cast<std::string*>(to)->append(values[0]);
          return 0;
        },
        &verdict, nullptr);
  }
  sqlite3_close(connection);
  return verdict;
}

}  // namespace aozora
