// SPDX-License-Identifier: Apache-2.0
#include "provenance/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"

namespace aozora {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(std::filesystem::path path, int descriptor, uint64_t size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}
  ~FileSource() override { close(descriptor_); }

  uint64_t size() const override { return size_; }

  Status ReadAt(uint64_t offset, std::span<char> out) const override {
    while (!out.empty()) {
      const ssize_t count = pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return IoError("cannot read", path_);
      if (count == 0) return Error::Corrupt("{} ends too early", path_.string());
      out = out.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return Ok();
  }

 private:
  const std::filesystem::path path_;
  const int descriptor_;
  const uint64_t size_;
};

}  // namespace

Result<std::string> ByteSource::Read(uint64_t offset, size_t count) const {
  if (offset > size() || count > size() - offset) return Error::Corrupt("the file ends too early");
  std::string bytes(count, '\0');
  TRY(ReadAt(offset, bytes));
  return bytes;
}

Status MemorySource::ReadAt(uint64_t offset, std::span<char> out) const {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
    return Error::Corrupt("the bytes end too early");
  }
  std::copy_n(bytes_.data() + offset, out.size(), out.data());
  return Ok();
}

Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return IoError("cannot open", path);
  struct stat info;
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(descriptor);
    return Error::Invalid("{} is not a file", path.string());
  }
  return std::unique_ptr<ByteSource>(
      std::make_unique<FileSource>(path, descriptor, static_cast<uint64_t>(info.st_size)));
}

}  // namespace aozora
