// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace aozora {
namespace {

// A descriptor that closes itself on the error paths.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

Status SyncFolder(const std::filesystem::path& folder) {
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.value() < 0 || fsync(fd.value()) != 0) return IoError("cannot sync folder", folder);
  return Ok();
}

std::filesystem::path FolderOf(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

}  // namespace

Error IoError(std::string_view what, const std::filesystem::path& path) {
  const int code = errno;
  const std::string text =
      fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(code));
  if (code == ENOENT || code == ENOTDIR) return Error(ErrorCode::kNotFound, text);
  if (code == ENOSPC || code == EDQUOT || code == ENOMEM) {
    return Error(ErrorCode::kExhausted, text);
  }
  return Error(ErrorCode::kIo, text);
}

Result<std::unique_ptr<MappedFile>> MappedFile::Open(const std::filesystem::path& path) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.value() < 0) return IoError("cannot open", path);
  struct stat info;
  if (fstat(fd.value(), &info) != 0) return IoError("cannot open", path);
  if (!S_ISREG(info.st_mode)) return Error::Invalid("{} is not a file", path.string());
  const size_t size = static_cast<size_t>(info.st_size);
  void* data = nullptr;
  if (size > 0) {
    data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.value(), 0);
    if (data == MAP_FAILED) return IoError("cannot map", path);
  }
  return std::unique_ptr<MappedFile>(new MappedFile(path, data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

void MappedFile::Release(Bytes part) const {
  if (part.empty()) return;
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t base = reinterpret_cast<uintptr_t>(data_);
  const uintptr_t begin = reinterpret_cast<uintptr_t>(part.data());
  CHECK_LE(base, begin);
  CHECK_LE(begin + part.size(), base + size_);
  // Whole pages only: a neighbour's bytes on a shared page stay where they are.
  const uintptr_t first = RoundUp(begin, page);
  const bool to_the_end = begin + part.size() == base + size_;
  const uintptr_t last = to_the_end ? begin + part.size() : (begin + part.size()) / page * page;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

Result<AtomicFile> AtomicFile::Create(const std::filesystem::path& target) {
  std::string name = target.string() + ".part-XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return IoError("cannot write", target);
  // mkostemp makes files that only the owner may read; results follow the umask like any other.
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(fd, 0666 & ~mask);
  return AtomicFile(target, name, fd);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(temporary_.c_str());
}

Status AtomicFile::Write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError("cannot write", target_);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return Ok();
}

Status AtomicFile::Commit() {
  CHECK(descriptor_ >= 0);
  if (fsync(descriptor_) != 0) return IoError("cannot write", target_);
  if (rename(temporary_.c_str(), target_.c_str()) != 0) return IoError("cannot write", target_);
  close(std::exchange(descriptor_, -1));
  return SyncFolder(FolderOf(target_));
}

Status MoveDurably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor fd(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.value() < 0 || fsync(fd.value()) != 0) return IoError("cannot keep", from);
  if (rename(from.c_str(), to.c_str()) != 0) return IoError("cannot write", to);
  return SyncFolder(FolderOf(to));
}

Status WriteFileAtomically(const std::filesystem::path& path, Bytes content) {
  AtomicFile file = TRY(AtomicFile::Create(path));
  TRY(file.Write(content));
  return file.Commit();
}

Result<bool> CreateSecretFile(const std::filesystem::path& path, std::string_view content) {
  // Never committed: the name is given by a link, which does not replace what is there.
  AtomicFile file = TRY(AtomicFile::Create(path));
  if (fchmod(file.descriptor(), 0600) != 0) return IoError("cannot write", path);
  TRY(file.Write(std::as_bytes(std::span(content))));
  if (fsync(file.descriptor()) != 0) return IoError("cannot write", path);
  if (link(file.temporary_path().c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return IoError("cannot write", path);
  }
  TRY(SyncFolder(FolderOf(path)));
  return true;
}

Result<std::string> ReadFile(const std::filesystem::path& path, uint64_t bytes_max) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.value() < 0) return IoError("cannot open", path);
  std::string content;
  char buffer[64_KiB];
  for (;;) {
    const ssize_t count = read(fd.value(), buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError("cannot read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
    if (content.size() > bytes_max) {
      return Error::Invalid("{} is larger than {}", path.string(), HumanBytes(bytes_max));
    }
  }
}

std::optional<int64_t> ModifiedMs(const std::filesystem::path& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
}

Result<DiskSpace> DiskSpaceOf(const std::filesystem::path& folder) {
  struct statvfs info;
  if (statvfs(folder.c_str(), &info) != 0) return IoError("cannot look at", folder);
  return DiskSpace{uint64_t{info.f_bavail} * info.f_frsize,
                   uint64_t{info.f_blocks} * info.f_frsize};
}

}  // namespace aozora
