// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/head.h"
#include "http/media_type.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

constexpr size_t kPreambleBytesMax = 4 << 10;  // nobody sends one; RFC 2046 allows it
constexpr size_t kPaddingBytesMax = 64;        // blanks between a boundary and its line's end

MaybeProblem ReadDisposition(std::string_view value, PartHead* head) {
  const std::optional<ParameterisedValue> parsed = ParseParameterised(value);
  if (!parsed || parsed->word != "form-data") {
    return BadRequest("a part's Content-Disposition is not form-data");
  }
  const auto name = parsed->parameters.find("name");
  const auto filename = parsed->parameters.find("filename");
  if (name == parsed->parameters.end() || name->second.empty()) {
    return BadRequest("a part has no name");
  }
  head->name = name->second;
  if (filename != parsed->parameters.end()) head->filename = filename->second;
  if (!IsUtf8(head->name) || !IsUtf8(head->filename.value_or(""))) {
    return BadRequest("the name of a part is not UTF-8");
  }
  return std::nullopt;
}

// `lines` each end with CRLF; there may be none.
MaybeProblem ParsePartHead(std::string_view lines, PartHead* head) {
  bool disposed = false;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    CHECK(end != std::string_view::npos);
    std::string_view name;
    std::string_view value;
    if (!ParseFieldLine(lines.substr(0, end), &name, &value)) {
      return BadRequest("a header field of a part is malformed");
    }
    if (EqualsNoCase(name, "Content-Disposition")) {
      if (disposed) return BadRequest("a part has two Content-Dispositions");
      if (MaybeProblem problem = ReadDisposition(value, head)) return problem;
      disposed = true;
    } else if (EqualsNoCase(name, "Content-Type")) {
      head->content_type = value;
      if (!IsUtf8(value)) return BadRequest("the type of a part is not UTF-8");
    } else if (EqualsNoCase(name, "Content-Transfer-Encoding")) {
      // RFC 7578, section 4.7: nobody sends these. Bytes that we do not decode are not taken.
      const std::string coding = LowerAscii(value);
      if (coding != "binary" && coding != "8bit" && coding != "7bit") {
        return BadRequest("a part has a Content-Transfer-Encoding");
      }
    }
    lines.remove_prefix(end + 2);
  }
  if (!disposed) return BadRequest("a part has no Content-Disposition");
  return std::nullopt;
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary, uint32_t part_head_bytes_max,
                                 Sink* sink)
    : sink_(sink),
      delimiter_(fmt::format("\r\n--{}", boundary)),
      part_head_bytes_max_(part_head_bytes_max),
      // The first boundary may be the first line, which no line end comes before.
      pending_("\r\n") {
  CHECK(IsBoundary(boundary));
}

MaybeProblem MultipartParser::FindBoundary(bool* progress) {
  const size_t found = pending_.find(delimiter_);
  *progress = found != std::string::npos;
  // What could be the beginning of a delimiter waits for its end.
  const size_t certain =
      *progress ? found : pending_.size() - std::min(pending_.size(), delimiter_.size() - 1);
  if (state_ == State::kPreamble) {
    preamble_bytes_ += certain;
    if (preamble_bytes_ > kPreambleBytesMax) {
      return BadRequest("the form does not begin with its boundary");
    }
  } else if (certain > 0) {
    const std::string_view data = std::string_view(pending_).substr(0, certain);
    if (MaybeProblem problem = sink_->PartData(data)) return problem;
  }
  pending_.erase(0, certain);
  if (!*progress) return std::nullopt;
  pending_.erase(0, delimiter_.size());
  const bool ends_part = state_ == State::kData;
  state_ = State::kAfterBoundary;
  return ends_part ? sink_->EndPart() : std::nullopt;
}

// After a boundary: two dashes (it was the last), or blanks and the end of the line.
MaybeProblem MultipartParser::ReadBoundaryEnd(bool* progress) {
  *progress = false;
  if (pending_.size() < 2) return std::nullopt;
  if (pending_.starts_with("--")) {
    state_ = State::kEpilogue;
    *progress = true;
    return std::nullopt;
  }
  const size_t line_end = pending_.find_first_not_of(" \t");
  if (line_end == std::string::npos || line_end + 1 == pending_.size()) {
    if (pending_.size() <= kPaddingBytesMax) return std::nullopt;
  } else if (line_end <= kPaddingBytesMax && pending_.compare(line_end, 2, "\r\n") == 0) {
    pending_.erase(0, line_end + 2);
    state_ = State::kHead;
    *progress = true;
    return std::nullopt;
  }
  return BadRequest("a boundary of the form does not end its line");
}

MaybeProblem MultipartParser::ReadHead(bool* progress) {
  *progress = false;
  size_t lines_bytes = 0;  // up to the empty line
  if (!pending_.starts_with("\r\n")) {
    const size_t end = pending_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (pending_.size() <= part_head_bytes_max_) return std::nullopt;
      return BadRequest("the head of a part is too long");
    }
    lines_bytes = end + 2;
  }
  if (lines_bytes > part_head_bytes_max_) return BadRequest("the head of a part is too long");
  PartHead head;
  const std::string_view lines = std::string_view(pending_).substr(0, lines_bytes);
  if (MaybeProblem problem = ParsePartHead(lines, &head)) return problem;
  pending_.erase(0, lines_bytes + 2);
  state_ = State::kData;
  *progress = true;
  return sink_->BeginPart(std::move(head));
}

MaybeProblem MultipartParser::Feed(std::string_view bytes) {
  if (state_ == State::kEpilogue) return std::nullopt;
  pending_.append(bytes);
  for (bool progress = true; progress && state_ != State::kEpilogue;) {
    MaybeProblem problem;
    if (state_ == State::kPreamble || state_ == State::kData) {
      problem = FindBoundary(&progress);
    } else if (state_ == State::kAfterBoundary) {
      problem = ReadBoundaryEnd(&progress);
    } else {
      problem = ReadHead(&progress);
    }
    if (problem) return problem;
  }
  if (state_ == State::kEpilogue) pending_.clear();
  return std::nullopt;
}

MaybeProblem MultipartParser::Finish() const {
  if (state_ == State::kEpilogue) return std::nullopt;
  return BadRequest("the form ends before its last boundary");
}

}  // namespace aozora::http
