// SPDX-License-Identifier: Apache-2.0
// Bytes that are read where they lie, a piece at a time: a file or memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace aozora {

// Any thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;  // as it was when it was opened
  // Fills `out`; an error if the source has ended before.
  virtual Status ReadAt(uint64_t offset, std::span<char> out) const = 0;

  Result<std::string> Read(uint64_t offset, size_t count) const;
};

// Not mapped: a file that somebody shortens meanwhile is an error here and not a signal.
Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::filesystem::path& path);

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}  // not copied
  uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(uint64_t offset, std::span<char> out) const override;

 private:
  const std::string_view bytes_;
};

}  // namespace aozora
