// SPDX-License-Identifier: Apache-2.0
#include "http/chunk_decoder.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/head.h"
#include "http/syntax.h"

namespace aozora::http {

// Moves bytes from `input` to line_ up to a CRLF, which is not kept.
MaybeProblem ChunkDecoder::TakeLine(std::string_view* input, bool* complete) {
  *complete = false;
  while (!input->empty()) {
    const char c = input->front();
    input->remove_prefix(1);
    if (!line_.empty() && line_.back() == '\r') {
      if (c != '\n') return BadRequest("a chunk's line has a carriage return in it");
      line_.pop_back();
      *complete = true;
      return std::nullopt;
    }
    if (c == '\n') return BadRequest("a chunk's line ends without a carriage return");
    if (line_.size() == kLineBytesMax) return BadRequest("a chunk's line is too long");
    line_.push_back(c);
  }
  return std::nullopt;
}

MaybeProblem ChunkDecoder::ParseSize() {
  uint64_t size = 0;
  size_t digit_count = 0;
  for (const char c : line_) {
    const char lower = LowerAscii(c);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (lower < 'a' || lower > 'f')) break;
    size = size * 16 + static_cast<uint64_t>(digit ? c - '0' : lower - 'a' + 10);
    if (++digit_count > kSizeDigitsMax) return BadRequest("a chunk's size is too large");
  }
  if (digit_count == 0) return BadRequest("a chunk has no size");
  const std::string_view extension = std::string_view(line_).substr(digit_count);
  const bool well_formed =
      extension.empty() || TrimBlanks(extension).starts_with(';');  // BWS ";", and no blanks alone
  if (!well_formed || !IsFieldValue(extension)) return BadRequest("a chunk's size is malformed");
  wrapping_bytes_ += extension.size();
  if (wrapping_bytes_ > kWrappingBytesMax) return BadRequest("too many chunk extensions");
  chunk_bytes_left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return std::nullopt;
}

MaybeProblem ChunkDecoder::ParseTrailer() {
  if (line_.empty()) {
    state_ = State::kDone;
    return std::nullopt;
  }
  wrapping_bytes_ += line_.size();
  std::string_view name;
  std::string_view value;
  if (wrapping_bytes_ > kWrappingBytesMax || !ParseFieldLine(line_, &name, &value)) {
    return BadRequest("the trailer is malformed, or too long");
  }
  return std::nullopt;
}

MaybeProblem ChunkDecoder::Feed(std::string_view input, size_t* consumed_bytes,
                                std::string* content) {
  const size_t input_bytes = input.size();
  MaybeProblem problem;
  while (!problem && !input.empty() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const size_t take = static_cast<size_t>(std::min<uint64_t>(input.size(), chunk_bytes_left_));
      content->append(input.substr(0, take));
      input.remove_prefix(take);
      chunk_bytes_left_ -= take;
      if (chunk_bytes_left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    bool complete = false;
    problem = TakeLine(&input, &complete);
    if (problem || !complete) break;
    if (state_ == State::kSize) {
      problem = ParseSize();
    } else if (state_ == State::kTrailer) {
      problem = ParseTrailer();
    } else if (line_.empty()) {
      state_ = State::kSize;
    } else {
      problem = BadRequest("a chunk is longer than its size");
    }
    line_.clear();
  }
  *consumed_bytes = input_bytes - input.size();
  return problem;
}

}  // namespace aozora::http
