// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

// Walks over bytes from outside, little endian, and never past their end: that is an Error.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  uint64_t position() const { return position_; }
  uint64_t left() const { return bytes_.size() - position_; }

  template <class T>  // an integer or a float
  Result<T> Read() {
    if (left() < sizeof(T)) return PastTheEnd(sizeof(T));
    T value;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  // The next `count` bytes, not copied.
  Result<Bytes> Take(uint64_t count) {
    if (left() < count) return PastTheEnd(count);
    const Bytes part = bytes_.subspan(position_, count);
    position_ += count;
    return part;
  }

  Status SeekTo(uint64_t position) {
    if (position > bytes_.size()) return PastTheEnd(0);
    position_ = position;
    return Ok();
  }

 private:
  Error PastTheEnd(uint64_t count) const {
    return Error::Corrupt("cut off at byte {}: {} more bytes wanted, {} there", position_, count,
                          left());
  }

  Bytes bytes_;
  uint64_t position_ = 0;
};

static_assert(std::endian::native == std::endian::little, "checkpoints are mapped as they lie");

inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
}  // namespace aozora
