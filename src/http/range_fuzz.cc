// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "http/file_answer.h"
#include "http/head.h"
#include "http/syntax.h"

// Any fields for any length of file: an answer that stays inside of the file, and is not longer
// than the file and a part's head for each range.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora::http;
  if (size == 0) return 0;
  const uint64_t file_bytes = uint64_t{data[0]} * data[0];
  Headers request;
  for (std::string_view line : Split({reinterpret_cast<const char*>(data) + 1, size - 1}, '\n')) {
    std::string_view name;
    std::string_view value;
    if (ParseFieldLine(line, &name, &value)) request.Add(name, value);
  }
  const FileBody file = {.content_type = "video/mp4", .etag = "e", .download_name = "n"};
  const FileAnswer answer = AnswerWithFile(file, file_bytes, Method::kGet, request, 4, "boundary");
  uint64_t content_bytes = 0;
  for (const FileAnswer::Piece& piece : answer.pieces) {
    CHECK_LE(piece.file_offset, file_bytes);
    CHECK_LE(piece.file_bytes, file_bytes - piece.file_offset);
    content_bytes += piece.file_bytes;
  }
  CHECK_LE(content_bytes, file_bytes);
  CHECK_LE(answer.pieces.size(), size_t{5});
  CHECK(answer.status == 200 || answer.status == 206 || answer.status == 304 ||
        answer.status == 412 || answer.status == 416);
  CHECK_EQ(answer.status == 200 || answer.status == 206, !answer.pieces.empty());
  const std::string name = AttachmentDisposition({reinterpret_cast<const char*>(data), size});
  CHECK(IsFieldValue(name));
  return 0;
}
