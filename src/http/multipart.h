// SPDX-License-Identifier: Apache-2.0
// multipart/form-data (RFC 7578, RFC 2046 section 5.1), read as it comes: whatever the size of the
// body, what is kept between two calls is less than a part's head or a boundary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/problem.h"

namespace aozora::http {

struct PartHead {
  std::string name;                     // UTF-8, not empty
  std::optional<std::string> filename;  // UTF-8. There is one: the part is a file
  std::string content_type;             // or empty
};

class MultipartParser {
 public:
  // Told what comes, in its order. A problem ends the parsing.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual MaybeProblem BeginPart(PartHead head) = 0;
    virtual MaybeProblem PartData(std::string_view bytes) = 0;
    virtual MaybeProblem EndPart() = 0;
  };

  // `boundary` passed IsBoundary. `sink` outlives this object.
  MultipartParser(std::string_view boundary, uint32_t part_head_bytes_max, Sink* sink);

  MaybeProblem Feed(std::string_view bytes);
  MaybeProblem Finish() const;  // the body has ended: where it should?

 private:
  enum class State { kPreamble, kAfterBoundary, kHead, kData, kEpilogue };
  // One of these is tried after another as long as they get on.
  MaybeProblem FindBoundary(bool* progress);
  MaybeProblem ReadBoundaryEnd(bool* progress);
  MaybeProblem ReadHead(bool* progress);

  Sink* sink_;
  std::string delimiter_;  // CRLF, two dashes, the boundary
  uint32_t part_head_bytes_max_;
  State state_ = State::kPreamble;
  std::string pending_;  // not yet understood
  size_t preamble_bytes_ = 0;
};

}  // namespace aozora::http
