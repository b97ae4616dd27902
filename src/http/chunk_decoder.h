// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/problem.h"

namespace aozora::http {

// Takes the chunked coding off a body (RFC 9112, section 7.1), strictly: lines end with CRLF, sizes
// are short hexadecimal numbers. Extensions and trailers are read and dropped, and together have a
// limit, so that a body is not all wrapping.
class ChunkDecoder {
 public:
  static constexpr size_t kSizeDigitsMax = 15;  // fits into 60 bits
  static constexpr size_t kLineBytesMax = 1024;
  static constexpr size_t kWrappingBytesMax = 16 << 10;  // extensions and trailers of one body

  // Takes from `input` what it can (until the body has ended, all of it), appends the content to
  // `content`, and says how many bytes it took.
  MaybeProblem Feed(std::string_view input, size_t* consumed_bytes, std::string* content);
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kSize, kData, kDataEnd, kTrailer, kDone };
  MaybeProblem TakeLine(std::string_view* input, bool* complete);
  MaybeProblem ParseSize();
  MaybeProblem ParseTrailer();

  State state_ = State::kSize;
  uint64_t chunk_bytes_left_ = 0;
  size_t wrapping_bytes_ = 0;
  std::string line_;  // as much as has come of the current one
};

}  // namespace aozora::http
