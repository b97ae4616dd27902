// SPDX-License-Identifier: Apache-2.0
// How a file answers a GET or HEAD: conditions (RFC 9110, section 13), ranges (section 14).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/range.h"

namespace aozora::http {

struct FileAnswer {
  // Text, then bytes of the file.
  struct Piece {
    std::string text;
    uint64_t file_offset = 0;
    uint64_t file_bytes = 0;
  };

  int status = 200;  // 200, 206, 304, 412 or 416
  Headers headers;   // all that are about the content, without Content-Length
  std::vector<Piece> pieces;
  uint64_t bytes() const;  // of all pieces
};

// Whether a field of that name lists the tag (given without quotes) or "*"; `weak`: weak tags
// count.
bool HasEtag(const Headers& request, std::string_view name, std::string_view etag, bool weak);

// `boundary` parts several ranges from each other. For 412 and 416 there is no body yet: that is
// the error writer's.
FileAnswer AnswerWithFile(const FileBody& file, uint64_t file_bytes, Method method,
                          const Headers& request, uint32_t range_count_max,
                          std::string_view boundary);

// attachment; filename="..."; filename*=... (RFC 6266, with its appendix D), whatever `name` holds.
std::string AttachmentDisposition(std::string_view name);

}  // namespace aozora::http
